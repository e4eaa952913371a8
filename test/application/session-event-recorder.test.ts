import { beforeEach, describe, expect, it } from 'vitest';
import { HandleFusionAuthEvent } from '../../src/application/events/handle-fusionauth-event.js';
import { SessionEventRecorder } from '../../src/application/events/session-event-recorder.js';
import type { EndedSession } from '../../src/domain/ended-session.js';
import type { FusionAuthEvent } from '../../src/domain/fusionauth-event.js';
import { parseApplicationId, parseSessionId, parseTenantId, parseUserId, type TenantId } from '../../src/domain/ids.js';
import type { RevocationMemory } from '../../src/domain/ports/revocation-memory.js';
import type { SessionClaims } from '../../src/domain/ports/session-claims.js';
import type { RevocationCause } from '../../src/domain/revocation-cause.js';
import type { SessionEvent } from '../../src/domain/session-event.js';
import { createParts } from '../support/in-process-parts.js';
import { silent } from '../support/telemetry.js';

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
let published: SessionEvent[];
let memory: RevocationMemory;
let claims: SessionClaims;
let recorder: SessionEventRecorder;

beforeEach(async () => {
  published = [];
  const parts = createParts({ clock, maxEntries: 100, endingMaxAgeMs: dayMs });
  await parts.feed.subscribe((event) => {
    published.push(event);
    return false;
  }, null);
  ({ memory, claims } = parts);
  recorder = new SessionEventRecorder({ log: parts.log, telemetry: silent, maxAccessTokenLifetimeMs: dayMs });
});

const reported = (facts: Partial<FusionAuthEvent> = {}): FusionAuthEvent & { kind: 'sessionRevoked' } => ({
  kind: 'sessionRevoked',
  id: 'event',
  occurredAt: now,
  tenantId,
  sessionId: session,
  userId,
  applicationId: shop,
  device: null,
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

const handler = (boundTo: TenantId | null = null) =>
  new HandleFusionAuthEvent({
    recorder,
    sessionsOf: () => ({ listSessions: () => Promise.reject(new TypeError('Not to be asked')) }),
    tenantId: boundTo,
    deliveryMaxAgeMs: 300_000,
    onFailure: () => {},
  });

/** Each time another delivery, as of an event that FusionAuth sent again under another id. */
let deliveries = 0;
const report = (facts: Partial<FusionAuthEvent> = {}) => {
  deliveries += 1;
  return recorder.recordReported(reported(facts), { id: `delivery ${deliveries}`, expiresAt: now + dayMs });
};
const cause: RevocationCause = {
  reason: 'SINGLE_SESSION_POLICY',
  actor: { kind: 'service', userId: null, name: 'shop' },
  comment: 'one device',
  requestId: 'request',
};

/** An operation of ours that has claimed the ending of the session. */
async function claimed(because: RevocationCause, replacedBySessionId: typeof newer | null = newer) {
  const view = claims.open(userId);
  const ending = { id: session, applicationId: shop, tenantId, replacedBySessionId };
  expect(await view.claim({ rule: 'unconditional', keeps: [], ends: [ending], cause: because })).toBeNull();
  return view;
}

describe('a revocation of ours that FusionAuth reports too', () => {
  it('is one event with our reason when FusionAuth reports it first', async () => {
    const view = await claimed(cause);
    expect(await report()).toBe('published');
    expect(await recorder.recordOwn(ended, tenantId, cause)).toBe('known');
    view.settle(session, 'ended');
    expect(published).toMatchObject([
      { sessionId: session, reason: 'SINGLE_SESSION_POLICY', initiatingEntity: 'POLICY' },
    ]);
    expect(await memory.findEnded(session)).toMatchObject({ ended: { replacedBySessionId: newer }, cause });
    expect(await memory.list({ since: null, after: null, first: 10, userId: null, tenantIds: null })).toHaveLength(1);
  });

  it('is one event when we publish it first, however often it is reported', async () => {
    const view = await claimed(cause);
    await recorder.recordOwn(ended, tenantId, cause);
    view.settle(session, 'ended');
    expect([await report(), await report()]).toEqual(['known', 'known']);
    expect(published).toHaveLength(1);
  });

  it('has the reason of the first that claimed it, when several of ours want to end the session', async () => {
    const first = await claimed(cause);
    const second = await claimed({ ...cause, reason: 'ADMIN_REQUEST' }, null);
    second.settle(session, 'lives');
    await report();
    first.settle(session, 'ended');
    await recorder.recordOwn(ended, tenantId, cause);
    expect(published.map(({ reason }) => reason)).toEqual(['SINGLE_SESSION_POLICY']);
  });
});

describe('an ending', () => {
  it('is published again for one that FusionAuth had undone, and that is revoked for good after its tokens have expired', async () => {
    await report();
    await report({ occurredAt: now + 300_001 });
    expect(published.map(({ occurredAt }) => occurredAt)).toEqual([now, now + 300_001]);
  });

  it('is published once although we and FusionAuth say it at the same moment', async () => {
    await Promise.all([
      recorder.recordOwn(ended, tenantId, cause),
      report(),
      recorder.recordOwn(ended, tenantId, cause),
    ]);
    expect(published).toHaveLength(1);
  });
});

describe('a revocation of somebody else', () => {
  it('is published with what FusionAuth says of it, and without a reason that it does not give', async () => {
    await handler().execute(reported());
    expect(published).toEqual([
      {
        id: expect.stringMatching(/^[\da-f]{32}$/),
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
    await handler().execute(reported({ applicationId: null } as never));
    expect(published).toMatchObject([{ sessionId: session, applicationId: null, revocation: null }]);
  });

  it('of a user is one event for each application that had a session', async () => {
    const lifetimes = new Map([
      [shop, 300],
      [desk, 600],
    ]);
    const facts = { id: 'event', occurredAt: now, tenantId, userId, applicationId: null };
    await handler().execute({ ...facts, kind: 'userRevoked', accessTokenLifetimes: lifetimes });
    expect(published.map(({ applicationId, revocation }) => [applicationId, revocation?.expiresAt])).toEqual([
      [shop, now + 300_000],
      [desk, now + 600_000],
    ]);
    expect(published.map((event) => [event.userId, event.sessionId])).toEqual([
      [userId, null],
      [userId, null],
    ]);
  });

  it('of a user in an application, and of an application, is one event', async () => {
    const facts = { occurredAt: now, tenantId, applicationId: shop, accessTokenLifetimes: new Map() };
    await handler().execute({ ...facts, id: 'event', kind: 'userRevoked', userId });
    await handler().execute({ ...facts, id: 'other', kind: 'applicationRevoked' });
    expect(published.map((event) => [event.userId, event.applicationId, event.revocation?.expiresAt])).toEqual([
      [userId, shop, now + dayMs],
      [null, shop, now + dayMs],
    ]);
  });

  it.each(['userDeactivated', 'userDeleted'] as const)('is what %s comes to, for every application', async (kind) => {
    await handler().execute({ kind, id: 'event', occurredAt: now, tenantId, userId });
    expect(published).toMatchObject([
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
  await handler(id(parseTenantId, 9)).execute(reported());
  expect(published).toEqual([]);
  await handler(tenantId).execute(reported());
  expect(published).toHaveLength(1);
});

it('signing in and refreshing are published, and end nothing', async () => {
  const facts = { occurredAt: now, tenantId, userId, applicationId: shop };
  await handler().execute({ ...facts, id: 'event', kind: 'userSignedIn', deviceType: null });
  await handler().execute({ ...facts, id: 'other', kind: 'sessionRefreshed', sessionId: session });
  expect(published).toMatchObject([
    { type: 'SESSION_STARTED', sessionId: null, revocation: null },
    { type: 'SESSION_REFRESHED', sessionId: session, revocation: null },
  ]);
});
