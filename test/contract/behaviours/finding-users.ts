import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Contract } from '../promises.js';
import { errors, userList } from '../shapes.js';
import type { World } from '../world.js';

/** @see https://fusionauth.io/docs/apis/users#search-for-users */
export function describeFindingUsers({ promise }: Contract): void {
  describe('finding users by their ids', () => {
    promise('answers the users that exist, in whatever order, and leaves unknown ids out', async (t) => {
      const [alice, bob] = [await t.world.addUser('shop'), await t.world.addUser('shop')];

      const answer = await search(t.world, [bob.id, randomUUID(), alice.id]);

      const found = answer.read(userList);
      expect(found.map(({ id }) => id).sort()).toEqual([alice.id, bob.id].sort());
      expect(found.find(({ id }) => id === alice.id)).toMatchObject({ email: alice.email, active: true });
    });

    promise('answers 200 and no users when none of the ids exists', async (t) => {
      expect((await search(t.world, [randomUUID()])).read(userList)).toEqual([]);
    });

    promise('takes 1,000 ids at once', async (t) => {
      const alice = await t.world.addUser('shop');
      const unknown = Array.from({ length: 999 }, () => randomUUID());

      const answer = await search(t.world, [...unknown, alice.id]);

      expect(answer.read(userList).map(({ id }) => id)).toEqual([alice.id]);
    });

    promise('fails as a whole with 400 [couldNotConvert]ids when one id is malformed', async (t) => {
      const alice = await t.world.addUser('shop');

      const answer = await search(t.world, [alice.id, 'not-a-uuid']);

      const { fieldErrors } = answer.read(errors, 400);
      expect(fieldErrors['ids']?.map(({ code }) => code)).toEqual(['[couldNotConvert]ids']);
    });
  });
}

/** The request that the service sends. */
const search = ({ instance }: World, ids: readonly string[]) =>
  instance.call('POST', '/api/user/search', { json: { search: { ids }, expand: [] } });
