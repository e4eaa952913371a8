import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Published } from '../../src/domain/ports/session-log.js';
import type { SessionEvent } from '../../src/domain/session-event.js';
import { describeExclusion } from './exclusion-contract.js';
import {
  causeOf,
  claimed,
  deliveryOf,
  endingOf,
  everything,
  first,
  now,
  type OpenStores,
  opened,
  reportOf,
  sessions,
  user,
} from './replicas-of-one-store.js';
import { describeClaims } from './session-claims-contract.js';
import { describeHistory } from './session-history-contract.js';

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

    it('remembers what to refuse before anybody receives the event that says so', async () => {
      await using stores = await opened(open, 2);
      const token = { sessionId: first.id, userId: null, applicationIds: [], issuedAtSeconds: 0 };
      const covered: boolean[] = [];
      for (const { feed, memory } of stores.replicas) {
        const matches = ({ type }: SessionEvent) => {
          if (type === 'SESSION_REVOKED') covered.push(memory.covers(token));
          return false;
        };
        await feed.subscribe(matches, null);
      }
      await stores.recorders[0].recordOwn(endingOf(first, 'USER_REQUEST'), null, causeOf('USER_REQUEST'));
      await stores.published(1);
      expect(covered).not.toEqual([]);
      expect(covered).not.toContain(false);
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

  describeHistory(name, open);
  describeClaims(name, open);
  describeExclusion(name, open);
}
