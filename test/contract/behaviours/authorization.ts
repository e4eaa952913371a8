import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import { requiredPermissions, withApiKey } from '../api-keys.js';
import type { Answer, CallOptions } from '../instance.js';
import type { Contract } from '../promises.js';
import { refreshTokenList, userList } from '../shapes.js';
import type { World } from '../world.js';

/** @see https://fusionauth.io/docs/apis/authentication */
export function describeAuthorization({ promise }: Contract): void {
  describe('an API key', () => {
    promise('that is wrong is answered 401 with no body, on each call of the service', async (t) => {
      const authorization = randomBytes(32).toString('base64url');

      const answers = await everyCall(t.world, { authorization });

      expect(answers.map(({ call, status, text }) => [call, status, text])).toEqual(
        answers.map(({ call }) => [call, 401, '']),
      );
    });

    promise('that is missing is answered 401 with no body, on each call of the service', async (t) => {
      const answers = await everyCall(t.world, { authorization: null });

      expect(answers.map(({ call, status, text }) => [call, status, text])).toEqual(
        answers.map(({ call }) => [call, 401, '']),
      );
    });

    promise('that lacks the permission is answered 401 with no body', async (t) => {
      const { refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
      await withApiKey(t, { endpoints: { '/api/jwt/refresh': ['GET'] } }, async (authorization) => {
        const { instance } = t.world;
        const revocation = await instance.call('DELETE', `/api/jwt/refresh/${refreshTokenId}`, { authorization });
        const tenants = await instance.call('GET', '/api/tenant', { authorization });

        expect([revocation.status, revocation.text]).toEqual([401, '']);
        expect([tenants.status, tenants.text]).toEqual([401, '']);
      });
      expect((await t.world.get(refreshTokenId)).id).toBe(refreshTokenId);
    });

    promise('with the permissions the service asks for can do all the service does', async (t) => {
      await withApiKey(t, { endpoints: requiredPermissions }, async (authorization) => {
        const answers = await everyCall(t.world, { authorization });

        expect(answers.map(({ call, status }) => [call, status])).toEqual(answers.map(({ call }) => [call, 200]));
      });
    });

    promise('that is locked to a tenant does not see the sessions of another', async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');
      const { refreshTokenId } = await world.signIn(alice);
      await withApiKey(t, { tenantId: world.other.tenantId }, async (authorization) => {
        const path = `/api/jwt/refresh/${refreshTokenId}`;
        (await world.instance.call('GET', path, { authorization })).expect(404);
        (await world.instance.call('DELETE', path, { authorization })).expect(404);
      });
      expect((await world.get(refreshTokenId)).id).toBe(refreshTokenId);
    });
  });

  describe('a call that names another tenant', () => {
    promise('finds no session, revokes none and finds no user', async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');
      const { refreshTokenId } = await world.signIn(alice);
      const { tenantId } = world.other;
      const path = `/api/jwt/refresh/${refreshTokenId}`;

      const lookup = await world.instance.call('GET', path, { tenantId });
      const revocation = await world.instance.call('DELETE', path, { tenantId });
      const json = { search: { ids: [alice.id] }, expand: [] };
      const users = await world.instance.call('POST', '/api/user/search', { tenantId, json });

      expect([lookup.status, revocation.status]).toEqual([404, 404]);
      expect(users.read(userList)).toEqual([]);
      expect((await world.get(refreshTokenId)).id).toBe(refreshTokenId);
    });

    promise('lists no session', async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');
      await world.signIn(alice);

      const query = { userId: alice.id };
      const answer = await world.instance.call('GET', '/api/jwt/refresh', { query, tenantId: world.other.tenantId });

      expect(answer.read(refreshTokenList)).toEqual([]);
    });
  });
}

/** One of each call that the service makes, on a session of its own. */
async function everyCall(world: World, options: CallOptions): Promise<Answer[]> {
  const alice = await world.addUser('shop');
  const path = `/api/jwt/refresh/${(await world.signIn(alice)).refreshTokenId}`;
  const { instance } = world;
  return [
    await instance.call('GET', '/api/jwt/refresh', { ...options, query: { userId: alice.id } }),
    await instance.call('GET', path, options),
    await instance.call('DELETE', path, options),
    await instance.call('POST', '/api/user/search', { ...options, json: { search: { ids: [alice.id] }, expand: [] } }),
    await instance.call('GET', '/api/application', options),
    await instance.call('GET', '/api/tenant', options),
  ];
}
