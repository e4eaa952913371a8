import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { exchange } from '../exchange.js';
import { signInOnHostedPages } from '../hosted-login.js';
import { distinctInstantsMs, lifetimes, policies } from '../world.js';
import { type GatewayPromise, userIdOf } from './gateway-trial.js';

/** FusionAuth gives no expiry, so it is computed from settings. */
export function describeGatewayExpiry(promise: GatewayPromise): void {
  for (const [kind, settings] of [
    ['shop', lifetimes.shop],
    ['console', lifetimes.tenant],
  ] as const) {
    const owner = kind === 'shop' ? 'application' : 'tenant';
    promise(`computes the expiry from the settings of the ${owner} that apply`, async (t) => {
      const alice = await t.world.addUser(kind);
      const { refreshTokenId } = await t.world.signIn(alice, t.world.applications[kind]);
      const { startInstant } = await t.world.get(refreshTokenId);

      const { sessions } = await t.gateway.sessions.listSessions(userIdOf(alice));

      const expiresAt = startInstant + settings.refreshTokenTimeToLiveInMinutes * 60_000;
      expect(sessions).toMatchObject([{ id: refreshTokenId, expiresAt }]);
    });
  }

  for (const [kind, moves] of [
    ['shop', false],
    ['sliding', true],
    ['capped', false],
  ] as const) {
    promise(`computes an expiry that ${moves ? 'moves' : 'stays'} with each use (${policies[kind]})`, async (t) => {
      const alice = await t.world.addUser(kind);
      const { refreshToken } = await t.world.signIn(alice, t.world.applications[kind]);
      const expiry = async () => (await t.gateway.sessions.listSessions(userIdOf(alice))).sessions[0]?.expiresAt ?? 0;
      const before = await expiry();

      await delay(distinctInstantsMs);
      await exchange(t.world, refreshToken);

      const later = (await expiry()) - before;
      expect(before).toBeGreaterThan(Date.now());
      expect(later > 0).toBe(moves);
    });
  }

  promise('tells an SSO session from those of applications, and when it expires', async (t) => {
    const alice = await t.world.addUser('shop');
    await signInOnHostedPages(t, alice, { cookies: new Map() });
    const sso = (await t.world.list(alice.id)).find(({ applicationId }) => applicationId === undefined);

    const { sessions } = await t.gateway.sessions.listSessions(userIdOf(alice));

    const expiresAt = (sso?.startInstant ?? 0) + lifetimes.ssoSessionSeconds * 1_000;
    expect(sessions.filter(({ kind }) => kind === 'sso')).toMatchObject([
      { id: sso?.id, applicationId: null, expiresAt },
    ]);
    expect(sessions.filter(({ kind }) => kind === 'application')).toHaveLength(1);
  });
}
