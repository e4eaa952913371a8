import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { sessionEventsDocument, subscribe } from '../support/subscription.js';

const revokeDocument = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';

let service: TestService;
let key: string;

beforeAll(async () => {
  service = await startTestService({ shopId, env: shopTokens });
  key = service.key(['event:subscribe']);
});
afterAll(() => service[Symbol.asyncDispose]());

const revoke = (id: string | undefined) => service.data(revokeDocument, { id });

describe('what a subscription asks for', () => {
  it('leaves out other types', async () => {
    const alice = service.user({ sessions: 1 });
    await using events = await subscribe(service, key, { userId: alice.id, types: ['SESSION_LIMIT_EXCEEDED'] });
    await revoke(alice.sessions[0]?.id);
    alice.addSession();
    alice.addSession();
    await service.data(
      'mutation ($id: ID!) { enforceSessionLimit(input: { userId: $id, maxSessions: 1, overflow: DENY_NEW }) { outcome } }',
      { id: alice.id },
    );
    expect(await events.nextEvent()).toMatchObject({
      type: 'SESSION_LIMIT_EXCEEDED',
      userId: alice.id,
      sessionId: null,
      reason: null,
      revocation: null,
    });
  });

  it('can begin after an event that was read before, so that nothing is missed in between', async () => {
    const alice = service.user({ sessions: 3 });
    const [first, second, third] = alice.sessions;
    const { id } = await (async () => {
      await using events = await subscribe(service, key, { userId: alice.id });
      await revoke(first?.id);
      return await events.nextEvent();
    })();
    await revoke(second?.id);
    await using events = await subscribe(service, key, { userId: alice.id, after: id });
    await revoke(third?.id);
    expect([await events.nextEvent(), await events.nextEvent()].map(({ sessionId }) => sessionId)).toEqual([
      second?.id,
      third?.id,
    ]);
  });

  it.each([
    ['a query', '{ viewer { name } }', {}, 'BAD_REQUEST', 'Only subscriptions'],
    ['a mutation', 'mutation { revokeSession(sessionId: "x") { outcome } }', {}, 'BAD_REQUEST', 'Only subscriptions'],
    ['nonsense', 'subscription {', {}, 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    ['an unknown field', 'subscription { sessionEvents { token } }', {}, 'GRAPHQL_VALIDATION_FAILED', 'token'],
    [
      'two fields',
      'subscription { a: sessionEvents { id } b: sessionEvents { id } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
      'only one',
    ],
    [
      'a circle',
      'subscription { sessionEvents { ...a } } fragment a on SessionEvent { ...a }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
      'itself',
    ],
    [
      'too many tokens',
      `subscription { sessionEvents { ${'id '.repeat(3_000)} } }`,
      {},
      'GRAPHQL_PARSE_FAILED',
      'tokens',
    ],
    [
      'too many aliases',
      `subscription { sessionEvents { ${Array.from({ length: 31 }, (_, i) => `a${i}: id`).join(' ')} } }`,
      {},
      'GRAPHQL_VALIDATION_FAILED',
      'lias',
    ],
    [
      'too long a text',
      `subscription { sessionEvents { id } } #${'x'.repeat(20_000)}`,
      {},
      'BAD_REQUEST',
      'characters',
    ],
    ['a user id that is none', sessionEventsDocument, { userId: 'alice' }, 'BAD_USER_INPUT', 'must be a UUID'],
    [
      'of no type, so that no event would ever come',
      sessionEventsDocument,
      { types: [] },
      'BAD_USER_INPUT',
      'is empty',
    ],
    ['a type that is none', sessionEventsDocument, { types: ['NOPE'] }, 'BAD_USER_INPUT', 'NOPE'],
    [
      'an event that is not remembered',
      sessionEventsDocument,
      { after: 'elsewhere-1' },
      'BAD_USER_INPUT',
      'not remembered',
    ],
    [
      'too long a list',
      sessionEventsDocument,
      { types: Array(1_001).fill('SESSION_REVOKED') },
      'BAD_USER_INPUT',
      '1001',
    ],
  ])('is refused when it is %s', async (_what, query, variables, code, message) => {
    const { status, refusal } = await subscribe(service, key, variables, { query });
    expect(status).toBe(400);
    expect(refusal?.errors?.[0]?.extensions).toMatchObject({ code, requestId: expect.any(String) });
    expect(refusal?.errors?.[0]?.message).toContain(message);
  });

  it.each([
    ['another method', { method: 'PUT' }, 405],
    ['another accepted type', { headers: { accept: 'application/json' } }, 406],
    ['a body that is no JSON', { body: '{' }, 400],
    ['a body that is no object', { body: '[]' }, 400],
    ['no query', { body: '{}' }, 400],
    ['variables that are none', { body: '{"query":"subscription { sessionEvents { id } }","variables":[]}' }, 400],
    [
      'an operation name that is none',
      { body: '{"query":"subscription { sessionEvents { id } }","operationName":1}' },
      400,
    ],
    ['another content type', { headers: { 'content-type': 'application/xml' } }, 415],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415],
  ])('is refused with %s', async (_what, { headers, ...init }: RequestInit, status) => {
    const response = await service.fetch('/graphql/stream', {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        ...(headers as Record<string, string>),
      },
      ...('method' in init ? {} : { body: '{"query":"subscription { sessionEvents { id } }"}' }),
      ...init,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: expect.any(String) } }] });
  });

  it('is answered where queries are too, for clients that know one address only', async () => {
    const response = await service.fetch('/graphql', {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: 'subscription { sessionEvents { id } }' }),
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await response.body?.cancel();
  });

  it('is told where to go when it is sent where queries are, without accepting a stream', async () => {
    const { status, body } = await service.query('subscription { sessionEvents { id } }');
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain('/graphql/stream');
  });
});
