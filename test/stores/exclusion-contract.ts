import { describe, expect, it } from 'vitest';
import type { EndingRule } from '../../src/domain/ports/session-claims.js';
import { causeOf, first, type OpenStores, opened, sessions, user } from './replicas-of-one-store.js';

const [, second = first, third = first] = sessions;
const cause = causeOf('USER_REQUEST');

const endOf = ({ id, applicationId }: typeof first) => [
  { id, applicationId, tenantId: null, replacedBySessionId: null },
];

/** What every adapter promises operations that exclude each other: turns of users, and sessions that are held. */
export function describeExclusion(name: string, open: OpenStores): void {
  describe(`${name}: turns`, () => {
    it('of one user come one at a time, over all replicas, also after one that has failed', async () => {
      await using stores = await opened(open, 2);
      let [running, most] = [0, 0];
      const operation = (fails: boolean) => async () => {
        running++;
        most = Math.max(most, running);
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
        running--;
        if (fails) throw new Error('failed');
        return 'done';
      };
      const outcomes = await Promise.allSettled(
        Array.from({ length: 12 }, (_, index) => {
          const { userLock } = stores.replicas[index % 2 === 0 ? 0 : 1];
          return userLock.run(user.userId, operation(index % 3 === 0));
        }),
      );
      expect(most).toBe(1);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    });
  });

  describe(`${name}: a session that is kept by choice`, () => {
    it.each<EndingRule>(['unconditional', 'byCreation'])(
      'is ended by no other operation until the one that keeps it is done: %s',
      async (rule) => {
        await using stores = await opened(open, 2);
        const [here, there] = stores.replicas;
        const keeping = here.claims.open(user.userId);
        keeping.look();
        expect(await keeping.claim({ rule: 'byChoice', keeps: [first.id], ends: endOf(second), cause })).toBeNull();
        await using ending = there.claims.open(user.userId);
        ending.look();
        const plan = { rule, keeps: [third.id], ends: endOf(first), cause } as const;
        const collision = await ending.claim(plan);
        expect(collision?.heldIds).toEqual(new Set([first.id]));
        keeping.settle(second.id, 'lives');
        await keeping[Symbol.asyncDispose]();
        await collision?.over;
        ending.look();
        expect(await ending.claim(plan)).toBeNull();
        ending.settle(first.id, 'lives');
      },
    );

    it('is not the one that another operation has chosen to end at the same moment', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas.map(({ claims }) => claims.open(user.userId));
      if (here === undefined || there === undefined) throw new TypeError('No replica');
      here.look();
      there.look();
      const collisions = await Promise.all([
        here.claim({ rule: 'byChoice', keeps: [first.id], ends: endOf(second), cause }),
        there.claim({ rule: 'byChoice', keeps: [second.id], ends: endOf(first), cause }),
      ]);
      expect(collisions.filter((collision) => collision === null)).toHaveLength(1);
      here.settle(second.id, 'lives');
      there.settle(first.id, 'lives');
      await Promise.all([here, there].map((view) => view[Symbol.asyncDispose]()));
    });
  });
}
