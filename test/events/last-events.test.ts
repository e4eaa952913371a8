import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

let service: TestService;
let key: string;

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...shopTokens, MAX_WAITING_EVENTS: '20' } });
  key = service.key(['event:subscribe']);
});

afterAll(() => service[Symbol.asyncDispose]());

const query = `subscription ($last: Int, $userId: ID, $after: ID) {
  sessionEvents(last: $last, userId: $userId, after: $after) { id sessionId userId type }
}`;

const revoke = (id: string) =>
  service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });

async function revokeSome(count: number) {
  const user = service.user({ sessions: count });
  for (const { id } of user.sessions) await revoke(id);
  return user;
}

async function take(events: { nextEvent(): Promise<{ readonly sessionId: string | null }> }, count: number) {
  const ids: (string | null)[] = [];
  while (ids.length < count) ids.push((await events.nextEvent()).sessionId);
  return ids;
}

describe('sessionEvents with last', () => {
  it('begins with the latest events, the oldest of them first, and goes on without a gap', async () => {
    const user = await revokeSome(5);
    await using events = await subscribe(service, key, { last: 3 }, { query });
    const { id: next } = user.addSession();
    await revoke(next);
    expect(await take(events, 4)).toEqual([...user.sessions.slice(2).map(({ id }) => id), next]);
  });

  it('counts only events that match and that the caller may see', async () => {
    const user = await revokeSome(3);
    await revokeSome(3);
    const ids = user.sessions.map(({ id }) => id);
    await using matching = await subscribe(service, key, { last: 2, userId: user.id }, { query });
    expect(await take(matching, 2)).toEqual(ids.slice(1));
    const { token } = await user.login();
    await revokeSome(3);
    await using own = await subscribe(service, token, { last: 3 }, { query });
    expect(await take(own, 3)).toEqual(ids);
  });

  it('begins with what there is, and no more than may wait', async () => {
    await revokeSome(25);
    await using events = await subscribe(service, key, { last: 500 }, { query });
    const user = await revokeSome(1);
    expect((await take(events, 21)).at(-1)).toBe(user.sessions[0]?.id);
    await using none = await subscribe(service, key, { last: 5, userId: service.user().id }, { query });
    expect(none.status).toBe(200);
  });

  it('goes on after Last-Event-ID where a client comes back with one', async () => {
    await using before = await subscribe(service, key, {}, { query });
    const user = await revokeSome(4);
    const first = await before.nextEvent();
    const headers = { 'last-event-id': first.id };
    await using back = await subscribe(service, key, { last: 1 }, { query, headers });
    expect(await take(back, 3)).toEqual(user.sessions.slice(1).map(({ id }) => id));
  });

  it.each([
    [{ last: 0 }, 'last must be from 1 to 500.'],
    [{ last: 501 }, 'last must be from 1 to 500.'],
    [{ last: 1, after: 'some-1' }, 'last is not accepted together with after. Give one of them.'],
  ])('refuses %j', async (variables, message) => {
    await using events = await subscribe(service, key, variables, { query });
    expect(events.refusal?.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
