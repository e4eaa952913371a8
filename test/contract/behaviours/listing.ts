import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { importSessions } from '../import-sessions.js';
import type { Contract } from '../promises.js';
import { refreshTokenList } from '../shapes.js';
import { distinctInstantsMs } from '../world.js';

/** @see https://fusionauth.io/docs/apis/jwt#retrieve-refresh-tokens */
export function describeListing({ promise }: Contract): void {
  describe('listing the sessions of a user', () => {
    promise('lists the sessions of all applications at once', async (t) => {
      const { shop, console } = t.world.applications;
      const alice = await t.world.addUser('shop', 'console');
      await t.world.signIn(alice, shop);
      await t.world.signIn(alice, console);

      const sessions = await t.world.list(alice.id);

      expect(new Set(sessions.map(({ applicationId }) => applicationId))).toEqual(new Set([shop, console]));
    });

    promise('lists the newest session first', async (t) => {
      const alice = await t.world.addUser('shop');
      const oldestFirst = [];
      for (let login = 1; login <= 4; login++) {
        oldestFirst.push((await t.world.signIn(alice)).refreshTokenId);
        await delay(distinctInstantsMs);
      }

      const sessions = await t.world.list(alice.id);

      expect(sessions.map(({ id }) => id)).toEqual(oldestFirst.toReversed());
      const instants = sessions.map(({ insertInstant }) => insertInstant);
      expect(instants).toEqual(instants.toSorted((a, b) => b - a));
    });

    promise('lists no session of another user', async (t) => {
      const [alice, bob] = [await t.world.addUser('shop'), await t.world.addUser('shop')];
      const { refreshTokenId } = await t.world.signIn(alice);
      await t.world.signIn(bob);

      expect((await t.world.list(alice.id)).map(({ id }) => id)).toEqual([refreshTokenId]);
    });

    promise('answers 200 and no sessions for a user who has none', async (t) => {
      const alice = await t.world.addUser('shop');

      expect(await t.world.list(alice.id)).toEqual([]);
    });

    promise('answers 200 and no sessions for a user who does not exist', async (t) => {
      expect(await t.world.list(randomUUID())).toEqual([]);
    });

    promise('cannot be asked for fewer sessions or for a second page', async (t) => {
      const { instance } = t.world;
      const alice = await t.world.addUser('shop');
      for (let login = 1; login <= 3; login++) await t.world.signIn(alice);

      const query = { userId: alice.id, numberOfResults: '1', startRow: '1', limit: '1' };
      const answer = await instance.call('GET', '/api/jwt/refresh', { query });

      expect(answer.read(refreshTokenList)).toHaveLength(3);
    });

    promise('lists at most 1,000 sessions, the newest, and older ones as newer ones are revoked', async (t) => {
      const { instance, applications } = t.world;
      const alice = await t.world.addUser('shop');
      const startInstant = Date.now();
      const one = { userId: alice.id, applicationId: applications.shop, startInstant };
      await importSessions(t, Array(1_001).fill(one));
      const { refreshTokenId: newest } = await t.world.signIn(alice);

      const full = await t.world.list(alice.id);
      (await instance.call('DELETE', `/api/jwt/refresh/${newest}`)).expect(200);
      const afterOne = await t.world.list(alice.id);

      expect(full).toHaveLength(1_000);
      expect(full[0]?.id).toBe(newest);
      expect(afterOne).toHaveLength(1_000);
      expect(afterOne.map(({ id }) => id)).not.toContain(newest);
    });
  });

  describe('looking one session up', () => {
    promise('answers the record that the list holds', async (t) => {
      const alice = await t.world.addUser('shop');
      const { refreshTokenId } = await t.world.signIn(alice);

      const [listed] = await t.world.list(alice.id);
      const found = await t.world.get(refreshTokenId);

      expect({ ...found, token: null }).toEqual({ ...listed, token: null });
      expect(found['token'] === listed?.['token']).toBe(true);
    });

    promise('answers 404 with no body for an id that does not exist', async (t) => {
      const answer = await t.world.instance.call('GET', `/api/jwt/refresh/${randomUUID()}`);

      expect([answer.status, answer.text]).toEqual([404, '']);
    });

    promise('answers 404 with no body for a session that was revoked', async (t) => {
      const { refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
      await t.world.instance.call('DELETE', `/api/jwt/refresh/${refreshTokenId}`);

      const answer = await t.world.instance.call('GET', `/api/jwt/refresh/${refreshTokenId}`);

      expect([answer.status, answer.text]).toEqual([404, '']);
    });
  });
}
