import { connect } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { subscribe } from '../support/subscription.js';

const everyone = { name: 'everyone', key: 'everyone-key' };
const revokeDocument = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome userErrors { code } } }';

let service: TestService;

beforeEach(async () => {
  service = await startTestService({
    shopId,
    env: { ...shopTokens, SERVICE_KEYS: serviceKeysVariable(everyone), FUSIONAUTH_MAX_ATTEMPTS: '1' },
  });
});
afterEach(() => service[Symbol.asyncDispose]());

const ask = <Data>(document: string, variables = {}) => service.data<Data>(document, variables, { key: everyone.key });
const revokeSession = (id: string) =>
  ask<{ revokeSession: { outcome: string | null; userErrors: { code: string }[] } }>(revokeDocument, { id });
const revokedIds = async () => {
  const { revocations } = await ask<{ revocations: { sessionId: string }[] }>('{ revocations { sessionId } }');
  return revocations.map(({ sessionId }) => sessionId);
};
const statusFor = async (token: string) => (await service.query('{ viewer { name } }', {}, { key: token })).status;

describe('an ending is told', () => {
  it('when it shows later that a revocation without an answer was carried out', async () => {
    const { token, refreshTokenId } = await service.user().login();
    service.emulator.faults.add({ method: 'DELETE', path: '*', times: 1, fault: { kind: 'reset', when: 'after' } });
    service.emulator.faults.add({
      method: 'GET',
      path: '/api/jwt/refresh',
      // The look for SSO sessions to warn of, and the look whether the session lives.
      times: 2,
      fault: { kind: 'status', status: 503 },
    });
    const { outcome, userErrors } = (await revokeSession(refreshTokenId)).revokeSession;
    expect([outcome, userErrors[0]?.code]).toEqual([null, 'UPSTREAM_UNAVAILABLE']);
    expect(await statusFor(token)).toBe(200);
    await expect.poll(revokedIds).toEqual([refreshTokenId]);
    expect(await statusFor(token)).toBe(401);
  });

  it('when somebody else was faster, who may not have told', async () => {
    const { refreshTokenId } = await service.user().login();
    service.emulator.faults.add({ method: 'DELETE', path: '*', fault: { kind: 'latency', minMs: 100, maxMs: 100 } });
    const revoking = revokeSession(refreshTokenId);
    // In the turn of the event loop in which the call comes: later, the emulator could be done with it.
    while (service.emulator.calls.count({ method: 'DELETE' }) === 0) await nextTurn();
    service.emulator.store.sessions.delete(refreshTokenId);
    expect((await revoking).revokeSession.outcome).toBe('ALREADY_ENDED');
    expect(await revokedIds()).toEqual([refreshTokenId]);
  });

  it('at once, also while the settings that tell the lifetime hang', async () => {
    service.emulator.faults.add({ path: '/api/application', fault: { kind: 'hang' } });
    service.emulator.faults.add({ path: '/api/tenant', fault: { kind: 'hang' } });
    const { token, refreshTokenId } = await service.user().login();
    const revoking = revokeSession(refreshTokenId);
    // Its look-up waits for the settings too; what follows does not.
    await expect.poll(() => service.emulator.store.session(refreshTokenId)).toBeUndefined();
    await expect.poll(() => statusFor(token)).toBe(401);
    await revoking;
  });

  it('to the user whose session it was, although its tenant is not known', async () => {
    service.emulator.faults.add({ path: '/api/application', fault: { kind: 'status', status: 503 } });
    const alice = service.user();
    const [lost, kept] = [await alice.login(), await alice.login()];
    await using events = await subscribe(service, kept.token);
    await revokeSession(lost.refreshTokenId);
    expect(await events.nextEvent()).toMatchObject({ sessionId: lost.refreshTokenId });
  });
});

describe('a page of revocations', () => {
  it('costs the same for one who sees none of them', async () => {
    const bob = await service.user().login();
    const alice = service.user();
    for (let number = 0; number < 300; number++) alice.addSession();
    await ask(
      'mutation ($id: ID!) { revokeSessions(input: { userId: $id, reason: OTHER, maxRevocations: 300 }) { revokedCount } }',
      { id: alice.id },
    );
    const query = '{ revocations(first: 1) { id } }';
    expect((await service.query(query, {}, { key: bob.token })).body.data).toEqual({ revocations: [] });
    expect(await revokedIds()).toHaveLength(300);
  });
});

/** A subscription of which the headers have been sent, and the body not yet. */
async function beginSubscription(credentials: string) {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text;
  });
  const body = '{"query":"subscription { sessionEvents { id } }"}';
  const head = [
    'POST /graphql/stream HTTP/1.1',
    'host: test',
    `authorization: Bearer ${credentials}`,
    'accept: text/event-stream',
    // Answered once the headers have been read.
    'expect: 100-continue',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  while (!answer.startsWith('HTTP/1.1 100')) await nextTurn();
  return { finish: () => socket.write(body), answer: () => answer, [Symbol.dispose]: () => void socket.destroy() };
}

describe('a subscription', () => {
  it('ends when its session ended between its headers and its body', async () => {
    const { token, refreshTokenId } = await service.user().login();
    using begun = await beginSubscription(token);
    await revokeSession(refreshTokenId);
    begun.finish();
    await expect.poll(begun.answer).toContain(': end\n\n');
    expect(begun.answer()).toContain('UNAUTHENTICATED');
  });

  it('that comes while the service stops ends at once', async () => {
    using begun = await beginSubscription(everyone.key);
    const stopped = service[Symbol.asyncDispose]();
    await delay(20);
    begun.finish();
    await stopped;
    await expect.poll(begun.answer).toContain(': end\n\n');
    service = await startTestService();
  });
});

it('a client that accepts JSON as well as streams has its queries answered, and learns where to subscribe', async () => {
  const ask = (query: string) =>
    service.fetch('/graphql', {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed',
        'content-type': 'application/json',
        authorization: `Bearer ${everyone.key}`,
      },
      body: JSON.stringify({ query }),
    });
  const response = await ask('{ viewer { name } }');
  expect([response.status, await response.json()]).toMatchObject([200, { data: { viewer: { name: 'everyone' } } }]);
  const refused = await ask('subscription { sessionEvents { id } }');
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringMatching('Send subscriptions to /graphql/stream.* or here, accepting text/event-stream and no JSON'),
  ]);
});
