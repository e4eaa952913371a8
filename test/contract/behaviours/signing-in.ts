import { decodeJwt } from 'jose';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import type { Contract } from '../promises.js';

/** @see https://fusionauth.io/docs/apis/login#authenticate-a-user */
export function describeSigningIn({ promise, question }: Contract): void {
  describe('signing in through the Login API', () => {
    promise('creates a session for a registered user of an application that generates refresh tokens', async (t) => {
      const alice = await t.world.addUser('shop');

      const { refreshTokenId } = await t.world.signIn(alice);

      const sessions = await t.world.list(alice.id);
      expect(sessions).toMatchObject([
        { id: refreshTokenId, userId: alice.id, applicationId: t.world.applications.shop },
      ]);
    });

    promise('creates one session more with each login, however many there are', async (t) => {
      const alice = await t.world.addUser('shop');

      const ids = [];
      for (let login = 1; login <= 4; login++) ids.push((await t.world.signIn(alice)).refreshTokenId);

      expect(new Set(ids).size).toBe(4);
      expect(idsOf(await t.world.list(alice.id))).toEqual(new Set(ids));
    });

    promise('creates no session when the login names no application', async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');

      const json = { loginId: alice.email, password: alice.password };
      const answer = await world.instance.call('POST', '/api/login', { json, tenantId: world.tenantId });

      expect(answer.read(z.looseObject({}))).not.toHaveProperty('refreshTokenId');
      expect(await world.list(alice.id)).toEqual([]);
    });

    promise('answers 202 and creates no session for a user who is not registered', async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');

      const json = { loginId: alice.email, password: alice.password, applicationId: world.applications.console };
      const answer = await world.instance.call('POST', '/api/login', { json });

      expect(answer.read(z.looseObject({}), 202)).not.toHaveProperty('refreshTokenId');
      expect(await world.list(alice.id)).toEqual([]);
    });

    promise('creates no session in an application that generates no refresh tokens', async (t) => {
      const { world } = t;
      const alice = await world.addUser('quiet');

      const json = { loginId: alice.email, password: alice.password, applicationId: world.applications.quiet };
      const answer = await world.instance.call('POST', '/api/login', { json });

      expect(answer.read(z.looseObject({}))).not.toHaveProperty('refreshTokenId');
      expect(await world.list(alice.id)).toEqual([]);
    });

    promise('creates no session and issues no token under noJWT', async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');

      const { shop: applicationId } = world.applications;
      const json = { loginId: alice.email, password: alice.password, applicationId, noJWT: true };
      const body = (await world.instance.call('POST', '/api/login', { json })).read(z.looseObject({}));

      expect(body).not.toHaveProperty('token');
      expect(body).not.toHaveProperty('refreshTokenId');
      expect(await world.list(alice.id)).toEqual([]);
    });

    promise('names a session alike in refreshTokenId, the sid claim, the list and the lookup', async (t) => {
      const alice = await t.world.addUser('shop');

      const { refreshTokenId, token } = await t.world.signIn(alice);

      expect(decodeJwt(token)['sid']).toBe(refreshTokenId);
      expect((await t.world.list(alice.id))[0]?.id).toBe(refreshTokenId);
      expect((await t.world.get(refreshTokenId)).id).toBe(refreshTokenId);
    });

    promise('keeps the device that the login names', async (t) => {
      const alice = await t.world.addUser('shop');
      const device = { name: 'Pixel 9', description: 'Mobile app 4.2', type: 'MOBILE' };

      const { refreshTokenId } = await t.world.signIn(alice, undefined, { metaData: { device } });

      expect((await t.world.get(refreshTokenId)).metaData?.device).toMatchObject(device);
    });

    promise('answers 203 when the user must choose a new password', async (t) => {
      const { world } = t;
      const alice = await world.addUserWhoMustChangePassword('shop');

      const json = { loginId: alice.email, password: alice.password, applicationId: world.applications.shop };
      const answer = await world.instance.call('POST', '/api/login', { json });

      expect(answer.status).toBe(203);
    });

    question('does a login that is answered 203 create a session?', async (t) => {
      const { world } = t;
      const alice = await world.addUserWhoMustChangePassword('shop');
      const json = { loginId: alice.email, password: alice.password, applicationId: world.applications.shop };
      const { status } = await world.instance.call('POST', '/api/login', { json });
      return `after a login answered ${status}, ${(await world.list(alice.id)).length} sessions are listed`;
    });

    question('which address does a new session show?', async (t) => {
      const alice = await t.world.addUser('shop');
      const { refreshTokenId } = await t.world.signIn(alice, undefined, { ipAddress: '203.0.113.9' });
      const address = (await t.world.get(refreshTokenId)).metaData?.device?.lastAccessedAddress;
      if (address === undefined) return 'none until its first use';
      return address === '203.0.113.9' ? 'the ipAddress of the login request' : 'that of the HTTP connection';
    });
  });
}

function idsOf(records: readonly { readonly id: string }[]): Set<string> {
  return new Set(records.map(({ id }) => id));
}
