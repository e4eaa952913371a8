import { beforeEach, describe, expect, it } from 'vitest';
import { HearFusionAuthEvent } from '../../src/application/events/hear-fusionauth-event.js';
import { SessionNews } from '../../src/application/events/session-news.js';
import type { EndedSession } from '../../src/domain/ended-session.js';
import type { FusionAuthEvent } from '../../src/domain/fusionauth-event.js';
import { parseApplicationId, parseSessionId, parseTenantId, parseUserId, type TenantId } from '../../src/domain/ids.js';
import type { SessionEvent } from '../../src/domain/session-event.js';
import { InProcessEventFeed } from '../../src/in-process/event-feed.js';
import { InProcessRevocationMemory } from '../../src/in-process/revocation-memory.js';

function id<Id>(parse: (value: unknown) => Id | undefined, number: number): Id {
  const parsed = parse(`00000000-0000-0000-0000-${String(number).padStart(12, '0')}`);
  if (parsed === undefined) throw new TypeError('Not an id');
  return parsed;
}

const tenantId = id(parseTenantId, 1);
const userId = id(parseUserId, 2);
const shop = id(parseApplicationId, 3);
const desk = id(parseApplicationId, 4);
const session = id(parseSessionId, 5);
const newer = id(parseSessionId, 6);
const now = Date.parse('2026-01-31T12:00:00Z');
const dayMs = 86_400_000;

const clock = { now: () => now };
let told: SessionEvent[];
let memory: InProcessRevocationMemory;
let news: SessionNews;

beforeEach(() => {
  told = [];
  const feed = new InProcessEventFeed({ name: 'feed', maxWaitingEvents: 1, maxRememberedEvents: 1 });
  feed.subscribe((event) => {
    told.push(event);
    return false;
  }, null);
  memory = new InProcessRevocationMemory({
    name: 'm',
    clock,
    maxEntries: 100,
    endingMaxAgeMs: dayMs,
    onForgotten: () => {},
  });
  news = new SessionNews({ memory, feed, maxAccessTokenLifetimeMs: dayMs });
});

const heardOf = (facts: Partial<FusionAuthEvent> = {}): FusionAuthEvent & { kind: 'sessionRevoked' } => ({
  kind: 'sessionRevoked',
  id: 'event',
  occurredAt: now,
  tenantId,
  sessionId: session,
  userId,
  applicationId: shop,
  accessTokenLifetimes: new Map([[shop, 300]]),
  ...(facts as object),
});

const ended: EndedSession = {
  id: session,
  userId,
  applicationId: shop,
  endedAt: now,
  reason: 'SINGLE_SESSION_POLICY',
  initiatingEntity: 'POLICY',
  replacedBySessionId: newer,
  accessTokensExpireBy: now + 3_600_000,
};

const hearer = (boundTo: TenantId | null = null) =>
  new HearFusionAuthEvent({
    news,
    sessionsOf: () => ({
      listSessions: () => Promise.reject(new TypeError('Not to be asked')),
      findSession: () => Promise.reject(new TypeError('Not to be asked')),
      revokeSession: () => Promise.reject(new TypeError('Not to be asked')),
    }),
    tenantId: boundTo,
    onFailure: () => {},
  });

describe('a revocation of ours that FusionAuth tells of too', () => {
  it('is one event with our reason when FusionAuth tells first', async () => {
    const answered = news.expect(session, { reason: 'SINGLE_SESSION_POLICY', replacedBySessionId: newer });
    await news.tellHeard(heardOf());
    answered();
    await news.tellOwn(ended, tenantId);
    expect(told).toMatchObject([{ sessionId: session, reason: 'SINGLE_SESSION_POLICY', initiatingEntity: 'POLICY' }]);
    expect((await memory.findEnded(session))?.ended).toMatchObject({ replacedBySessionId: newer });
    expect(await memory.list({ since: null, after: null, first: 10 }, () => true)).toHaveLength(1);
  });

  it('is one event when we tell first, however often it is heard of', async () => {
    const answered = news.expect(session, { reason: 'SINGLE_SESSION_POLICY', replacedBySessionId: newer });
    answered();
    await news.tellOwn(ended, tenantId);
    await news.tellHeard(heardOf());
    await news.tellHeard(heardOf());
    expect(told).toHaveLength(1);
  });

  it('is one event when several of ours want to end the session', async () => {
    const first = news.expect(session, { reason: 'SINGLE_SESSION_POLICY', replacedBySessionId: newer });
    const second = news.expect(session, { reason: 'ADMIN_REQUEST', replacedBySessionId: null });
    second();
    await news.tellHeard(heardOf());
    first();
    await news.tellOwn(ended, tenantId);
    expect(told.map(({ reason }) => reason)).toEqual(['SINGLE_SESSION_POLICY']);
  });
});

describe('telling', () => {
  it('that has failed is done again when it is heard of again', async () => {
    const failing = new SessionNews({
      memory,
      feed: {
        publish: () => Promise.reject(new Error('away')),
        subscribe: () => {
          throw new TypeError('Not to be called');
        },
      },
      maxAccessTokenLifetimeMs: dayMs,
    });
    await expect(failing.tellHeard(heardOf())).rejects.toThrow('away');
    await news.tellHeard(heardOf());
    expect(told).toHaveLength(1);
  });

  it('is done again for one that FusionAuth had undone, and that is revoked for good after its tokens have expired', async () => {
    await news.tellHeard(heardOf());
    await news.tellHeard(heardOf({ occurredAt: now + 300_001 } as never));
    expect(told.map(({ occurredAt }) => occurredAt)).toEqual([now, now + 300_001]);
  });

  it('is done once although we and FusionAuth say it at the same moment', async () => {
    await Promise.all([news.tellOwn(ended, tenantId), news.tellHeard(heardOf()), news.tellOwn(ended, tenantId)]);
    expect(told).toHaveLength(1);
  });
});

describe('a revocation of somebody else', () => {
  it('is told with what FusionAuth says of it, and without a reason that it does not give', async () => {
    await hearer().execute(heardOf());
    expect(told).toEqual([
      {
        id: 'feed-1',
        type: 'SESSION_REVOKED',
        tenantId,
        userId,
        applicationId: shop,
        sessionId: session,
        reason: 'OTHER',
        initiatingEntity: 'SYSTEM',
        occurredAt: now,
        revocation: expect.objectContaining({ sessionId: session, issuedBefore: now, expiresAt: now + 300_000 }),
      },
    ]);
  });

  it('of an SSO session leaves nothing to refuse', async () => {
    await hearer().execute(heardOf({ applicationId: null } as never));
    expect(told).toMatchObject([{ sessionId: session, applicationId: null, revocation: null }]);
  });

  it('of a user is one event for each application that had a session', async () => {
    const lifetimes = new Map([
      [shop, 300],
      [desk, 600],
    ]);
    const facts = { id: 'event', occurredAt: now, tenantId, userId, applicationId: null };
    await hearer().execute({ ...facts, kind: 'userRevoked', accessTokenLifetimes: lifetimes });
    expect(told.map(({ applicationId, revocation }) => [applicationId, revocation?.expiresAt])).toEqual([
      [shop, now + 300_000],
      [desk, now + 600_000],
    ]);
    expect(told.map((event) => [event.userId, event.sessionId])).toEqual([
      [userId, null],
      [userId, null],
    ]);
  });

  it('of a user in an application, and of an application, is one event', async () => {
    const facts = { id: 'event', occurredAt: now, tenantId, applicationId: shop, accessTokenLifetimes: new Map() };
    await hearer().execute({ ...facts, kind: 'userRevoked', userId });
    await hearer().execute({ ...facts, kind: 'applicationRevoked' });
    expect(told.map((event) => [event.userId, event.applicationId, event.revocation?.expiresAt])).toEqual([
      [userId, shop, now + dayMs],
      [null, shop, now + dayMs],
    ]);
  });

  it.each(['userDeactivated', 'userDeleted'] as const)('is what %s comes to, for every application', async (kind) => {
    await hearer().execute({ kind, id: 'event', occurredAt: now, tenantId, userId });
    expect(told).toMatchObject([
      {
        userId,
        applicationId: null,
        sessionId: null,
        reason: 'ACCOUNT_DISABLED',
        revocation: { userId, applicationId: null, sessionId: null, issuedBefore: now, expiresAt: now + dayMs },
      },
    ]);
  });
});

it('events of another tenant are none of the business of a service that is bound to one', async () => {
  await hearer(id(parseTenantId, 9)).execute(heardOf());
  expect(told).toEqual([]);
  await hearer(tenantId).execute(heardOf());
  expect(told).toHaveLength(1);
});

it('signing in and refreshing are told, and end nothing', async () => {
  const facts = { id: 'event', occurredAt: now, tenantId, userId, applicationId: shop };
  await hearer().execute({ ...facts, kind: 'userSignedIn' });
  await hearer().execute({ ...facts, kind: 'sessionRefreshed', sessionId: session });
  expect(told).toMatchObject([
    { type: 'SESSION_STARTED', sessionId: null, revocation: null },
    { type: 'SESSION_REFRESHED', sessionId: session, revocation: null },
  ]);
});
