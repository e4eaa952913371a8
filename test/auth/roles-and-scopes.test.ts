import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, registrationWith, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { queryEnforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

const granted = {
  roles: { support: ['session:read'], manager: ['session:read', 'session:revoke', 'session:enforce'] },
  scopes: { 'sessions:enforce': ['session:enforce', 'session:read'] },
};

let service: TestService;
let bob: TestUser;

beforeAll(async () => {
  service = await startTestService({
    shopId,
    env: { ...shopTokens, ACCESS_TOKEN_PERMISSIONS: JSON.stringify(granted) },
  });
  service.shop.oauthConfiguration.enabledGrants.push('password', 'client_credentials');
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(() => {
  bob = service.user({ sessions: 2 });
});

/** Signs in with roles in the shop. */
async function tokenWithRoles(...roles: readonly string[]): Promise<string> {
  const user = service.user({ registrations: [registrationWith(shopId, roles)], applicationIds: [] });
  return (await user.login()).token;
}

async function tokenOf(form: Readonly<Record<string, string>>): Promise<string> {
  const { clientSecret } = service.shop.oauthConfiguration;
  const response = await fetch(`${service.emulator.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: shopId, client_secret: clientSecret, ...form }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  return ((await response.json()) as { access_token: string }).access_token;
}

async function permissionsOf(key: string): Promise<readonly string[]> {
  const { viewer } = await service.data<{ viewer: { permissions: string[] } }>(
    '{ viewer { permissions } }',
    {},
    { key },
  );
  return viewer.permissions;
}

async function sessionsOfBob(key: string): Promise<readonly string[]> {
  const { sessions } = await service.data<{ sessions: { id: string }[] }>(
    'query ($userId: ID!) { sessions(userId: $userId) { id } }',
    { userId: bob.id },
    { key },
  );
  return sessions.map(({ id }) => id);
}

describe('roles', () => {
  it('grant the permissions that are configured for them, over the sessions of others', async () => {
    const key = await tokenWithRoles('support');
    expect(await permissionsOf(key)).toEqual(['session:read']);
    expect(await sessionsOfBob(key)).toEqual(bob.liveIds());
  });

  it('add up, and grant nothing where nothing is configured for them', async () => {
    expect(await permissionsOf(await tokenWithRoles('support', 'manager', 'unheard-of'))).toEqual([
      'session:read',
      'session:revoke',
      'session:enforce',
    ]);
    expect(await permissionsOf(await tokenWithRoles('unheard-of', 'SUPPORT'))).toEqual([]);
  });

  it.each([
    [
      'revokeSession',
      'mutation ($id: ID!, $userId: ID!) { revokeSession(sessionId: $id, userId: $userId) { outcome } }',
    ],
    ['revokeSession, of whomever', 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }'],
    [
      'revokeSessions by id',
      'mutation ($id: ID!) { revokeSessions(input: { sessionIds: [$id], reason: OTHER }) { revokedCount } }',
    ],
    [
      'revokeSessions by user',
      'mutation ($userId: ID!) { revokeSessions(input: { userId: $userId, reason: OTHER }) { revokedCount } }',
    ],
    ['enforceSingleSession', 'mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }'],
  ])(
    'that let look do not let end, and %s says so instead of taking the session for ended',
    async (_what, document) => {
      const key = await tokenWithRoles('support');
      const [id] = bob.liveIds();
      const { body } = await service.query(document, { id, userId: bob.id }, { key });
      expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(bob.liveIds()).toHaveLength(2);
    },
  );

  it('that let look leave people what they may do to sessions of their own', async () => {
    const carol = service.user({
      registrations: [registrationWith(shopId, ['support'])],
      applicationIds: [],
      sessions: 1,
    });
    const { token: key, refreshTokenId } = await carol.login();
    const [other] = carol.sessions;
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
    expect(await service.data(revoke, { id: other?.id }, { key })).toEqual({ revokeSession: { outcome: 'REVOKED' } });
    expect(carol.liveIds()).toEqual([refreshTokenId]);
  });

  it('let a manager enforce and end', async () => {
    const key = await tokenWithRoles('manager');
    const enforcement = await queryEnforceSingleSession(service, { userId: bob.id }, { key });
    expect(enforcement.body.data?.enforceSingleSession).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1 });
    const [id = ''] = bob.liveIds();
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
    expect(await service.data(revoke, { id }, { key })).toEqual({ revokeSession: { outcome: 'REVOKED' } });
    expect(bob.liveIds()).toEqual([]);
  });

  it('of another application are not in the token, and grant nothing', async () => {
    const other = service.user({ registrations: [registrationWith(service.console.id, ['manager'])] });
    expect(await permissionsOf((await other.login(shopId)).token)).toEqual([]);
    expect(
      (await service.query('{ viewer { name } }', {}, { key: (await other.login(service.console.id)).token })).status,
    ).toBe(401);
  });

  it('reach a service that is one of several audiences', async () => {
    const { emulator } = service;
    const aud = ['https://api.example', shopId];
    const key = await signAsFusionAuth(emulator, claimsFor(emulator, bob.id, { aud, roles: ['support'] }));
    expect(await permissionsOf(key)).toEqual(['session:read']);
  });
});

describe('scopes', () => {
  it('of a client grant the permissions that are configured for them', async () => {
    const { emulator } = service;
    const claims = claimsFor(emulator, shopId, { gty: ['client_credentials'], scope: 'other sessions:enforce' });
    const key = await signAsFusionAuth(emulator, claims);
    expect(await permissionsOf(key)).toEqual(['session:enforce', 'session:read']);
    const enforcement = await queryEnforceSingleSession(service, { userId: bob.id }, { key });
    expect(enforcement.body.data?.enforceSingleSession).toMatchObject({ outcome: 'ENFORCED', revokedCount: 1 });
  });

  it('grant users nothing over others, because users ask for them themselves', async () => {
    const mallory = service.user();
    const key = await tokenOf({
      grant_type: 'password',
      username: mallory.email,
      password: 'password',
      scope: 'openid offline_access sessions:enforce',
    });
    expect(await permissionsOf(key)).toEqual([]);
    expect(await sessionsOfBob(key)).toEqual([]);
    const enforcement = await queryEnforceSingleSession(service, { userId: bob.id }, { key });
    expect(enforcement.body.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    expect(bob.liveIds()).toHaveLength(2);
  });

  it('of a token that does not tell its grant grant nothing', async () => {
    const key = await tokenOf({ grant_type: 'client_credentials', scope: 'sessions:enforce' });
    expect(await permissionsOf(key)).toEqual([]);
    expect(await sessionsOfBob(key)).toEqual([]);
  });
});
