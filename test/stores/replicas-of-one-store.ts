import { expect } from 'vitest';
import { SessionEventRecorder } from '../../src/application/events/session-event-recorder.js';
import type { EndedSession, SessionEndReason } from '../../src/domain/ended-session.js';
import type { Stores } from '../../src/domain/ports/stores.js';
import type { RevocationCause } from '../../src/domain/revocation-cause.js';
import type { SessionEvent } from '../../src/domain/session-event.js';
import { session } from '../support/sessions.js';
import { silent } from '../support/telemetry.js';

/** What one replica sees of a store. Several of one store see the same. */
export type StoresOfReplica = Pick<Stores, 'log' | 'memory' | 'feed' | 'claims' | 'history' | 'userLock'>;

/** Opens one empty store for so many replicas. */
export type OpenStores = (replicas: number) => Promise<{
  readonly replicas: readonly StoresOfReplica[];
  readonly close: () => Promise<void>;
}>;

export const now = Date.parse('2026-01-31T12:00:00Z');
const maxAccessTokenLifetimeMs = 3_600_000;
export const user = session({ number: 1 });
export const sessions = [1, 2, 3].map((number) => session({ number }));
export const [first = user] = sessions;

export const anyEntry = {
  userId: null,
  sessionId: null,
  applicationId: null,
  actorName: null,
  actorUserId: null,
  requestId: null,
  reason: null,
  outcome: null,
  since: null,
  until: null,
};

export const everything = { since: null, after: null, first: 100, userId: null, tenantIds: null };

export function recorderOf({ log }: Pick<StoresOfReplica, 'log'>): SessionEventRecorder {
  return new SessionEventRecorder({ log, telemetry: silent, maxAccessTokenLifetimeMs });
}

/** Opens the store, with a recorder for each replica; a subscriber at the last replica reads what is published. */
export async function opened(open: OpenStores, count: number) {
  const { replicas, close } = await open(count);
  const [one, other = one] = replicas;
  if (one === undefined || other === undefined) throw new TypeError('No replica');
  const events = await other.feed.subscribe(() => true, null);
  return {
    replicas: [one, other] as const,
    recorders: [recorderOf(one), recorderOf(other)] as const,
    /** So many events, and none beyond that was published before. */
    async published(expected: number): Promise<readonly SessionEvent[]> {
      const about = { tenantId: null, userId: null, applicationId: null, sessionId: null, occurredAt: now };
      const event = { ...about, type: 'SESSION_STARTED', reason: null, initiatingEntity: null } as const;
      await one.log.publish({ entries: [{ event, refusal: null, ending: null }], delivery: null });
      const read: SessionEvent[] = [];
      for (;;) {
        const { value } = await events.next();
        if (value.type === 'SESSION_STARTED') break;
        read.push(value);
      }
      expect(read).toHaveLength(expected);
      return read;
    },
    async [Symbol.asyncDispose]() {
      await events.return?.();
      await close();
    },
  };
}

export const causeOf = (reason: SessionEndReason, requestId = 'request'): RevocationCause => ({
  reason,
  actor: { kind: 'service', userId: null, name: 'shop' },
  comment: null,
  requestId,
});

/** The view of an operation that is about to end the first session. */
export async function claimed({ claims }: StoresOfReplica, cause: RevocationCause) {
  const view = claims.open(first.userId);
  view.look();
  const ends = [{ id: first.id, applicationId: first.applicationId, tenantId: null, replacedBySessionId: null }];
  expect(await view.claim({ rule: 'unconditional', keeps: [], ends, cause })).toBeNull();
  return view;
}

export const failureOf = ({ id: sessionId, userId, applicationId }: typeof first, cause: RevocationCause) => ({
  sessionId,
  userId,
  applicationId,
  tenantId: null,
  cause,
});

export const deliveryOf = (number: number) => ({ id: `delivery ${number}`, expiresAt: now + 300_000 });

export function endingOf({ id, userId, applicationId }: typeof first, reason: SessionEndReason): EndedSession {
  const facts = { replacedBySessionId: null, accessTokensExpireBy: null, initiatingEntity: 'POLICY' } as const;
  return { id, userId, applicationId, endedAt: now, reason, ...facts };
}

export function reportOf({ id: sessionId, userId, applicationId }: typeof first) {
  const facts = { kind: 'sessionRevoked', id: 'event', occurredAt: now, tenantId: null } as const;
  return { ...facts, sessionId, userId, applicationId, device: null, accessTokenLifetimes: new Map() };
}
