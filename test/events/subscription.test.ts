import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

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

  it('is one of GraphQL over SSE, and is kept alive by comments', async () => {
    await using events = await subscribe(service, key);
    expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(events.headers.get('cache-control')).toBe('no-store');
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
