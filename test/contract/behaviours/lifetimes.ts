import { describe, expect } from 'vitest';
import { tryExchange } from '../exchange.js';
import { importSessions } from '../import-sessions.js';
import { PreparationError } from '../preparation-error.js';
import type { Contract, Trial } from '../promises.js';
import { lifetimes, type Member } from '../world.js';

/**
 * Sessions that started in the past, so that nothing has to wait for an expiry.
 * @see https://fusionauth.io/docs/lifecycle/authenticate-users/logout-session-management
 */
export function describeLifetimes({ promise, question }: Contract): void {
  describe('the lifetime of a session', () => {
    promise("is that of the application's JWT settings where these are enabled", async (t) => {
      const alice = await t.world.addUser('shop');
      const { refreshTokenTimeToLiveInMinutes } = lifetimes.shop;
      await importStarted(t, alice, 'shop', refreshTokenTimeToLiveInMinutes + 5);
      await importStarted(t, alice, 'shop', refreshTokenTimeToLiveInMinutes - 5);

      expect(await t.world.list(alice.id)).toHaveLength(1);
    });

    promise("is that of the tenant's JWT settings otherwise", async (t) => {
      const alice = await t.world.addUser('console');
      const { refreshTokenTimeToLiveInMinutes } = lifetimes.tenant;
      await importStarted(t, alice, 'console', refreshTokenTimeToLiveInMinutes + 5);
      await importStarted(t, alice, 'console', refreshTokenTimeToLiveInMinutes - 5);

      expect(await t.world.list(alice.id)).toHaveLength(1);
    });

    promise('ends the use of the refresh token: an exchange answers 400', async (t) => {
      const alice = await t.world.addUser('shop');
      const refreshToken = await importExpired(t, alice);

      expect((await tryExchange(t.world, refreshToken)).status).toBe(400);
    });

    promise('follows a later change of the settings, also for sessions that exist', async (t) => {
      const { sessions, shorten } = await startedAnHourAgo(t);
      expect(await sessions()).toHaveLength(1);

      await shorten();

      expect(await sessions()).toEqual([]);
    });

    question('what does looking up an expired session answer?', async (t) => {
      const { sessions, shorten } = await startedAnHourAgo(t);
      const [session] = await sessions();
      await shorten();
      const { status } = await t.world.instance.call('GET', `/api/jwt/refresh/${session?.id}`);
      return String(status);
    });

    question('which insertInstant does an imported session get?', async (t) => {
      const alice = await t.world.addUser('shop');
      await importStarted(t, alice, 'shop', 60);
      const [session] = await t.world.list(alice.id);
      if (session === undefined) return 'the imported session is not listed';
      return session.insertInstant === session.startInstant ? 'its startInstant' : 'the time of the import';
    });

    question('do expired sessions count against the 1,000 of a list?', async (t) => {
      const { shop: applicationId } = t.world.applications;
      const alice = await t.world.addUser('shop');
      const { refreshTokenId } = await t.world.signIn(alice);
      const startInstant = expiredStart();
      await importSessions(t, Array(1_000).fill({ userId: alice.id, applicationId, startInstant }));
      const listed = (await t.world.list(alice.id)).map(({ id }) => id);
      if (listed.length > 1) return `unclear: ${listed.length} sessions are listed, expired ones among them`;
      return listed.includes(refreshTokenId)
        ? 'no, as far as an import can show: 1,000 expired ones hide no live one'
        : 'yes: 1,000 expired ones hide a live one';
    });
  });
}

/** Imports an expired session and resolves with its token value. */
async function importExpired(t: Trial, { id: userId }: Member): Promise<string> {
  const { shop: applicationId } = t.world.applications;
  const [token] = await importSessions(t, [{ userId, applicationId, startInstant: expiredStart() }]);
  if (token === undefined) throw new Error('One session was to be imported');
  return token;
}

const expiredStart = () => Date.now() - (lifetimes.shop.refreshTokenTimeToLiveInMinutes + 5) * 60_000;

/** A session of an application whose lifetime can be shortened so far that the session has expired. */
async function startedAnHourAgo(t: Trial) {
  const { world } = t;
  const alice = await world.addUser();
  const applicationId = await world.addApplication();
  await importSessions(t, [{ userId: alice.id, applicationId, startInstant: Date.now() - 60 * 60_000 }]);
  return {
    sessions: () => world.list(alice.id),
    shorten: async () => {
      const json = { application: { jwtConfiguration: { refreshTokenTimeToLiveInMinutes: 30 } } };
      const path = `/api/application/${applicationId}`;
      const answer = await world.instance.call('PATCH', path, { tenantId: world.tenantId, json });
      t.needs(answer);
      if (answer.status !== 200) throw new PreparationError(`${answer.call} was answered ${answer.status}`);
    },
  };
}

async function importStarted(t: Trial, user: Member, kind: 'shop' | 'console', minutesAgo: number): Promise<void> {
  const applicationId = t.world.applications[kind];
  await importSessions(t, [{ userId: user.id, applicationId, startInstant: Date.now() - minutesAgo * 60_000 }]);
}
