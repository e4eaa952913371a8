import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendEventsTo } from '../../src/emulator/send-events.js';
import { claimsFor, shopId, signAsFusionAuth } from '../support/access-tokens.js';
import { basic, knownTokens, nameOfKey, type PostOptions, postForm } from '../support/oauth.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { createTestUser } from '../support/users.js';

const otherTenantId = 'bbbbbbbb-0000-0000-0000-000000000002';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ shopId, env: knownTokens });
});

afterAll(() => service[Symbol.asyncDispose]());

const introspect = (token: string, options: PostOptions = {}, of: TestService = service) =>
  postForm(of, '/oauth2/introspect', { token }, options);

const sign = (changes: Readonly<Record<string, unknown>>, header = {}) =>
  signAsFusionAuth(service.emulator, claimsFor(service.emulator, randomUUID(), changes), header);

describe('an access token of a live session', () => {
  it('is active, with the claims of RFC 7662 and those of FusionAuth that decide, and nothing that a lambda added', async () => {
    const alice = service.user({ username: `alice-${randomUUID()}` });
    const session = alice.addSession();
    const claims = claimsFor(service.emulator, alice.id, {
      sid: session.id,
      jti: 'an-id',
      scope: 'openid offline_access',
      roles: ['admin'],
      applicationId: shopId,
      preferred_username: 'alice',
      secret_of_a_lambda: 'x',
    });
    const token = await signAsFusionAuth(service.emulator, claims);
    const { status, body, headers } = await introspect(token);
    expect(status).toBe(200);
    const { aud, iss, sub, tid, iat, exp, auth_time, sid, jti, scope, roles, applicationId } = claims;
    const same = { aud, iss, sub, tid, iat, exp, auth_time, sid, jti, scope, roles, applicationId };
    expect(body).toEqual({ active: true, token_type: 'Bearer', client_id: shopId, username: 'alice', ...same });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('names the key that it is bound to, without which a resource server would take a stolen one', async () => {
    const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
    const { id } = service.user();
    for (const [cnf, expected] of [
      [
        { jkt, 'of-a-lambda': 'x' },
        { token_type: 'DPoP', cnf: { jkt } },
      ],
      [{ jkt: 5 }, { token_type: 'Bearer' }],
      ['x', { token_type: 'Bearer' }],
    ]) {
      const claims = claimsFor(service.emulator, id, { sid: service.user().addSession().id, cnf });
      const { body } = await introspect(await signAsFusionAuth(service.emulator, claims));
      expect({ token_type: body['token_type'], ...(body['cnf'] === undefined ? {} : { cnf: body['cnf'] }) }).toEqual(
        expected,
      );
    }
  });

  it.each([
    [
      'token:introspect alone, as Basic credentials',
      () => basic(nameOfKey(['token:introspect']), service.key(['token:introspect'])),
    ],
    ['token:introspect alone, as a Bearer token', () => `Bearer ${service.key(['token:introspect'])}`],
  ])('is active for a key with %s', async (_what, authorization) => {
    const { token } = await service.user().login();
    expect((await introspect(token, { authorization: authorization() })).body).toMatchObject({ active: true });
  });

  it.each(['access_token', 'refresh_token', 'something'])('is active whatever the hint: %s', async (hint) => {
    const { token } = await service.user().login();
    const { body } = await postForm(service, '/oauth2/introspect', { token, token_type_hint: hint, other: 'x' });
    expect(body).toMatchObject({ active: true });
  });

  it('is inactive once this service has revoked the session', async () => {
    const { token, refreshTokenId } = await service.user().login();
    expect((await introspect(token)).body).toMatchObject({ active: true, sid: refreshTokenId });
    await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: refreshTokenId });
    expect((await introspect(token)).body).toEqual({ active: false });
  });

  it('is inactive when the session ended before anybody asked, and no event said so', async () => {
    const { token, refreshTokenId } = await service.user().login();
    service.emulator.store.sessions.delete(refreshTokenId);
    expect((await introspect(token)).body).toEqual({ active: false });
  });

  it('is inactive when the user is deactivated', async () => {
    const alice = service.user();
    const { token } = await alice.login();
    const user = service.emulator.store.users.get(alice.id);
    if (user !== undefined) user.active = false;
    expect((await introspect(token)).body).toEqual({ active: false });
  });
});

describe('another token', () => {
  const session = () => ({ sid: service.user().addSession().id });
  it.each<readonly [string, () => Promise<string> | string]>([
    ['an opaque value', () => 'not-a-token'],
    ['a refresh token', async () => (await service.user().login()).refreshToken],
    ['an ID token', () => sign({ ...session(), nonce: 'n' })],
    ['a logout token', () => sign(session(), { typ: 'logout+jwt' })],
    ['one that has expired', () => sign({ ...session(), iat: 1, exp: 2 })],
    ['one of another issuer', () => sign({ ...session(), iss: 'other.com' })],
    ['one for another audience', () => sign({ ...session(), aud: randomUUID() })],
    ['one without a tenant', () => sign({ ...session(), tid: undefined })],
    ['one of a user that names no session', () => sign({})],
    ['one of a session that never was', () => sign({ sid: randomUUID() })],
    ['one with another signature', async () => (await sign(session())).replace(/\.[^.]*$/, `.${'A'.repeat(342)}`)],
    ['one without a signature', async () => (await sign(session())).replace(/\.[^.]*$/, '.')],
    ['one that is too long', () => `eyJ${'a'.repeat(9_000)}.b.c`],
  ])('(%s) is inactive, and nothing is said of why', async (_what, make) => {
    const { status, body } = await introspect(await make());
    expect([status, body]).toEqual([200, { active: false }]);
  });

  it('of a client, which belongs to no user, is active and names the client', async () => {
    const client = randomUUID();
    const claims = claimsFor(service.emulator, client, { gty: ['client_credentials'] });
    const token = await signAsFusionAuth(service.emulator, claims);
    expect((await introspect(token)).body).toMatchObject({ active: true, sub: client, client_id: client });
  });

  it('of a user that names no session is active where that is configured, unless a revocation of it may be missing', async () => {
    const env = { ...knownTokens, OAUTH_TOKENS_WITHOUT_SESSION: 'true' };
    await using other = await startTestService({ shopId, env });
    const { emulator } = other;
    const signNow = () => signAsFusionAuth(emulator, claimsFor(emulator, randomUUID()));
    const older = await signNow();
    emulator.clock.advance(120_000);
    const newer = await signNow();
    const answers = await Promise.all([older, newer].map((token) => introspect(token, {}, other)));
    expect(answers.map(({ body }) => body)).toMatchObject([{ active: false }, { active: true }]);
  });
});

describe('a key with bounds', () => {
  it('is told of tokens within them, and of no others', async () => {
    const appId = randomUUID();
    const keys = [
      { name: 'here', key: 'key-here', tenantIds: [service.emulator.tenantId] },
      { name: 'there', key: 'key-there', tenantIds: [otherTenantId] },
      { name: 'both', key: 'key-both', tenantIds: [service.emulator.tenantId, otherTenantId] },
      { name: 'shop', key: 'key-shop', applicationIds: [shopId] },
      { name: 'app', key: 'key-app', applicationIds: [appId] },
    ];
    const env = { ...knownTokens, SERVICE_KEYS: serviceKeysVariable(...keys) };
    await using bounded = await startTestService({ shopId, env, beside: service });
    const user = createTestUser(service.emulator, [bounded.shop], {});
    const { token } = await user.login(shopId);
    const answers = await Promise.all(
      keys.map(async ({ name, key }) => {
        const { body } = await introspect(token, { authorization: basic(name, key) }, bounded);
        return [name, body['active']];
      }),
    );
    expect(Object.fromEntries(answers)).toEqual({ here: true, there: false, both: true, shop: true, app: false });
    const headers = { 'x-fusionauth-tenantid': otherTenantId };
    const named = await introspect(token, { authorization: basic('both', 'key-both'), headers }, bounded);
    expect(named.body).toEqual({ active: false });
  });
});

describe('the lease', () => {
  it('has a session that ended unseen refused at its end, and not before it is known', async () => {
    const env = { ...knownTokens, OAUTH_MAX_REVOCATION_LAG_SECONDS: '1' };
    await using brief = await startTestService({ shopId, env, beside: service });
    const { token, refreshTokenId } = await service.user().login();
    expect((await introspect(token, {}, brief)).body).toMatchObject({ active: true });
    const endedAtMs = performance.now();
    service.emulator.store.sessions.delete(refreshTokenId);
    for (;;) {
      const askedAtMs = performance.now();
      const { body } = await introspect(token, {}, brief);
      if (body['active'] === false) break;
      expect(askedAtMs - endedAtMs).toBeLessThan(1_000);
    }
  });

  it('is not put off by a token that says it is yet to be issued: its session is asked about', async () => {
    const alice = service.user();
    const iat = Math.floor(Date.now() / 1_000) + 120;
    const tokenOf = (sid: string) =>
      signAsFusionAuth(service.emulator, claimsFor(service.emulator, alice.id, { sid, iat, exp: iat + 600 }));
    expect((await introspect(await tokenOf(alice.addSession().id))).body).toMatchObject({ active: true });
    expect((await introspect(await tokenOf(randomUUID()))).body).toEqual({ active: false });
  });

  it('asks FusionAuth once for many introspections of one user', async () => {
    const alice = service.user();
    const tokens = [await alice.login(), await alice.login()].map(({ token }) => token);
    await introspect(tokens[0] ?? '');
    service.emulator.calls.clear();
    for (let round = 0; round < 5; round++) for (const token of tokens) await introspect(token);
    expect(service.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(0);
  });

  it('ends in 503 when FusionAuth cannot be asked, which is neither yes nor no', async () => {
    const env = { ...knownTokens, FUSIONAUTH_MAX_ATTEMPTS: '1' };
    await using cut = await startTestService({ shopId, env, beside: service });
    const { token } = await service.user().login();
    // The keys are there; only the session is not known.
    await introspect('eyJhbGciOiJSUzI1NiJ9.e30.x', {}, cut);
    const other = await service.user().login();
    await introspect(other.token, {}, cut);
    const rule = service.emulator.faults.add({ path: '/api/*', fault: { kind: 'status', status: 503 } });
    const { status, body, headers } = await introspect(token, {}, cut);
    expect([status, body['error'], headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '1']);
    expect((await introspect(other.token, {}, cut)).body).toMatchObject({ active: true });
    rule.remove();
  });

  it('learns of a revocation by FusionAuth’s event at once', async () => {
    await using followed = await startTestService({ shopId, env: { ...knownTokens, WEBHOOK_SIGNATURE: 'jwks' } });
    sendEventsTo(followed.emulator, `${followed.url}/webhooks/fusionauth`);
    const { token, refreshTokenId } = await followed.user().login();
    expect((await introspect(token, {}, followed)).body).toMatchObject({ active: true });
    const headers = { authorization: followed.emulator.apiKey };
    await fetch(`${followed.emulator.url}/api/jwt/refresh/${refreshTokenId}`, { method: 'DELETE', headers });
    await expect.poll(async () => (await introspect(token, {}, followed)).body).toEqual({ active: false });
  });
});
