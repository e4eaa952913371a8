import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { type SubscribeOptions, subscribe } from '../support/subscription.js';

let service: TestService;
let key: string;

beforeAll(async () => {
  service = await startTestService({ shopId, env: shopTokens });
  key = service.key(['event:subscribe']);
});
afterAll(() => service[Symbol.asyncDispose]());

/** Ends as many sessions of a new user, one after the other. */
async function revokeSome(count: number) {
  const user = service.user({ sessions: count });
  for (const { id } of user.sessions) {
    await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
  }
  return user;
}

/** The ids of some events that have happened, in order. */
async function pastEvents(count: number): Promise<readonly string[]> {
  await using events = await subscribe(service, key);
  await revokeSome(count);
  const ids: string[] = [];
  while (ids.length < count) ids.push((await events.nextEvent()).id);
  return ids;
}

const streams: readonly SubscribeOptions[] = [
  { method: 'POST', path: '/graphql/stream' },
  { method: 'GET', path: '/graphql/stream' },
  { method: 'POST', path: '/graphql' },
  { method: 'GET', path: '/graphql' },
];

describe.each(streams)('a stream of $method $path', (stream) => {
  it('gives each message the id of its event, whatever is asked of the event', async () => {
    const selections = ['id', 'type', '__typename', 'id: sessionId', '...F'];
    const followed = await Promise.all(
      selections.map((selection) => {
        const query = `subscription { e: sessionEvents { ${selection} } } fragment F on SessionEvent { reason } `;
        return subscribe(
          service,
          key,
          {},
          { ...stream, query: selection === '...F' ? query : (query.split(' fragment')[0] ?? '') },
        );
      }),
    );
    await using plain = await subscribe(service, key, {}, stream);
    await revokeSome(2);
    const ids = [(await plain.nextEvent()).id, (await plain.nextEvent()).id];
    expect(plain.ids).toEqual(ids);
    for (const events of followed) {
      await events.next();
      await events.next();
      expect(events.ids).toEqual(ids);
      await events[Symbol.asyncDispose]();
    }
  });

  it('goes on after the event of Last-Event-ID', async () => {
    const [first = '', second = '', third = ''] = await pastEvents(3);
    await using events = await subscribe(service, key, {}, { ...stream, headers: { 'last-event-id': first } });
    expect([(await events.nextEvent()).id, (await events.nextEvent()).id]).toEqual([second, third]);
    await revokeSome(1);
    expect([second, third]).not.toContain((await events.nextEvent()).id);
  });

  it.each([
    ['an event of another process', '0123456789abcdef-1'],
    ['no event', 'not an id'],
    ['nothing', ' '],
    ['letters beyond ASCII', 'é-1'],
    ['an event that is to come', 'FUTURE'],
    ['more than an id can be', 'x'.repeat(8_000)],
    ['two events', 'a-1, a-2'],
  ])('begins with what happens from now on when Last-Event-ID names %s', async (_what, named) => {
    const [past = ''] = await pastEvents(1);
    const lastEventId = named === 'FUTURE' ? past.replace(/\d+$/, '999999999999999') : named;
    await using events = await subscribe(service, key, {}, { ...stream, headers: { 'last-event-id': lastEventId } });
    expect(events.status).toBe(200);
    const user = await revokeSome(1);
    expect(await events.nextEvent()).toMatchObject({ userId: user.id });
  });

  it('goes by the argument after where it is given, and refuses one that is not remembered', async () => {
    const [first, second = '', third] = await pastEvents(3);
    const headers = { 'last-event-id': second };
    await using events = await subscribe(service, key, { after: first }, { ...stream, headers });
    expect([(await events.nextEvent()).id, (await events.nextEvent()).id]).toEqual([second, third]);
    await using refused = await subscribe(service, key, { after: 'a-1' }, { ...stream, headers });
    expect(refused.refusal?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: ['after'] } }]);
    await using resumed = await subscribe(service, key, { after: null }, { ...stream, headers });
    expect((await resumed.nextEvent()).id).toBe(third);
  });
});

it('a stream that is resumed shows what its caller may know of, and nothing else', async () => {
  const alice = service.user({ sessions: 1 });
  const [first = ''] = await pastEvents(2);
  await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
    id: alice.sessions[0]?.id,
  });
  const { token } = await alice.login();
  await using events = await subscribe(service, token, {}, { headers: { 'last-event-id': first } });
  expect(await events.nextEvent()).toMatchObject({ userId: alice.id, sessionId: alice.sessions[0]?.id });
  await expect(Promise.race([events.nextEvent(), delay(100, 'nothing')])).resolves.toBe('nothing');
});

it('what ends a stream has no id, so that a client comes back after the last event', async () => {
  const alice = service.user();
  const { token, refreshTokenId } = await alice.login();
  await using events = await subscribe(service, token);
  await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: refreshTokenId });
  const { id } = await events.nextEvent();
  const { errors } = await events.next();
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  // A parser keeps the id for messages that bring none.
  expect(new Set(events.ids)).toEqual(new Set([id, undefined]));
});

it.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE'])('%s opens no stream', async (method) => {
  const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' };
  const response = await service.fetch('/graphql/stream?query=subscription{sessionEvents{id}}', { method, headers });
  await response.text();
  expect(response.status).toBeGreaterThanOrEqual(400);
});

it.each([
  ['no JSON', '{', 'The parameter variables is not valid JSON'],
  ['a list', '[]', 'variables must be an object'],
  ['a text', '"x"', 'variables must be an object'],
])('GET is refused with variables that are %s', async (_what, variables, message) => {
  const search = new URLSearchParams({ query: 'subscription { sessionEvents { id } }', variables });
  const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' };
  const response = await service.fetch(`/graphql/stream?${search}`, { headers });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(message);
});

it('an operation name that is empty is none', async () => {
  for (const method of ['GET', 'POST'] as const) {
    const asked = { query: 'subscription { sessionEvents { id } }', operationName: '' };
    const response = await service.fetch(`/graphql/stream${method === 'GET' ? `?${new URLSearchParams(asked)}` : ''}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'text/event-stream',
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body: JSON.stringify(asked) }),
    });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  }
});
