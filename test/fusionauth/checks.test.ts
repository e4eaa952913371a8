import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTenantId } from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { CheckResult } from '../../src/fusionauth/checks.js';
import type { FusionAuthOptions } from '../../src/fusionauth/fusionauth.js';
import { connect } from '../support/fusionauth-connection.js';
import { sendJson, startRawServer, unusedUrl } from '../support/raw-server.js';

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(() => emulator[Symbol.asyncDispose]());

async function check(options: Partial<FusionAuthOptions> = {}): Promise<readonly CheckResult[]> {
  await using fusionAuth = connect(emulator, {
    maxAttempts: 1,
    requestTimeoutMs: 20_000,
    callBudgetMs: 60_000,
    ...options,
  });
  return await fusionAuth.runChecks();
}

const keyWith = (endpoints: Record<string, string[]>) => emulator.store.addApiKey({ permissions: { endpoints } }).key;

const everything = {
  '/api/jwt/refresh': ['GET', 'DELETE'],
  '/api/user/search': ['POST'],
  '/api/application': ['GET'],
  '/api/tenant': ['GET'],
};

const states = (results: readonly CheckResult[]) => results.map(({ check: name, state }) => [name, state]);

describe('checking FusionAuth', () => {
  it('finds all well with a key of the documented permissions, and changes nothing', async () => {
    const { id } = emulator.store.addUser({ email: 'alice@example.com' });
    emulator.store.addSession({ userId: id, insertInstant: emulator.clock.now() });
    const results = await check({ apiKey: keyWith(everything), tenantId: parseTenantId(emulator.tenantId) ?? null });
    expect(states(results)).toEqual([
      ['list sessions', 'ok'],
      ['end sessions', 'ok'],
      ['users', 'ok'],
      ['applications', 'ok'],
      ['tenant', 'ok'],
    ]);
    expect(emulator.store.sessionsOf(id)).toHaveLength(1);
    for (const { message } of results) expect(message).not.toContain('\n');
  });

  it.each([
    ['/api/jwt/refresh', ['GET'], 'end sessions', true, 'DELETE on /api/jwt/refresh'],
    ['/api/jwt/refresh', ['DELETE'], 'list sessions', true, 'GET on /api/jwt/refresh'],
    ['/api/user/search', undefined, 'users', false, 'POST on /api/user/search'],
    ['/api/application', undefined, 'applications', false, 'GET on /api/application'],
    ['/api/tenant', undefined, 'tenant', false, 'GET on /api/tenant'],
  ])('names what a key with %s %j lacks: %s', async (path, methods, name, isEssential, permission) => {
    const { [path as keyof typeof everything]: _left, ...others } = everything;
    const apiKey = keyWith(methods === undefined ? others : { ...others, [path]: methods });
    const results = await check({ apiKey, tenantId: parseTenantId(emulator.tenantId) ?? null });
    expect(results.filter(({ state }) => state !== 'ok')).toEqual([
      { check: name, state: 'wrong', isEssential, message: expect.stringContaining(permission) },
    ]);
  });

  it('recognises a key that FusionAuth does not have', async () => {
    expect(await check({ apiKey: 'wrong' })).toEqual([
      {
        check: 'connection',
        state: 'wrong',
        isEssential: true,
        message: expect.stringContaining('refuses FUSIONAUTH_API_KEY'),
      },
    ]);
  });

  it('recognises a tenant that FusionAuth does not have', async () => {
    const tenantId = parseTenantId('d0000000-0000-4000-8000-00000000ffff') ?? null;
    expect(await check({ tenantId })).toEqual([
      { check: 'tenant', state: 'wrong', isEssential: true, message: expect.stringContaining(`no tenant ${tenantId}`) },
    ]);
  });

  it.each([
    [503, 'unknown'],
    [429, 'unknown'],
    [500, 'unknown'],
  ] as const)('takes an answer %i for something that passes', async (status, state) => {
    emulator.faults.add({ path: '*', fault: { kind: 'status', status } });
    expect(await check()).toMatchObject([{ check: 'connection', state, isEssential: true }]);
  });

  it('takes silence for something that passes', async () => {
    emulator.faults.add({ path: '*', fault: { kind: 'hang' } });
    const silence = { check: 'connection', state: 'unknown', message: expect.stringContaining('in time') };
    expect(await check({ requestTimeoutMs: 300 })).toMatchObject([silence]);
  });

  it('says when nothing listens', async () => {
    expect(await check({ baseUrl: await unusedUrl() })).toMatchObject([
      { state: 'unknown', message: expect.stringContaining('nothing listens') },
    ]);
  });

  it('says when there is no such host', async () => {
    const [result] = await check({ baseUrl: 'http://no-such-host.invalid' });
    // A resolver that is away itself answers otherwise.
    expect(result?.message).toMatch(/names a host that does not exist|connection breaks|in time/);
  });

  it('says when https is spoken to a port of http', async () => {
    expect(await check({ baseUrl: emulator.url.replace('http:', 'https:') })).toMatchObject([
      { state: 'wrong', message: expect.stringContaining('write http') },
    ]);
  });

  it.each([
    ['a page', 200, 'something other than FusionAuth'],
    ['a redirection', 301, 'redirects'],
    ['nothing found', 404, 'no FusionAuth'],
    ['a refusal of plain http', 400, 'write https'],
    ['a firewall', 403, 'a proxy or a firewall before it'],
    ['a proxy that asks who calls', 407, 'a proxy or a firewall before it'],
  ])('says when %s is answered', async (_what, status, said) => {
    await using server = await startRawServer((response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html></html>'),
    );
    const results = await check({ baseUrl: server.url });
    expect(results).toMatchObject([{ state: 'wrong', message: expect.stringContaining(said) }]);
  });

  it('says when everything is answered 200 without a body, as FusionAuth answers some of it', async () => {
    await using server = await startRawServer((response) => response.writeHead(200).end());
    expect(await check({ baseUrl: server.url })).toMatchObject([
      {
        check: 'connection',
        state: 'wrong',
        isEssential: true,
        message: expect.stringContaining('it is no FusionAuth'),
      },
    ]);
  });

  it('says when a proxy compresses what FusionAuth answers', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await using server = await startRawServer((response) => response.writeHead(200, headers).end(gzipSync('{}')));
    expect(await check({ baseUrl: server.url })).toMatchObject([
      { state: 'wrong', message: expect.stringContaining('in an encoding that was not asked for') },
    ]);
  });

  it('never tells the key', async () => {
    await using server = await startRawServer((response) => sendJson(response, '{}', 401));
    const results = await check({ baseUrl: server.url, apiKey: 'canary-key' });
    expect(JSON.stringify(results)).not.toContain('canary-key');
  });
});
