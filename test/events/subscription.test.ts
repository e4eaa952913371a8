import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { enforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

const nobody = 'f0000000-0000-4000-8000-00000000000f';

let service: TestService;
let key: string;

beforeAll(async () => {
  service = await startTestService();
  key = service.key(['event:subscribe']);
});
afterAll(() => service[Symbol.asyncDispose]());

const revoke = (sessionId: string, reason = 'SUSPECTED_COMPROMISE') =>
  service.data(
    `mutation ($id: ID!, $reason: SessionEndReason!) { revokeSession(sessionId: $id, reason: $reason) { outcome } }`,
    { id: sessionId, reason },
  );

describe('a subscription', () => {
  it('tells of a session that was revoked here, with the reason and what to refuse', async () => {
    const alice = service.user({ sessions: 1 });
    await using events = await subscribe(service, key, { userId: alice.id });
    expect(events.status).toBe(200);
    const [session] = alice.sessions;
    await revoke(session?.id ?? '');

    const event = await events.nextEvent();
    expect(event).toEqual({
      id: expect.any(String),
      type: 'SESSION_REVOKED',
      userId: alice.id,
      applicationId: service.shop.id,
      sessionId: session?.id,
      reason: 'SUSPECTED_COMPROMISE',
      initiatingEntity: 'SYSTEM',
      occurredAt: expect.any(String),
      revocation: {
        id: expect.any(String),
        sessionId: session?.id,
        userId: alice.id,
        applicationId: service.shop.id,
        issuedBefore: event.occurredAt,
        expiresAt: new Date(Date.parse(event.occurredAt) + 3_600_000).toISOString(),
      },
    });
  });

  it('tells of every session that an enforcement ends, and of the one that stays in their place', async () => {
    const alice = service.user({ sessions: 3 });
    await using events = await subscribe(service, key, { userId: alice.id });
    const { keptSession } = await enforceSingleSession(service, { userId: alice.id });

    const told = [await events.nextEvent(), await events.nextEvent()];
    expect(told.map(({ sessionId }) => sessionId).sort()).toEqual(
      alice.sessions
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    );
    expect(told.map(({ reason }) => reason)).toEqual(['SINGLE_SESSION_POLICY', 'SINGLE_SESSION_POLICY']);
    const ended = await service.data<{ endedSession: { replacedBySessionId: string } }>(
      'query ($id: ID!) { endedSession(id: $id) { replacedBySessionId } }',
      { id: told[0]?.sessionId },
    );
    expect(ended.endedSession.replacedBySessionId).toBe(keptSession?.id);
  });

  it('follows several users at once, and nobody else', async () => {
    const [alice, bob, carol] = [1, 2, 3].map(() => service.user({ sessions: 1 }));
    const query = 'subscription ($userIds: [ID!]) { sessionEvents(userIds: $userIds) { userId } }';
    await using events = await subscribe(service, key, { userIds: [alice?.id, bob?.id, bob?.id] }, { query });
    for (const user of [carol, bob, alice]) await revoke(user?.sessions[0]?.id ?? '');
    const told = [await events.nextEvent(), await events.nextEvent()];
    expect(told.map(({ userId }) => userId)).toEqual([bob?.id, alice?.id]);
  });

  it.each([
    ['userIds beside userId', { userId: nobody, userIds: [nobody] }],
    ['a list of nobody', { userIds: [] }],
    ['more users than 100', { userIds: Array(101).fill(nobody) }],
    ['what is no id', { userIds: ['alice'] }],
  ])('refuses %s', async (_what, variables) => {
    const query =
      'subscription ($userId: ID, $userIds: [ID!]) { sessionEvents(userId: $userId, userIds: $userIds) { id } }';
    await using events = await subscribe(service, key, variables, { query });
    const { errors } = events.refusal ?? (await events.next());
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it.each<[string, string, object]>([
    ['malformed', 'subscription {\n  sessionEvents {\n}', { locations: [{ line: 3, column: 1 }] }],
    ['invalid', 'subscription {\n  sessionEvents { id nothing }\n}', { locations: [{ line: 2, column: 22 }] }],
    [
      'refused by its resolver',
      'subscription {\n  sessionEvents(last: 0) { id }\n}',
      { locations: [{ line: 2, column: 3 }], path: ['sessionEvents'] },
    ],
  ])('says where a document is wrong that is %s', async (_what, query, place) => {
    await using events = await subscribe(service, key, {}, { query });
    expect(events.refusal?.errors).toMatchObject([place]);
  });

  it('refuses a user who names another one beside themselves', async () => {
    await using own = await startTestService({ shopId, env: shopTokens });
    const [alice, bob] = [own.user(), own.user()];
    const { token } = await alice.login();
    const query = 'subscription ($userIds: [ID!]) { sessionEvents(userIds: $userIds) { id } }';
    await using refused = await subscribe(own, token, { userIds: [alice.id, bob.id] }, { query });
    const { errors } = refused.refusal ?? (await refused.next());
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    await using events = await subscribe(own, token, { userIds: [alice.id] }, { query });
    expect(events.refusal).toBeNull();
  });

  it('is one of GraphQL over SSE, and is kept alive by comments', async () => {
    await using events = await subscribe(service, key);
    expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(events.headers.get('cache-control')).toBe('no-store, no-transform');
    await delay(50);
    expect(events.comments()).toBe(1);
  });

  it('ends, and says so, when the service stops', async () => {
    const other = await startTestService();
    const events = await subscribe(other, other.key(['event:subscribe']));
    await other[Symbol.asyncDispose]();
    expect(await events.completed).toBe(true);
  });
});
