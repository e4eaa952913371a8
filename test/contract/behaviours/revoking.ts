import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { exchange, tryExchange } from '../exchange.js';
import type { Contract } from '../promises.js';
import { errors } from '../shapes.js';
import type { World } from '../world.js';

/** @see https://fusionauth.io/docs/apis/jwt#revoke-refresh-tokens */
export function describeRevoking({ promise }: Contract): void {
  describe('revoking one session by its id', () => {
    promise('answers 200 with no body, and ends that session alone', async (t) => {
      const alice = await t.world.addUser('shop');
      const [first, second] = [await t.world.signIn(alice), await t.world.signIn(alice)];

      const answer = await revoke(t.world, first.refreshTokenId);

      expect([answer.status, answer.text]).toEqual([200, '']);
      expect((await t.world.list(alice.id)).map(({ id }) => id)).toEqual([second.refreshTokenId]);
    });

    promise('answers 404 with no body when the session was revoked before', async (t) => {
      const { refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
      await revoke(t.world, refreshTokenId);

      const again = await revoke(t.world, refreshTokenId);

      expect([again.status, again.text]).toEqual([404, '']);
    });

    promise('answers 404 with no body for an id that does not exist', async (t) => {
      const answer = await revoke(t.world, randomUUID());

      expect([answer.status, answer.text]).toEqual([404, '']);
    });

    promise('answers 200 to one and 404 to the other of two calls at once', async (t) => {
      const alice = await t.world.addUser('shop');
      for (let round = 1; round <= 5; round++) {
        const { refreshTokenId } = await t.world.signIn(alice);

        const answers = await Promise.all([revoke(t.world, refreshTokenId), revoke(t.world, refreshTokenId)]);

        expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
      }
    });

    promise('makes the refresh token useless: an exchange answers 400 [invalid]refreshToken', async (t) => {
      const { refreshToken, refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
      await revoke(t.world, refreshTokenId);

      const answer = await tryExchange(t.world, refreshToken);

      const { fieldErrors } = answer.read(errors, 400);
      expect(fieldErrors['refreshToken']?.map(({ code }) => code)).toEqual(['[invalid]refreshToken']);
    });

    promise('leaves the refresh tokens of other sessions useful', async (t) => {
      const alice = await t.world.addUser('shop');
      const [ended, kept] = [await t.world.signIn(alice), await t.world.signIn(alice)];
      await revoke(t.world, ended.refreshTokenId);

      expect((await exchange(t.world, kept.refreshToken)).refreshTokenId).toBe(kept.refreshTokenId);
    });
  });

  describe('revoking many sessions', () => {
    promise('ends the sessions of a user in every application', async (t) => {
      const { shop, console } = t.world.applications;
      const [alice, bob] = [await t.world.addUser('shop', 'console'), await t.world.addUser('shop')];
      for (const application of [shop, console]) await t.world.signIn(alice, application);
      await t.world.signIn(bob);

      const answer = await revokeMany(t.world, { userId: alice.id });

      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(await t.world.list(alice.id)).toEqual([]);
      expect(await t.world.list(bob.id)).toHaveLength(1);
    });

    promise('ends the sessions of a user in one application', async (t) => {
      const { shop, console } = t.world.applications;
      const alice = await t.world.addUser('shop', 'console');
      for (const application of [shop, shop, console]) await t.world.signIn(alice, application);

      const answer = await revokeMany(t.world, { userId: alice.id, applicationId: shop });

      expect([answer.status, answer.text]).toEqual([200, '']);
      expect((await t.world.list(alice.id)).map(({ applicationId }) => applicationId)).toEqual([console]);
    });

    promise('ends the sessions of every user in an application', async (t) => {
      const { world } = t;
      const { applicationId } = world.other;
      const [alice, bob] = [await world.addUserOfOtherTenant(), await world.addUserOfOtherTenant()];
      const carol = await world.addUser('shop');
      for (const user of [alice, bob]) await world.signIn(user, applicationId);
      await world.signIn(carol);

      const answer = await revokeMany(world, { applicationId });

      expect([answer.status, answer.text]).toEqual([200, '']);
      expect([await world.list(alice.id), await world.list(bob.id)]).toEqual([[], []]);
      expect(await world.list(carol.id)).toHaveLength(1);
    });

    promise('answers 200 when the user has no sessions', async (t) => {
      const alice = await t.world.addUser('shop');

      expect((await revokeMany(t.world, { userId: alice.id })).status).toBe(200);
    });
  });
}

const revoke = ({ instance }: World, id: string) => instance.call('DELETE', `/api/jwt/refresh/${id}`);

const revokeMany = ({ instance }: World, query: Readonly<Record<string, string>>) =>
  instance.call('DELETE', '/api/jwt/refresh', { query });
