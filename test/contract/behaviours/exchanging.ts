import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { describe, expect } from 'vitest';
import { exchange, tryExchange } from '../exchange.js';
import type { Contract } from '../promises.js';
import { distinctInstantsMs, policies } from '../world.js';

/**
 * Exchanging a refresh token for an access token is the only thing that counts as using a session.
 * @see https://fusionauth.io/docs/apis/jwt#refresh-a-jwt
 */
export function describeExchanging({ promise }: Contract): void {
  describe('exchanging a refresh token', () => {
    promise('keeps its value, the id of the session and the sid claim under Reusable', async (t) => {
      const session = await t.world.signIn(await t.world.addUser('shop'));

      const after = await exchange(t.world, session.refreshToken);

      expect(after.refreshToken === session.refreshToken).toBe(true);
      expect(after.refreshTokenId).toBe(session.refreshTokenId);
      expect(decodeJwt(after.token)['sid']).toBe(session.refreshTokenId);
    });

    promise('changes its value and keeps the id of the session under OneTimeUse', async (t) => {
      const alice = await t.world.addUser('rotating');
      const session = await t.world.signIn(alice, t.world.applications.rotating);

      const once = await exchange(t.world, session.refreshToken);
      const twice = await exchange(t.world, once.refreshToken);

      expect(new Set([session, once, twice].map(({ refreshToken }) => refreshToken)).size).toBe(3);
      expect([once.refreshTokenId, twice.refreshTokenId]).toEqual([session.refreshTokenId, session.refreshTokenId]);
      expect(decodeJwt(twice.token)['sid']).toBe(session.refreshTokenId);
      expect((await t.world.list(alice.id)).map(({ id }) => id)).toEqual([session.refreshTokenId]);
    });

    promise('is refused for a value that was used up under OneTimeUse, and the session lives on', async (t) => {
      const alice = await t.world.addUser('rotating');
      const session = await t.world.signIn(alice, t.world.applications.rotating);
      const { refreshToken } = await exchange(t.world, session.refreshToken);

      const reused = await tryExchange(t.world, session.refreshToken);

      expect(reused.status).toBe(400);
      expect((await exchange(t.world, refreshToken)).refreshTokenId).toBe(session.refreshTokenId);
    });

    for (const kind of ['shop', 'rotating', 'sliding', 'capped'] as const) {
      promise(`never moves insertInstant (${policies[kind]})`, async (t) => {
        const session = await t.world.signIn(await t.world.addUser(kind), t.world.applications[kind]);
        const before = await t.world.get(session.refreshTokenId);

        await delay(distinctInstantsMs);
        await exchange(t.world, session.refreshToken);

        expect((await t.world.get(session.refreshTokenId)).insertInstant).toBe(before.insertInstant);
      });
    }

    for (const kind of ['sliding', 'capped'] as const) {
      promise(`moves startInstant forward (${policies[kind]})`, async (t) => {
        const session = await t.world.signIn(await t.world.addUser(kind), t.world.applications[kind]);
        const before = await t.world.get(session.refreshTokenId);

        await delay(distinctInstantsMs);
        await exchange(t.world, session.refreshToken);

        expect((await t.world.get(session.refreshTokenId)).startInstant).toBeGreaterThan(before.startInstant);
      });
    }

    promise('leaves startInstant where it is (Fixed)', async (t) => {
      const session = await t.world.signIn(await t.world.addUser('shop'));
      const before = await t.world.get(session.refreshTokenId);

      await delay(distinctInstantsMs);
      await exchange(t.world, session.refreshToken);

      expect((await t.world.get(session.refreshTokenId)).startInstant).toBe(before.startInstant);
    });

    promise('does not bring an older session before a newer one in the list', async (t) => {
      const alice = await t.world.addUser('sliding');
      const { sliding } = t.world.applications;
      const older = await t.world.signIn(alice, sliding);
      await delay(distinctInstantsMs);
      const newer = await t.world.signIn(alice, sliding);

      await delay(distinctInstantsMs);
      await exchange(t.world, older.refreshToken);

      const ids = (await t.world.list(alice.id)).map(({ id }) => id);
      expect(ids).toEqual([newer.refreshTokenId, older.refreshTokenId]);
    });

    promise('records when the session was last used', async (t) => {
      const session = await t.world.signIn(await t.world.addUser('shop'));
      const lastUsed = async () => (await t.world.get(session.refreshTokenId)).metaData?.device?.lastAccessedInstant;
      const before = (await lastUsed()) ?? 0;

      await delay(distinctInstantsMs);
      await exchange(t.world, session.refreshToken);

      expect(await lastUsed()).toBeGreaterThan(before);
    });
  });
}
