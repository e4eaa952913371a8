import { randomBytes, randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe } from 'vitest';
import { z } from 'zod';
import { withApiKey } from '../api-keys.js';
import { postAsShop } from '../oauth.js';
import type { Contract, Trial } from '../promises.js';
import { refreshTokenList } from '../shapes.js';

/** What FusionAuth's documentation does not say. The service copes with each answer that can be expected. */
export function describeOpenQuestions({ question, unasked }: Contract): void {
  describe('what the documentation leaves open', () => {
    question('what is the body of an empty list of sessions?', async (t) => {
      const alice = await t.world.addUser('shop');
      return (await list(t, { userId: alice.id })).summary;
    });

    question('what does listing answer without a userId?', async (t) => (await list(t, {})).summary);

    question('what does listing answer for a malformed userId?', async (t) => {
      return (await list(t, { userId: 'not-a-uuid' })).summary;
    });

    question('what does looking up a malformed session id answer?', async (t) => {
      return (await t.world.instance.call('GET', '/api/jwt/refresh/not-a-uuid')).summary;
    });

    question('what does revoking by user answer for a user who does not exist?', async (t) => {
      return (await revokeMany(t, { userId: randomUUID() })).summary;
    });

    question('what does revoking by application answer for one that does not exist?', async (t) => {
      return (await revokeMany(t, { applicationId: randomUUID() })).summary;
    });

    question('what does revoking answer when nothing is selected?', async (t) => {
      // Only with a key that reaches no further than the contract's own tenant, whatever the answer does.
      let found = '';
      await withApiKey(t, { tenantId: t.world.other.tenantId }, async (authorization) => {
        const { instance, other } = t.world;
        const alice = await t.world.addUserOfOtherTenant();
        await t.world.signIn(alice, other.applicationId);
        const answer = await instance.call('DELETE', '/api/jwt/refresh', { authorization });
        const left = await t.world.list(alice.id);
        found = `${answer.summary}; the sessions of the tenant ${left.length === 0 ? 'are gone' : 'live on'}`;
      });
      return found;
    });

    question("what does revoking a session with another user's access token answer?", async (t) => {
      const { refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
      const { token } = await t.world.signIn(await t.world.addUser('shop'));
      const authorization = `Bearer ${token}`;
      return (await t.world.instance.call('DELETE', `/api/jwt/refresh/${refreshTokenId}`, { authorization })).summary;
    });

    for (const kind of ['shop', 'rotating'] as const) {
      const policy = kind === 'shop' ? 'Reusable' : 'OneTimeUse';
      question(`does the list hold the token value under ${policy}?`, async (t) => {
        const alice = await t.world.addUser(kind);
        const { refreshToken } = await t.world.signIn(alice, t.world.applications[kind]);
        const value = (await t.world.list(alice.id))[0]?.['token'];
        if (value === undefined) return 'no';
        return value === refreshToken ? 'yes, the current value' : 'yes, but not the current value';
      });
    }

    question('do the sessions of a deactivated user live on?', async (t) => {
      const alice = await t.world.addUser('shop');
      await t.world.signIn(alice);
      const { tenantId } = t.world;
      const deactivation = await t.world.instance.call('DELETE', `/api/user/${alice.id}`, { tenantId });
      t.needs(deactivation);
      deactivation.expect(200);
      const sessions = (await list(t, { userId: alice.id })).read(refreshTokenList);
      return sessions.length > 0 ? 'yes, they are listed' : 'no, none is listed';
    });

    question('does introspection know that the session of an access token was revoked?', async (t) => {
      const { token, refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
      t.needs(await postAsShop(t.world, '/oauth2/introspect', { token }));
      (await t.world.instance.call('DELETE', `/api/jwt/refresh/${refreshTokenId}`)).expect(200);
      const answer = await postAsShop(t.world, '/oauth2/introspect', { token });
      if (answer.status !== 200) return answer.summary;
      const { active } = answer.read(z.looseObject({ active: z.boolean() }));
      return active ? 'no: active stays true' : 'yes: active is false';
    });

    question('what does the refresh grant answer for an unknown refresh token?', async (t) => {
      const form = { grant_type: 'refresh_token', refresh_token: randomBytes(32).toString('hex') };
      const answer = await postAsShop(t.world, '/oauth2/token', form);
      t.needs(answer);
      return answer.summary;
    });

    question('what is the tty claim of an access token?', async (t) => {
      const { token } = await t.world.signIn(await t.world.addUser('shop'));
      return JSON.stringify(decodeJwt(token)['tty']) ?? 'there is none';
    });

    question('which wins when the key is locked to one tenant and the header names another?', async (t) => {
      const alice = await t.world.addUser('shop');
      await t.world.signIn(alice);
      let found = '';
      await withApiKey(t, { tenantId: t.world.tenantId }, async (authorization) => {
        const { tenantId } = t.world.other;
        const query = { userId: alice.id };
        const answer = await t.world.instance.call('GET', '/api/jwt/refresh', { authorization, tenantId, query });
        const listed = answer.status === 200 ? answer.read(refreshTokenList).length : 0;
        found = answer.status === 200 ? `200 with ${listed} of 1 sessions of the key's tenant` : answer.summary;
      });
      return found;
    });

    const needsReceiver = 'needs a webhook receiver that the instance can reach';
    unasked('does jwt.refresh-token.revoke carry the token value?', needsReceiver);
    unasked('does user.login.success fire for a silent SSO login?', needsReceiver);
  });
}

const list = (t: Trial, query: Readonly<Record<string, string>>) =>
  t.world.instance.call('GET', '/api/jwt/refresh', { query });

const revokeMany = (t: Trial, query: Readonly<Record<string, string>>) =>
  t.world.instance.call('DELETE', '/api/jwt/refresh', { query });
