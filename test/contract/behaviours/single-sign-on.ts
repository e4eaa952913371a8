import { decodeJwt } from 'jose';
import { describe, expect } from 'vitest';
import { type Browser, signInOnHostedPages } from '../hosted-login.js';
import type { Contract } from '../promises.js';

/** @see https://fusionauth.io/docs/lifecycle/authenticate-users/logout-session-management */
export function describeSingleSignOn({ promise, question }: Contract): void {
  describe('signing in on the hosted pages', () => {
    promise('lists an SSO session, which has no applicationId, beside the session of the application', async (t) => {
      const alice = await t.world.addUser('shop');

      const { refresh_token_id: sessionId } = await signInOnHostedPages(t, alice, newBrowser());

      const sessions = await t.world.list(alice.id);
      const [sso, ...others] = sessions.filter(({ applicationId }) => applicationId === undefined);
      expect(sso?.userId).toBe(alice.id);
      expect(others).toEqual([]);
      expect(sessions.find(({ id }) => id === sessionId)?.applicationId).toBe(t.world.applications.shop);
    });

    promise('keeps the SSO session when the sessions of the application are revoked', async (t) => {
      const alice = await t.world.addUser('shop');
      await signInOnHostedPages(t, alice, newBrowser());
      const query = { userId: alice.id, applicationId: t.world.applications.shop };

      (await t.world.instance.call('DELETE', '/api/jwt/refresh', { query })).expect(200);

      const [sso, ...others] = await t.world.list(alice.id);
      expect(sso).not.toHaveProperty('applicationId');
      expect(others).toEqual([]);
    });

    promise('ends the SSO session too when all sessions of the user are revoked', async (t) => {
      const alice = await t.world.addUser('shop');
      await signInOnHostedPages(t, alice, newBrowser());

      (await t.world.instance.call('DELETE', '/api/jwt/refresh', { query: { userId: alice.id } })).expect(200);

      expect(await t.world.list(alice.id)).toEqual([]);
    });

    question("what is the ID token's sid?", async (t) => {
      const alice = await t.world.addUser('shop');
      const issued = await signInOnHostedPages(t, alice, newBrowser());
      if (issued.id_token === undefined) return 'there is no ID token';
      const { sid } = decodeJwt(issued.id_token);
      const sso = (await t.world.list(alice.id)).find(({ applicationId }) => applicationId === undefined);
      if (sid === undefined) return 'there is none';
      if (sid === issued.refresh_token_id) return "the id of the application's session";
      return sid === sso?.id ? 'the id of the SSO session' : 'neither the id of a session nor of the SSO session';
    });

    question('does a silent login move the startInstant of the SSO session?', async (t) => {
      const alice = await t.world.addUser('shop');
      const browser = newBrowser();
      const ssoSession = async () =>
        (await t.world.list(alice.id)).find(({ applicationId }) => applicationId === undefined);
      await signInOnHostedPages(t, alice, browser);
      const before = await ssoSession();
      await signInOnHostedPages(t, alice, browser);
      const after = await ssoSession();
      if (before === undefined || after === undefined) return 'there is no SSO session';
      if (after.id !== before.id) return 'the second login created another SSO session';
      return after.startInstant > before.startInstant ? 'yes' : 'no';
    });
  });
}

const newBrowser = (): Browser => ({ cookies: new Map() });
