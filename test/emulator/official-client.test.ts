import { randomUUID } from 'node:crypto';
import {
  ClientAuthenticationPolicy,
  FusionAuthClient,
  GrantType,
  KeyAlgorithm,
  RefreshTokenUsagePolicy,
} from '@fusionauth/typescript-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { assertConforms } from './openapi.js';

let emulator: Emulator;
let client: FusionAuthClient;

beforeAll(async () => {
  emulator = await startEmulator();
  client = new FusionAuthClient(emulator.apiKey, emulator.url);
});

afterAll(() => emulator[Symbol.asyncDispose]());

/** The answer of a call of the official client, which must conform to the OpenAPI description of the operation. */
async function answered<T>(operation: string, call: Promise<{ response: T }>): Promise<T> {
  const { response } = await call;
  assertConforms(operation, response);
  return response;
}

interface Refusal {
  readonly statusCode: number;
  readonly exception: unknown;
}

/** What a call of the official client is refused with. */
async function refused(call: Promise<unknown>): Promise<Refusal> {
  return call.then(
    () => {
      throw new Error('The call was not refused');
    },
    ({ statusCode, exception }: Refusal) => ({ statusCode, exception }),
  );
}

const notFound = { statusCode: 404, exception: undefined };

const fieldErrorOf = (field: string, code: string) => ({
  statusCode: 400,
  exception: { fieldErrors: { [field]: [{ code, message: expect.any(String) }] }, generalErrors: [] },
});

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

describe('registrations', () => {
  it('are created for existing and new users, read, patched, updated and deleted', async () => {
    const shop = emulator.store.addApplication({ name: 'Registrations' });
    const existing = emulator.store.addUser({ username: 'existing' });
    const registration = { applicationId: shop.id, roles: ['buyer'] };
    const created = await answered(
      'POST /api/user/registration/{userId}',
      client.register(existing.id, { registration }),
    );
    expect(created).toMatchObject({ registration });
    const userId = randomUUID();
    const user = { username: 'registered', password: 'password' };
    const both = await answered(
      'POST /api/user/registration/{userId}',
      client.register(userId, { registration, user }),
    );
    expect(both).toMatchObject({ registration, user: { id: userId, registrations: [registration] } });
    const login = await answered('POST /api/login', client.login({ loginId: 'registered', password: 'password' }));
    expect(login.user?.id).toBe(userId);

    const patched = await answered(
      'PATCH /api/user/registration/{userId}',
      client.patchRegistration(userId, { registration: { applicationId: shop.id, username: 'nick' } }),
    );
    expect(patched.registration).toMatchObject({ ...registration, username: 'nick' });
    const removal = { registration: { applicationId: shop.id, username: null as never } };
    const removed = await answered('PATCH /api/user/registration/{userId}', client.patchRegistration(userId, removal));
    expect(removed.registration).not.toHaveProperty('username');
    await answered(
      'PUT /api/user/registration/{userId}',
      client.updateRegistration(userId, { registration: { applicationId: shop.id, roles: [] } }),
    );
    const read = await answered(
      'GET /api/user/registration/{userId}/{applicationId}',
      client.retrieveRegistration(userId, shop.id),
    );
    expect(read.registration).toMatchObject({ id: both.registration?.id, roles: [] });
    expect(read.registration).not.toHaveProperty('username');

    await client.deleteRegistration(userId, shop.id);
    expect(await refused(client.retrieveRegistration(userId, shop.id))).toMatchObject(notFound);
  });

  it('are refused twice and for unknown applications', async () => {
    const shop = emulator.store.addApplication({ name: 'Twice' });
    const user = emulator.store.addUser({ applicationIds: [shop.id] });
    expect(await refused(client.register(user.id, { registration: { applicationId: shop.id } }))).toMatchObject(
      fieldErrorOf('registration', '[duplicate]registration'),
    );
    expect(await refused(client.register(user.id, { registration: { applicationId: randomUUID() } }))).toMatchObject(
      fieldErrorOf('registration.applicationId', '[invalid]registration.applicationId'),
    );
  });
});

describe('sessions', () => {
  it('come from a login, are listed, exchanged, issued for another application and revoked', async () => {
    const shop = emulator.store.addApplication({ name: 'Sessions' });
    const desk = emulator.store.addApplication({ name: 'Sessions too' });
    const user = emulator.store.addUser({
      username: 'sessions',
      password: 'password',
      applicationIds: [shop.id, desk.id],
    });
    const credentials = { loginId: 'sessions', password: 'password', applicationId: shop.id };
    const login = await answered('POST /api/login', client.login(credentials));
    const refreshToken = login.refreshToken ?? '';
    const listed = await answered('GET /api/jwt/refresh', client.retrieveRefreshTokens(user.id));
    expect(listed.refreshTokens).toMatchObject([{ id: login.refreshTokenId, token: refreshToken }]);
    const one = client.retrieveRefreshTokenById(login.refreshTokenId ?? '');
    await answered('GET /api/jwt/refresh/{tokenId}', one);
    const exchanged = await answered('POST /api/jwt/refresh', client.exchangeRefreshTokenForJWT({ refreshToken }));
    const token = exchanged.token ?? '';
    const validated = await answered('GET /api/jwt/validate', client.validateJWT(token));
    expect(validated.jwt).toMatchObject({ sid: login.refreshTokenId });
    await answered('GET /.well-known/jwks.json', client.retrieveJsonWebKeySet());

    emulator.clock.advance(1_000);
    const issued = await answered('GET /api/jwt/issue', client.issueJWT(desk.id, token, refreshToken));
    const [derived, original] = emulator.store.sessionsOf(user.id);
    expect(derived).toMatchObject({ token: issued.refreshToken, applicationId: desk.id });
    expect(derived?.startInstant).toBe(original?.startInstant);
    expect(derived?.insertInstant).toBeGreaterThan(original?.insertInstant ?? 0);

    await client.revokeRefreshTokenById(login.refreshTokenId ?? '');
    expect(emulator.store.sessionsOf(user.id)).toEqual([derived]);
    await client.revokeRefreshTokensWithRequest({ userId: user.id });
    expect(emulator.store.sessionsOf(user.id)).toEqual([]);
    expect((await client.validateJWT(token)).statusCode).toBe(200);
    expect(await refused(client.validateJWT('nonsense'))).toMatchObject({ statusCode: 401 });
  });

  it('are imported, all or none', async () => {
    const shop = emulator.store.addApplication({ name: 'Import' });
    const { id: userId } = emulator.store.addUser();
    const imported = (token: string) => ({
      applicationId: shop.id,
      userId,
      token,
      startInstant: emulator.clock.now(),
      metaData: { device: { name: 'Old phone' } },
    });
    const long = 'x'.repeat(1_000);
    await client.importRefreshTokens({ refreshTokens: [imported('short'), imported(long)] });
    expect(emulator.store.sessionsOf(userId).map(({ token }) => token)).toEqual([long, 'short']);

    const again = { refreshTokens: [imported('new'), imported('short')], validateDbConstraints: true };
    expect((await refused(client.importRefreshTokens(again))).exception).toMatchObject({
      fieldErrors: { 'refreshTokens[1].token': [{ code: '[duplicate]refreshTokens.token' }] },
    });
    const unchecked = client.importRefreshTokens({ ...again, validateDbConstraints: false });
    expect(await refused(unchecked)).toMatchObject({ statusCode: 500 });
    expect(emulator.store.sessionsOf(userId)).toHaveLength(2);
  });

  it('end with a logout, all of them with a global one', async () => {
    const shop = emulator.store.addApplication({ name: 'Logout' });
    const { id: userId } = emulator.store.addUser();
    const first = emulator.store.addSession({ userId, applicationId: shop.id });
    const second = emulator.store.addSession({ userId, applicationId: shop.id });
    emulator.store.addSession({ userId });

    await client.logout(false, first.token);
    expect(emulator.store.sessionsOf(userId)).toHaveLength(2);
    await client.logout(true, second.token);
    expect(emulator.store.sessionsOf(userId)).toEqual([]);
  });

  it('are not made by a login ping, which records a login', async () => {
    const shop = emulator.store.addApplication({ name: 'Ping' });
    const user = emulator.store.addUser({ applicationIds: [shop.id] });

    expect((await client.loginPing(user.id, shop.id, '192.0.2.5')).statusCode).toBe(200);
    const other = emulator.store.addApplication({ name: 'Not registered' });
    expect((await client.loginPingWithRequest({ userId: user.id, applicationId: other.id })).statusCode).toBe(202);
    expect(emulator.store.users.get(user.id)?.lastLoginInstant).toBeDefined();
    expect(emulator.store.sessionsOf(user.id)).toEqual([]);
  });
});

describe('the instance', () => {
  it('has API keys that key managers create, read, patch and delete', async () => {
    const apiKey = { name: 'Robot', permissions: { endpoints: { '/api/user': ['GET'] } }, retrievable: false };
    const created = await answered('POST /api/api-key', client.createAPIKey('', { apiKey }));
    const id = created.apiKey?.id ?? '';
    const robot = new FusionAuthClient(created.apiKey?.key ?? '', emulator.url);
    expect(await refused(robot.retrieveTenants())).toMatchObject({ statusCode: 401 });
    expect(await refused(robot.retrieveAPIKey(id))).toMatchObject({ statusCode: 401 });

    const read = await answered('GET /api/api-key/{keyId}', client.retrieveAPIKey(id));
    expect(read.apiKey).toMatchObject(apiKey);
    expect(read.apiKey).not.toHaveProperty('key');
    const endpoints = { '/api/tenant': ['GET'] };
    await answered(
      'PATCH /api/api-key/{keyId}',
      client.patchAPIKey(id, { apiKey: { permissions: { endpoints } } as never }),
    );
    expect((await robot.retrieveTenants()).statusCode).toBe(200);
    await client.deleteAPIKey(id);
    expect(await refused(robot.retrieveTenants())).toMatchObject({ statusCode: 401 });
  });

  it('has webhooks and keys', async () => {
    const generated = await answered(
      'POST /api/key/generate',
      client.generateKey('', { key: { algorithm: KeyAlgorithm.ES256, name: 'Webhooks' } }),
    );
    const keys = await answered('GET /api/key', client.retrieveKeys());
    expect(keys.keys).toContainEqual(generated.key);
    const webhook = { url: 'http://127.0.0.1:1/', connectTimeout: 10, readTimeout: 10, global: true };
    const created = await answered('POST /api/webhook', client.createWebhook('', { webhook }));
    expect(await answered('GET /api/webhook', client.retrieveWebhooks())).toEqual({ webhooks: [created.webhook] });
  });

  it('has an audit log', async () => {
    const auditLog = { insertUser: 'ann', message: 'Ended a session' };
    await answered('POST /api/system/audit-log', client.createAuditLog({ auditLog }));
    await client.createAuditLog({ auditLog: { ...auditLog, insertUser: 'bob' } });
    const found = await answered(
      'POST /api/system/audit-log/search',
      client.searchAuditLogs({ search: { message: 'session', user: 'bob' } }),
    );
    expect(found).toMatchObject({ total: 1, auditLogs: [{ insertUser: 'bob' }] });
  });

  it('has a system configuration, a status, a health and a version', async () => {
    const patch = { systemConfiguration: { reportTimezone: 'Europe/Berlin' } };
    const patched = await answered('PATCH /api/system-configuration', client.patchSystemConfiguration(patch));
    const { response } = await client.retrieveSystemConfiguration();
    expect(response).toEqual(patched);
    expect(response.systemConfiguration).toMatchObject({ reportTimezone: 'Europe/Berlin', uiConfiguration: {} });

    expect((await client.retrieveSystemStatus()).response).toEqual({ status: 'ok' });
    expect((await client.retrieveSystemHealth()).statusCode).toBe(200);
    await answered('GET /api/system/version', client.retrieveVersion());
  });
});
