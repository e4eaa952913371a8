import { randomUUID } from 'node:crypto';
import { FusionAuthClient, KeyAlgorithm } from '@fusionauth/typescript-client';
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
