import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import { exchange } from '../exchange.js';
import type { Contract, Trial } from '../promises.js';
import { lifetimes } from '../world.js';

/** @see https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/tokens#access-token */
export function describeAccessTokens({ promise }: Contract): void {
  describe('an access token', () => {
    promise('verifies against the published keys and names user, application, tenant and session', async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');
      const { token, refreshTokenId } = await world.signIn(alice);
      if (decodeProtectedHeader(token).alg?.startsWith('HS') === true) {
        t.notTestable('this instance signs with a shared secret, which is never published');
      }

      const keys = await world.instance.call('GET', '/.well-known/jwks.json', { authorization: null });
      const keySet = createLocalJWKSet(keys.read(z.custom<JSONWebKeySet>()));
      const { payload } = await jwtVerify(token, keySet, { audience: world.applications.shop });

      expect(payload).toMatchObject({
        sub: alice.id,
        applicationId: world.applications.shop,
        tid: world.tenantId,
        sid: refreshTokenId,
      });
    });

    promise("lives as long as the application's JWT settings say where these are enabled", async (t) => {
      const { token } = await t.world.signIn(await t.world.addUser('shop'));

      expect(lifetimeOf(token)).toBe(lifetimes.shop.timeToLiveInSeconds);
    });

    promise("lives as long as the tenant's JWT settings say otherwise", async (t) => {
      const { token } = await t.world.signIn(await t.world.addUser('console'), t.world.applications.console);

      expect(lifetimeOf(token)).toBe(lifetimes.tenant.timeToLiveInSeconds);
    });

    promise('lives no longer after an exchange than after a login', async (t) => {
      const { refreshToken } = await t.world.signIn(await t.world.addUser('shop'));

      const { token } = await exchange(t.world, refreshToken);

      expect(lifetimeOf(token)).toBe(lifetimes.shop.timeToLiveInSeconds);
    });

    promise('is still found valid after its session was revoked', async (t) => {
      const { token, refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
      t.needs(await validate(t, token));
      (await t.world.instance.call('DELETE', `/api/jwt/refresh/${refreshTokenId}`)).expect(200);

      const answer = await validate(t, token);

      const { jwt } = answer.read(z.looseObject({ jwt: z.looseObject({}) }));
      expect(jwt['sid']).toBe(refreshTokenId);
    });
  });
}

const validate = (t: Trial, token: string) =>
  t.world.instance.call('GET', '/api/jwt/validate', { authorization: `Bearer ${token}` });

function lifetimeOf(token: string): number {
  const { exp = Number.NaN, iat = Number.NaN } = decodeJwt(token);
  return exp - iat;
}
