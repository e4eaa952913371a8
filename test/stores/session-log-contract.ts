import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionEventRecorder } from '../../src/application/events/session-event-recorder.js';
import type { EndedSession, SessionEndReason } from '../../src/domain/ended-session.js';
import type { HistoryFilter } from '../../src/domain/ports/session-history.js';
import type { Published } from '../../src/domain/ports/session-log.js';
import type { Stores } from '../../src/domain/ports/stores.js';
import type { RevocationCause } from '../../src/domain/revocation-cause.js';
import type { SessionEvent } from '../../src/domain/session-event.js';
import { session } from '../domain/sessions.js';
import { silent } from '../support/telemetry.js';

/** What one replica sees of a store. Several of one store see the same. */
export type StoresOfReplica = Pick<Stores, 'log' | 'memory' | 'feed' | 'claims' | 'history'>;

/** Opens one empty store for so many replicas. */
export type OpenStores = (replicas: number) => Promise<{
  readonly replicas: readonly StoresOfReplica[];
  readonly close: () => Promise<void>;
}>;

const now = Date.parse('2026-01-31T12:00:00Z');
const maxAccessTokenLifetimeMs = 3_600_000;
const user = session({ number: 1 });
const sessions = [1, 2, 3].map((number) => session({ number }));
const [first = user] = sessions;

/** What every adapter of the log, its readers and the announcements promises, with one replica and with several. */
export function describeSessionLog(name: string, open: OpenStores, { numRuns = 30 } = {}): void {
  describe(`${name}: the log of session events`, () => {
    it('publishes an ending once, with the reason of whoever announced it, whichever replica FusionAuth tells first', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.recorders;
      const view = await claimed(stores.replicas[0], causeOf('SINGLE_SESSION_POLICY'));
      expect(await there.recordReported(reportOf(first), deliveryOf(1))).toBe('published');
      expect(
        await here.recordOwn(endingOf(first, 'SINGLE_SESSION_POLICY'), null, causeOf('SINGLE_SESSION_POLICY')),
      ).toBe('known');
      view.settle(first.id, 'ended');
      expect(await stores.published(1)).toMatchObject([{ sessionId: first.id, reason: 'SINGLE_SESSION_POLICY' }]);
      for (const { memory } of stores.replicas) {
        expect((await memory.findEnded(first.id))?.ended.reason).toBe('SINGLE_SESSION_POLICY');
      }
    });

    it('keeps the device of a session with its event and in its history, whoever says first that it ended', async () => {
      const device = { name: 'Lost phone', description: null, type: 'MOBILE' };
      const [, second = user, third = user] = sessions;
      await using stores = await opened(open, 2);
      const [here, there] = stores.recorders;
      await here.recordOwn({ ...endingOf(first, 'OTHER'), device }, null, causeOf('OTHER'));
      await there.recordReported({ ...reportOf(second), device }, deliveryOf(1));
      await here.recordOwn(endingOf(third, 'OTHER'), null, causeOf('OTHER'));
      const published = await stores.published(3);
      expect(published.map((event) => event.device)).toEqual([device, device, undefined]);
      // Its own record comes after the report: what was known of the device stays.
      await here.recordOwn(endingOf(second, 'OTHER'), null, causeOf('OTHER'));
      const { history } = stores.replicas[1] ?? {};
      const filter = { ...anything, userId: user.userId };
      const kept = await history?.list(filter, 9, null);
      expect(new Map(kept?.map((entry) => [entry.sessionId, entry.device]))).toEqual(
        new Map([
          [first.id, device],
          [second.id, device],
          [third.id, undefined],
        ]),
      );
    });

    it('publishes an ending once although replicas and FusionAuth say it at the same moment, in any number', async () => {
      const by = fc.record({ replica: fc.integer({ min: 0, max: 1 }), how: fc.constantFrom('own', 'reported') });
      await fc.assert(
        fc.asyncProperty(fc.array(by, { minLength: 1, maxLength: 6 }), async (sayings) => {
          await using stores = await opened(open, 2);
          const view = await claimed(stores.replicas[0], causeOf('SINGLE_SESSION_POLICY'));
          const outcomes = await Promise.all(
            sayings.map(({ replica, how }, index): Promise<Published> => {
              const recorder = stores.recorders[replica] ?? stores.recorders[0];
              return how === 'own'
                ? recorder.recordOwn(endingOf(first, 'SINGLE_SESSION_POLICY'), null, causeOf('SINGLE_SESSION_POLICY'))
                : recorder.recordReported(reportOf(first), deliveryOf(index));
            }),
          );
          view.settle(first.id, 'ended');
          expect(outcomes.filter((outcome) => outcome === 'published')).toHaveLength(1);
          expect(await stores.published(1)).toMatchObject([{ reason: 'SINGLE_SESSION_POLICY' }]);
          const remembered = await stores.replicas[1].memory.list(everything);
          expect(remembered).toHaveLength(1);
        }),
        { numRuns },
      );
    });

    it('publishes a delivery once, whichever replicas it comes to and however often', async () => {
      await using stores = await opened(open, 2);
      const ofUser = { about: { tenantId: null, userId: user.userId, applicationId: null }, at: now } as const;
      const endings = [{ ...ofUser, reason: 'ACCOUNT_DISABLED', lifetimeSeconds: null }] as const;
      const outcomes = await Promise.all(
        [0, 1, 0, 1].map((replica) =>
          (stores.recorders[replica] ?? stores.recorders[0]).recordMany(endings, deliveryOf(1)),
        ),
      );
      expect(outcomes.toSorted()).toEqual(['known', 'known', 'known', 'published']);
      expect(await stores.recorders[1].recordMany(endings, deliveryOf(2))).toBe('published');
      expect(await stores.published(2)).toHaveLength(2);
    });

    it('shows every replica a revocation and an ending by the time it shows their event', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const token = { sessionId: first.id, userId: first.userId, applicationIds: [], issuedAtSeconds: now / 1_000 };
      expect(there.memory.covers(token)).toBe(false);
      await stores.recorders[0].recordOwn(endingOf(first, 'ADMIN_REQUEST'), null, causeOf('ADMIN_REQUEST'));
      await stores.published(1);
      for (const { memory } of [here, there]) {
        expect(memory.covers(token)).toBe(true);
        expect(await memory.findEnded(first.id)).not.toBeNull();
        expect(await memory.list(everything)).toHaveLength(1);
      }
    });

    it('shows every replica the same events in the same order, and resumes at any of them after any event', async () => {
      await using stores = await opened(open, 2);
      await Promise.all(
        sessions.map((one, index) =>
          (stores.recorders[index % 2] ?? stores.recorders[0]).recordOwn(
            endingOf(one, 'OTHER'),
            null,
            causeOf('OTHER'),
          ),
        ),
      );
      const events = await stores.published(3);
      for (const { feed } of stores.replicas) {
        const resumed = await feed.subscribe(() => true, events[0]?.id ?? '');
        expect([(await resumed.next()).value, (await resumed.next()).value]).toEqual(events.slice(1));
        await resumed.return?.();
      }
    });

    it('gives ids from which nobody can tell how many there are, or make the id of another', async () => {
      await using stores = await opened(open, 1);
      const [recorder] = stores.recorders;
      for (const one of sessions) await recorder.recordOwn(endingOf(one, 'OTHER'), null, causeOf('OTHER'));
      const events = await stores.published(3);
      const ids = events.flatMap(({ id, revocation }) => [id, revocation?.id ?? '']);
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(id).toMatch(/^[\da-f]{32}$/);
      const [{ feed, memory }] = stores.replicas;
      for (const id of ids) {
        const bytes = Buffer.from(id, 'hex');
        for (let bit = 0; bit < 128; bit++) {
          const guess = Buffer.from(bytes);
          guess[bit >> 3] = (guess[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const after = guess.toString('hex');
          await expect(feed.subscribe(() => true, after)).rejects.toThrow('after names an event');
          await expect(memory.list({ ...everything, after })).rejects.toThrow('after names no revocation');
        }
      }
    });

    it('refuses to resume after an event that never was', async () => {
      await using stores = await opened(open, 1);
      await expect(stores.replicas[0].feed.subscribe(() => true, 'never-1')).rejects.toThrow('after names an event');
    });
  });

  describe(`${name}: the history`, () => {
    it('shows at every replica who ended which session, the newest first, in pages that stay as sessions go on ending', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      for (const one of sessions) await stores.recorders[0].recordOwn(endingOf(one, 'OTHER'), null, causeOf('OTHER'));
      await stores.published(3);
      const [newest] = await there.history.list(anyEntry, 1, null);
      expect(newest).toMatchObject({ sessionId: sessions[2]?.id, cause: causeOf('OTHER'), recordedAt: now });
      const later = session({ number: 4 });
      await stores.recorders[1].recordOwn(endingOf(later, 'USER_REQUEST'), null, causeOf('USER_REQUEST'));
      await stores.published(1);
      const rest = await here.history.list(anyEntry, 10, newest?.id ?? '');
      expect(rest.map(({ sessionId }) => sessionId)).toEqual([sessions[1]?.id, sessions[0]?.id]);
    });

    it.each([
      ['userId', (one: typeof first) => ({ userId: one.userId }), 3],
      ['sessionId', (one: typeof first) => ({ sessionId: one.id }), 1],
      ['applicationId', (one: typeof first) => ({ applicationId: one.applicationId }), 3],
      ['actorName', () => ({ actorName: 'shop' }), 3],
      ['another actorName', () => ({ actorName: 'desk' }), 0],
      ['reason', () => ({ reason: 'OTHER' as const }), 3],
      ['another reason', () => ({ reason: 'USER_LOGOUT' as const }), 0],
      ['actorUserId', () => ({ actorUserId: user.userId }), 0],
      ['requestId', () => ({ requestId: 'request' }), 3],
      ['another requestId', () => ({ requestId: 'other' }), 0],
      ['outcome', () => ({ outcome: 'revoked' as const }), 3],
      ['another outcome', () => ({ outcome: 'failed' as const }), 0],
      ['since', () => ({ since: now }), 3],
      ['since later', () => ({ since: now + 1 }), 0],
      ['until', () => ({ until: now }), 0],
    ])('is searched by %s', async (_name, filterOf, expected) => {
      await using stores = await opened(open, 1);
      for (const one of sessions) await stores.recorders[0].recordOwn(endingOf(one, 'OTHER'), null, causeOf('OTHER'));
      const [{ history }] = stores.replicas;
      expect(await history.list({ ...anyEntry, ...filterOf(first) }, 10, null)).toHaveLength(expected);
    });

    it('keeps revocations that failed beside endings, in one order, and says of each what came of it', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const [, second = first, third = first] = sessions;
      const cause = { ...causeOf('ADMIN_REQUEST'), actor: { kind: 'user', userId: user.userId, name: 'ann' } as const };
      await here.history.recordFailed([first, second].map((one) => failureOf(one, cause)));
      await stores.recorders[1].recordOwn(endingOf(third, 'OTHER'), null, causeOf('OTHER'), 'alreadyEnded');
      await stores.recorders[0].recordOwn(endingOf(first, 'ADMIN_REQUEST'), null, cause);
      await stores.published(2);
      const entries = await there.history.list(anyEntry, 10, null);
      expect(entries.map(({ sessionId, outcome, endedAt }) => [sessionId, outcome, endedAt])).toEqual([
        [first.id, 'revoked', now],
        [third.id, 'alreadyEnded', now],
        [second.id, 'failed', null],
        [first.id, 'failed', null],
      ]);
      expect(entries[2]).toMatchObject({ cause, userId: user.userId, reason: 'ADMIN_REQUEST', recordedAt: now });
      const rest = await there.history.list(anyEntry, 10, entries[1]?.id ?? '');
      expect(rest).toEqual(entries.slice(2));
      const byPerson = await there.history.list({ ...anyEntry, actorUserId: user.userId }, 10, null);
      expect(byPerson.map(({ sessionId }) => sessionId)).toEqual([first.id, second.id, first.id]);
    });

    it('refuses to read on after what is no entry', async () => {
      await using stores = await opened(open, 1);
      await expect(stores.replicas[0].history.list(anyEntry, 1, 'never')).rejects.toThrow('names no entry');
    });
  });

  describe(`${name}: claims`, () => {
    it('put what FusionAuth reports down to the operation that claimed first and has not given up', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const mine = await claimed(here, causeOf('SINGLE_SESSION_POLICY'));
      const later = await claimed(there, causeOf('USER_REQUEST'));
      later.settle(first.id, 'lives');
      await later[Symbol.asyncDispose]();
      await stores.recorders[1].recordReported(reportOf(first), deliveryOf(1));
      const remembered = await there.memory.findEnded(first.id);
      expect(remembered).toMatchObject({ ended: { reason: 'SINGLE_SESSION_POLICY' }, cause: { requestId: 'request' } });
      await mine[Symbol.asyncDispose]();
    });

    it('put an ending that another operation finds down to the one that is at it', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const finder = await claimed(there, causeOf('USER_REQUEST', 'finder'));
      const doer = await claimed(here, causeOf('SINGLE_SESSION_POLICY', 'doer'));
      const found = endingOf(first, 'USER_REQUEST');
      await stores.recorders[1].recordOwn(found, null, causeOf('USER_REQUEST', 'finder'), 'alreadyEnded');
      const done = endingOf(first, 'SINGLE_SESSION_POLICY');
      await stores.recorders[0].recordOwn(done, null, causeOf('SINGLE_SESSION_POLICY', 'doer'));
      expect(await stores.published(1)).toMatchObject([
        { reason: 'SINGLE_SESSION_POLICY', initiatingEntity: 'POLICY' },
      ]);
      const expected = { outcome: 'revoked', cause: { requestId: 'doer' } };
      expect(await there.history.list(anyEntry, 10, null)).toMatchObject([expected]);
      await doer[Symbol.asyncDispose]();
      await finder[Symbol.asyncDispose]();
    });

    it.each([
      ['FusionAuth reports it', null],
      ['another operation finds it', 'alreadyEnded'],
    ] as const)('that nobody has seen are made up for by whoever did it, where %s first', async (_what, found) => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const [one, other] = stores.recorders;
      if (found === null) await other.recordReported(reportOf(first), deliveryOf(1));
      else await other.recordOwn(endingOf(first, 'USER_REQUEST'), null, causeOf('USER_REQUEST', 'finder'), found);
      const [before] = await here.history.list(anyEntry, 10, null);
      const cause = { ...causeOf('SINGLE_SESSION_POLICY', 'doer'), comment: 'one seat' };
      const done = { ...endingOf(first, 'SINGLE_SESSION_POLICY'), replacedBySessionId: sessions[1]?.id ?? null };
      expect(await one.recordOwn(done, null, cause)).toBe('known');
      // Whoever comes later has not.
      expect(await one.recordOwn(endingOf(first, 'OTHER'), null, causeOf('OTHER', 'later'))).toBe('known');
      await stores.published(1);
      const { reason, replacedBySessionId } = done;
      for (const { memory, history } of [here, there]) {
        expect(await memory.findEnded(first.id)).toMatchObject({ ended: { reason, replacedBySessionId }, cause });
        const entries = await history.list(anyEntry, 10, null);
        expect(entries).toEqual([{ ...before, outcome: 'revoked', reason, replacedBySessionId, cause }]);
      }
    });

    it('that nobody has seen leave an ending that FusionAuth reports to nobody where an operation only finds it', async () => {
      await using stores = await opened(open, 2);
      await stores.recorders[1].recordReported(reportOf(first), deliveryOf(1));
      const found = endingOf(first, 'USER_REQUEST');
      await stores.recorders[0].recordOwn(found, null, causeOf('USER_REQUEST'), 'alreadyEnded');
      const remembered = await stores.replicas[1].memory.findEnded(first.id);
      expect(remembered).toMatchObject({ ended: { reason: 'OTHER' }, cause: null });
    });

    it('put nothing down to an operation that has found the session alive', async () => {
      await using stores = await opened(open, 2);
      const view = await claimed(stores.replicas[0], causeOf('SINGLE_SESSION_POLICY'));
      view.settle(first.id, 'lives');
      await view[Symbol.asyncDispose]();
      await stores.recorders[1].recordReported(reportOf(first), deliveryOf(1));
      const remembered = await stores.replicas[1].memory.findEnded(first.id);
      expect(remembered).toMatchObject({ ended: { reason: 'OTHER' }, cause: null });
    });
  });
}

const anyEntry = {
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

const everything = { since: null, after: null, first: 100, userId: null, tenantIds: null };

/** Opens the store, with a recorder for each replica; a subscriber at the last replica reads what is published. */
async function opened(open: OpenStores, count: number) {
  const { replicas, close } = await open(count);
  const [one, other = one] = replicas;
  if (one === undefined || other === undefined) throw new TypeError('No replica');
  const events = await other.feed.subscribe(() => true, null);
  const recorderOf = ({ log }: StoresOfReplica) =>
    new SessionEventRecorder({ log, telemetry: silent, maxAccessTokenLifetimeMs });
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

const causeOf = (reason: SessionEndReason, requestId = 'request'): RevocationCause => ({
  reason,
  actor: { kind: 'service', userId: null, name: 'shop' },
  comment: null,
  requestId,
});

/** The view of an operation that is about to end the first session. */
async function claimed({ claims }: StoresOfReplica, cause: RevocationCause) {
  const view = claims.open(first.userId);
  view.look();
  const ends = [{ id: first.id, applicationId: first.applicationId, tenantId: null, replacedBySessionId: null }];
  expect(await view.claim({ rule: 'unconditional', keeps: [], ends, cause })).toBeNull();
  return view;
}

const failureOf = ({ id: sessionId, userId, applicationId }: typeof first, cause: RevocationCause) => ({
  sessionId,
  userId,
  applicationId,
  tenantId: null,
  cause,
});

const deliveryOf = (number: number) => ({ id: `delivery ${number}`, expiresAt: now + 300_000 });

function endingOf({ id, userId, applicationId }: typeof first, reason: SessionEndReason): EndedSession {
  const facts = { replacedBySessionId: null, accessTokensExpireBy: null, initiatingEntity: 'POLICY' } as const;
  return { id, userId, applicationId, endedAt: now, reason, ...facts };
}

const anything: HistoryFilter = {
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

function reportOf({ id: sessionId, userId, applicationId }: typeof first) {
  const facts = { kind: 'sessionRevoked', id: 'event', occurredAt: now, tenantId: null } as const;
  return { ...facts, sessionId, userId, applicationId, device: null, accessTokenLifetimes: new Map() };
}
