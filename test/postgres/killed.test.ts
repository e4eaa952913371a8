import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { enforceSingleSession } from '../support/enforcement.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeyFor, testServiceKeys } from '../support/service-keys.js';
import { holdPublications } from './hold-publications.js';

/** By whom the database knows the connections of the process that is killed. */
const userOfChild = 'to_be_killed';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let dist: string;
let service: TestService;
let databaseUrl: string;
let child: ChildProcess;
let childUrl: string;
let way: Server;
/** Called with each DELETE that FusionAuth has carried out, in place of an answer; null where it is answered. */
let onDeleted: (() => void) | null = () => undefined;

beforeAll(async () => {
  dist = await buildService();
}, buildTimeoutMs);

beforeEach(async () => {
  databaseUrl = await (await sharedPostgres()).createDatabase();
  service = await startTestService({ shopId, env: { ...shopTokens, DATABASE_URL: databaseUrl } });
  way = await startWay(service.emulator.url);
  await startChild();
});

afterEach(async () => {
  child.kill('SIGKILL');
  way.closeAllConnections();
  way.close();
  await service[Symbol.asyncDispose]();
});

/** A way to FusionAuth on which the answer of a DELETE is lost once it was carried out. */
async function startWay(target: string): Promise<Server> {
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host, 'content-length': _length, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    }).catch(() => null);
    // FusionAuth is gone.
    if (answer === null) return response.destroy();
    const body = Buffer.from(await answer.arrayBuffer());
    // The readiness check sends one for a session that does not exist.
    if (request.method === 'DELETE' && answer.status === 200 && onDeleted !== null) return onDeleted();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function startChild(): Promise<void> {
  const address = way.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port');
  await inDatabase(`do $$ begin create role ${userOfChild} superuser login password 'postgres';
    exception when duplicate_object then null; end $$`);
  const urlOfChild = new URL(databaseUrl);
  urlOfChild.username = userOfChild;
  child = spawn(process.execPath, [`${dist}/main.js`], {
    env: {
      PORT: '0',
      FUSIONAUTH_URL: `http://127.0.0.1:${address.port}`,
      FUSIONAUTH_API_KEY: service.emulator.apiKey,
      SERVICE_KEYS: JSON.stringify(testServiceKeys()),
      DATABASE_URL: urlOfChild.href,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  childUrl = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(out)));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const url = /"url":"(http[^"]+)".*"listening"/.exec(out)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

/** Kills the process as soon as FusionAuth has carried out so many revocations. */
function killAfter(deletions: number): Promise<unknown> {
  const exited = once(child, 'exit');
  let seen = 0;
  onDeleted = () => {
    seen++;
    if (seen === deletions) child.kill('SIGKILL');
  };
  return exited;
}

const inDatabase = async (text: string, values: unknown[] = []) =>
  (await (await sharedPostgres()).query(databaseUrl, text, values)).rows;

/** As where the statements that it sent last have not reached the database, which goes on with what has. */
async function loseConnectionsOfChild(): Promise<void> {
  const terminate = 'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1';
  await expect.poll(() => inDatabase(terminate, [userOfChild])).toEqual([]);
}

/** As when the time is over in which a claim is that of a process at work. */
const outliveClaims = () =>
  inDatabase(
    'update fusionauth_sessions.session_claim set busy_until = clock_timestamp(), look_at = clock_timestamp()',
  );

const callChild = (query: string, variables: object) =>
  fetch(`${childUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${serviceKeyFor(permissions)}` },
    body: JSON.stringify({ query, variables }),
  }).catch(() => null);

const endedAt = async (id: string, at: TestService = service) =>
  (
    await at.data<{ endedSession: { reason: string } | null }>(
      'query ($id: ID!) { endedSession(id: $id) { reason } }',
      { id },
    )
  ).endedSession?.reason ?? null;

const patient = { interval: 100 };

it('a revocation whose process was killed before it could publish it is published by another replica, with its reason', async () => {
  const { token, refreshTokenId } = await service.user().login();
  const killed = killAfter(1);
  const document = 'mutation ($id: ID!) { revokeSession(sessionId: $id, reason: SUSPECTED_COMPROMISE) { outcome } }';
  void callChild(document, { id: refreshTokenId });
  await killed;
  expect(await endedAt(refreshTokenId)).toBeNull();
  await outliveClaims();
  await expect.poll(() => endedAt(refreshTokenId), patient).toBe('SUSPECTED_COMPROMISE');
  // Also by those who follow its tenant, although the caller had named none.
  const headers = { 'x-fusionauth-tenantid': service.emulator.tenantId };
  expect(await service.data('{ revocations { sessionId } }', {}, { headers })).toEqual({
    revocations: [{ sessionId: refreshTokenId }],
  });
  expect((await service.query('{ viewer { name } }', {}, { key: token })).status).toBe(401);
});

it('a revocation whose process was killed after its answer, and before it was published, is published by another replica, with its reason', async () => {
  const { refreshTokenId } = await service.user().login();
  const holder = await holdPublications(databaseUrl);
  onDeleted = null;
  const document = 'mutation ($id: ID!) { revokeSession(sessionId: $id, reason: SUSPECTED_COMPROMISE) { outcome } }';
  const answer = await callChild(document, { id: refreshTokenId });
  expect(await answer?.json()).toMatchObject({ data: { revokeSession: { outcome: 'REVOKED' } } });
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  await loseConnectionsOfChild();
  await holder.end();
  expect(await endedAt(refreshTokenId)).toBeNull();
  await outliveClaims();
  await expect.poll(() => endedAt(refreshTokenId), patient).toBe('SUSPECTED_COMPROMISE');
});

it('a revocation whose process was killed is published once FusionAuth can be asked again, however often it could not be', async () => {
  const { refreshTokenId } = await service.user().login();
  const killed = killAfter(1);
  const document = 'mutation ($id: ID!) { revokeSession(sessionId: $id, reason: INCIDENT_RESPONSE) { outcome } }';
  void callChild(document, { id: refreshTokenId });
  await killed;
  const away = service.emulator.faults.add({
    path: '/api/jwt/refresh/:id',
    fault: { kind: 'status', status: 503 },
  });
  const looks = async () =>
    Number((await inDatabase('select looks from fusionauth_sessions.session_claim'))[0]?.looks ?? Number.NaN);
  for (let look = 1; look <= 8; look++) {
    await outliveClaims();
    await expect.poll(looks, patient).toBeGreaterThanOrEqual(look);
  }
  away.remove();
  await outliveClaims();
  await expect.poll(() => endedAt(refreshTokenId), patient).toBe('INCIDENT_RESPONSE');
});

it('revocations that were claimed and never sent are not published, and can be made by another replica', async () => {
  const { id: userId, sessions, liveIds } = service.user({ sessions: 2 });
  const alive = sessions[1]?.id ?? '';
  const killed = killAfter(1);
  void callChild('mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }', { userId });
  await killed;
  await outliveClaims();
  await expect.poll(() => endedAt(sessions[0]?.id ?? ''), patient).toBe('SINGLE_SESSION_POLICY');
  expect([await endedAt(alive), liveIds()]).toEqual([null, [alive]]);
});

it('the turn of a process that was killed goes to another replica, and what it may have ended is not kept', async () => {
  const { id: userId, sessions, liveIds } = service.user({ sessions: 2 });
  const [older = '', newer = ''] = sessions.map(({ id }) => id);
  const killed = killAfter(1);
  const document =
    'mutation ($userId: ID!, $keep: ID!) { enforceSingleSession(userId: $userId, keepSessionId: $keep, onNewerSession: KEEP_REQUESTED) { outcome } }';
  void callChild(document, { userId, keep: older });
  await killed;
  const answer = await enforceSingleSession(service, {
    userId,
    keepSessionId: older,
    onNewerSession: 'KEEP_REQUESTED',
  });
  expect(answer.outcome).toBe('WITHIN_LIMIT');
  expect(liveIds()).toEqual([older]);
  await outliveClaims();
  await expect.poll(() => endedAt(newer), patient).toBe('SINGLE_SESSION_POLICY');
});

it('a revocation whose process was killed while no other replica ran is published by the next start', async () => {
  await service[Symbol.asyncDispose]();
  service = await startTestService({ shopId, env: shopTokens });
  const beside = service;
  way.closeAllConnections();
  way.close();
  child.kill('SIGKILL');
  way = await startWay(service.emulator.url);
  databaseUrl = await (await sharedPostgres()).createDatabase();
  await startChild();
  const { refreshTokenId } = await service.user().login();
  const killed = killAfter(1);
  const document = 'mutation ($id: ID!) { revokeSession(sessionId: $id, reason: INCIDENT_RESPONSE) { outcome } }';
  void callChild(document, { id: refreshTokenId });
  await killed;
  await outliveClaims();
  await using next = await startTestService({ beside, env: { DATABASE_URL: databaseUrl } });
  await expect.poll(() => endedAt(refreshTokenId, next), patient).toBe('INCIDENT_RESPONSE');
});
