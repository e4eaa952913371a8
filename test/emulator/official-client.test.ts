import { randomUUID } from 'node:crypto';
import {
  ClientAuthenticationPolicy,
  FusionAuthClient,
  GrantType,
  RefreshTokenUsagePolicy,
} from '@fusionauth/typescript-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { answered, fieldErrorOf, refused } from './official-answers.js';

let emulator: Emulator;
let client: FusionAuthClient;

beforeAll(async () => {
  emulator = await startEmulator();
  client = new FusionAuthClient(emulator.apiKey, emulator.url);
});

afterAll(() => emulator[Symbol.asyncDispose]());

const notFound = { statusCode: 404, exception: undefined };

describe('tenants', () => {
  it('are created, read, listed, searched, updated, patched and deleted', async () => {
    const id = randomUUID();
    const tenant = { name: 'Acme', issuer: 'https://acme.example' };
    const created = await answered('POST /api/tenant/{tenantId}', client.createTenant(id, { tenant }));
    expect(created.tenant).toMatchObject({ id, ...tenant, jwtConfiguration: { timeToLiveInSeconds: 3_600 } });

    const read = await answered('GET /api/tenant/{tenantId}', client.retrieveTenant(id));
    expect(read).toEqual(created);
    const { response: listed } = await client.retrieveTenants();
    expect(listed.tenants).toContainEqual(created.tenant);
    const found = await answered('POST /api/tenant/search', client.searchTenants({ search: { name: 'acm' } }));
    expect(found).toMatchObject({ total: 1, tenants: [{ id }] });

    const patch = { tenant: { jwtConfiguration: { refreshTokenUsagePolicy: RefreshTokenUsagePolicy.OneTimeUse } } };
    const patched = await answered('PATCH /api/tenant/{tenantId}', client.patchTenant(id, patch));
    expect(patched.tenant).toMatchObject({ ...tenant, jwtConfiguration: { refreshTokenUsagePolicy: 'OneTimeUse' } });

    const replaced = await answered(
      'PUT /api/tenant/{tenantId}',
      client.updateTenant(id, { tenant: { name: 'Acme 2' } }),
    );
    expect(replaced.tenant).toMatchObject({
      name: 'Acme 2',
      issuer: 'acme.com',
      jwtConfiguration: { refreshTokenUsagePolicy: 'Reusable' },
      insertInstant: created.tenant?.insertInstant,
    });

    await client.deleteTenant(id);
    expect(await refused(client.retrieveTenant(id))).toMatchObject(notFound);
  });

  it('are refused without a name, with a taken name or id, and with values out of range', async () => {
    const { response } = await client.createTenant('', { tenant: { name: 'Taken' } });
    const id = response.tenant?.id ?? '';

    expect(await refused(client.createTenant('', { tenant: {} }))).toMatchObject(
      fieldErrorOf('tenant.name', '[blank]tenant.name'),
    );
    expect(await refused(client.createTenant('', { tenant: { name: 'Taken' } }))).toMatchObject(
      fieldErrorOf('tenant.name', '[duplicate]tenant.name'),
    );
    expect(await refused(client.createTenant(id, { tenant: { name: 'Other' } }))).toMatchObject(
      fieldErrorOf('tenantId', '[duplicate]tenantId'),
    );
    const jwtConfiguration = { refreshTokenOneTimeUseConfiguration: { gracePeriodInSeconds: 86_400 } };
    const field = 'tenant.jwtConfiguration.refreshTokenOneTimeUseConfiguration.gracePeriodInSeconds';
    expect(await refused(client.patchTenant(id, { tenant: { jwtConfiguration } }))).toMatchObject(
      fieldErrorOf(field, `[invalid]${field}`),
    );
    await client.deleteTenant(id);
  });
});

describe('applications', () => {
  it('are created, read, searched, patched, updated, deactivated, reactivated and deleted', async () => {
    const id = randomUUID();
    const application = {
      name: 'Shop',
      oauthConfiguration: {
        enabledGrants: [GrantType.authorization_code, GrantType.refresh_token],
        clientAuthenticationPolicy: ClientAuthenticationPolicy.NotRequiredWhenUsingPKCE,
        authorizedRedirectURLs: ['https://shop.example/callback'],
      },
      roles: [{ name: 'buyer', isDefault: true }],
    };
    const created = await answered(
      'POST /api/application/{applicationId}',
      client.createApplication(id, { application }),
    );
    expect(created.application).toMatchObject({
      id,
      name: 'Shop',
      active: true,
      tenantId: emulator.tenantId,
      loginConfiguration: { requireAuthentication: true, generateRefreshTokens: false },
      oauthConfiguration: { clientId: id, clientSecret: expect.any(String) },
    });
    const { oauthConfiguration } = await answered(
      'GET /api/application/{applicationId}/oauth-configuration',
      client.retrieveOauthConfiguration(id),
    );
    expect(oauthConfiguration).toEqual(created.application?.oauthConfiguration);

    const found = await answered(
      'POST /api/application/search',
      client.searchApplications({ search: { name: 'shop' } }),
    );
    expect(found).toMatchObject({ total: 1, applications: [{ id }] });
    const patched = await answered(
      'PATCH /api/application/{applicationId}',
      client.patchApplication(id, { application: { loginConfiguration: { generateRefreshTokens: true } } }),
    );
    expect(patched.application).toMatchObject({
      loginConfiguration: { generateRefreshTokens: true },
      oauthConfiguration: created.application?.oauthConfiguration,
    });
    const updated = await answered(
      'PUT /api/application/{applicationId}',
      client.updateApplication(id, { application: { name: 'Shop 2' } }),
    );
    expect(updated.application).toMatchObject({
      name: 'Shop 2',
      oauthConfiguration: { clientSecret: created.application?.oauthConfiguration?.clientSecret },
    });

    await client.deactivateApplication(id);
    const inactive = await answered('GET /api/application', client.retrieveInactiveApplications());
    expect(inactive.applications).toMatchObject([{ id, active: false }]);
    await client.reactivateApplication(id);
    const active = await answered('GET /api/application', client.retrieveApplications());
    expect(active.applications?.map((each) => each.id)).toContain(id);
    await client.deleteApplication(id);
    expect(await refused(client.retrieveApplication(id))).toMatchObject(notFound);
  });

  it('are refused without a name or with one that is taken in the tenant', async () => {
    emulator.store.addApplication({ name: 'Taken' });
    expect(await refused(client.createApplication('', { application: {} }))).toMatchObject(
      fieldErrorOf('application.name', '[blank]application.name'),
    );
    expect(await refused(client.createApplication('', { application: { name: 'Taken' } }))).toMatchObject(
      fieldErrorOf('application.name', '[duplicate]application.name'),
    );
  });
});

describe('users', () => {
  it('are created, found in every way, patched, updated, deactivated, reactivated and deleted', async () => {
    const id = randomUUID();
    const user = { email: 'Ann@example.com', username: 'ann', password: 'password', fullName: 'Ann Arbor' };
    const created = await answered('POST /api/user/{userId}', client.createUser(id, { user }));
    expect(created.user).toMatchObject({ id, email: 'Ann@example.com', active: true, tenantId: emulator.tenantId });
    expect(created.user).not.toHaveProperty('password');

    for (const call of [
      client.retrieveUserByEmail('ann@EXAMPLE.com'),
      client.retrieveUserByUsername('ANN'),
      client.retrieveUserByLoginId('ann'),
      client.retrieveUserByLoginIdWithLoginIdTypes('ann', ['username']),
    ]) {
      expect((await answered('GET /api/user', call)).user?.id).toBe(id);
    }
    expect(await refused(client.retrieveUserByLoginIdWithLoginIdTypes('ann', ['email']))).toMatchObject(notFound);
    const byIds = await answered('GET /api/user/search', client.searchUsersByIds([id, randomUUID()]));
    expect(byIds).toMatchObject({ total: 1, users: [{ id }] });
    const byQuery = client.searchUsersByQuery({ search: { queryString: 'email:ann*', numberOfResults: 1 } });
    expect(await answered('POST /api/user/search', byQuery)).toMatchObject({ total: 1, users: [{ id }] });

    const patched = await answered('PATCH /api/user/{userId}', client.patchUser(id, { user: { firstName: 'Ann' } }));
    expect(patched.user).toMatchObject({ firstName: 'Ann', fullName: 'Ann Arbor', username: 'ann' });
    const updated = await answered(
      'PUT /api/user/{userId}',
      client.updateUser(id, { user: { email: 'new@example.com' } }),
    );
    expect(updated.user).not.toHaveProperty('username');
    expect(await refused(client.retrieveUserByEmail('ann@example.com'))).toMatchObject(notFound);

    await client.deactivateUser(id);
    expect((await client.retrieveUser(id)).response.user?.active).toBe(false);
    await client.reactivateUser(id);
    expect((await answered('GET /api/user/{userId}', client.retrieveUser(id))).user?.active).toBe(true);
    await client.deleteUser(id);
    expect(await refused(client.retrieveUser(id))).toMatchObject(notFound);
  });

  it('are refused without a login id, without a password and with taken ids', async () => {
    const { id } = emulator.store.addUser({ email: 'taken@example.com', username: 'taken' });
    const password = 'password';

    const blank = await refused(client.createUser('', { user: { password } }));
    expect(blank.exception).toMatchObject({
      fieldErrors: {
        'user.email': [{ code: '[blank]user.email' }],
        'user.username': [{ code: '[blank]user.username' }],
      },
    });
    expect(await refused(client.createUser('', { user: { username: 'x' } }))).toMatchObject(
      fieldErrorOf('user.password', '[blank]user.password'),
    );
    expect(await refused(client.createUser('', { user: { email: 'TAKEN@example.com', password } }))).toMatchObject(
      fieldErrorOf('user.email', '[duplicate]user.email'),
    );
    expect(await refused(client.createUser('', { user: { username: 'Taken', password } }))).toMatchObject(
      fieldErrorOf('user.username', '[duplicate]user.username'),
    );
    expect(await refused(client.createUser(id, { user: { username: 'x', password } }))).toMatchObject(
      fieldErrorOf('userId', '[duplicate]userId'),
    );
  });
});
