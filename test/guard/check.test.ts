import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuard } from '../../src/guard/guard.js';
import { aliceId, ScriptedService, serviceKey, sessionNumber, shopId, signToken, until } from './scripted-service.js';
import { newGuard, optionsFor, readyGuard, reasonFor, type TestGuard } from './start-guard.js';

let service: ScriptedService;
let started: TestGuard;

beforeAll(async () => {
  service = await ScriptedService.start();
  started = await readyGuard(service);
});

afterAll(async () => {
  await started[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const nowSeconds = () => Math.floor(Date.now() / 1_000);

describe('an access token', () => {
  it('is accepted, with what it says', async () => {
    const decision = await started.guard.check(await signToken({ sid: sessionNumber(7).toUpperCase() }));
    expect(decision).toMatchObject({
      ok: true,
      sessionId: sessionNumber(7),
      userId: aliceId,
      doubt: null,
      claims: { aud: shopId },
    });
  });

  it.each([
    ['there is none', null, 'missing'],
    ['it is empty', '', 'missing'],
    ['it is no token', 'abc', 'invalid', 'form'],
    ['it is too long', 'a'.repeat(8_193), 'invalid', 'length'],
  ])('is refused when %s', async (_when, token, reason, failedCheck?: string) => {
    expect(await started.guard.check(token)).toEqual({ ok: false, reason, status: 401, failedCheck });
  });

  it.each([
    ['has expired', { exp: 1_000, iat: 1 }, 'expired'],
    ['is of another issuer', { iss: 'evil.com' }, 'invalid', 'iss'],
    ['is for another application', { aud: aliceId }, 'invalid', 'aud'],
    ['has no expiry', { exp: undefined }, 'invalid', 'exp is missing'],
    ['has no time of issue', { iat: undefined }, 'invalid', 'iat'],
    ['is an ID token by its hash', { at_hash: 'x' }, 'invalid', 'it is an ID token'],
    ['is an ID token by its code hash', { c_hash: 'x' }, 'invalid', 'it is an ID token'],
    ['is an ID token by its nonce', { nonce: 'x' }, 'invalid', 'it is an ID token'],
    ['is an ID token by its kind', { tty: 'id_token' }, 'invalid', 'it is an ID token'],
    ['belongs to no session', { sid: undefined }, 'noSession'],
    ['belongs to something that is no session', { sid: 'x' }, 'noSession'],
  ])('is refused when it %s', async (_what, claims, reason, failedCheck?: string) => {
    expect(await started.guard.check(await signToken(claims))).toEqual({ ok: false, reason, status: 401, failedCheck });
  });

  it('is refused when somebody else signed it, or nobody', async () => {
    const [header, payload, signature] = (await signToken()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await reasonFor(started, `${none}.${payload}.`)).toBe('invalid');
    expect(await reasonFor(started, `${header}.${payload}.${signature?.split('').reverse().join('')}`)).toBe('invalid');
  });

  it('without a session is accepted where that was chosen, until the sessions of its user are revoked', async () => {
    await using lenient = await readyGuard(service, { acceptTokensWithoutSession: true });
    const token = await signToken({ sid: undefined, sub: 'b0000000-0000-4000-8000-000000000009' });
    expect(await reasonFor(lenient, token)).toBe('accepted');
    service.revoke({ userId: 'b0000000-0000-4000-8000-000000000009' });
    await until(() => lenient.guard.revocationCount === 1);
    expect(await reasonFor(lenient, token)).toBe('revoked');
  });

  it('is neither accepted nor called wrong while FusionAuth’s keys cannot be had', async () => {
    await using keyless = await ScriptedService.start();
    keyless.jwksFails = true;
    await using unsure = newGuard(keyless);
    expect(await unsure.guard.check(await signToken())).toEqual({ ok: false, reason: 'keysUnavailable', status: 503 });
    expect(unsure.errors.map(({ code }) => code)).toContain('KEYS_UNAVAILABLE');
  });
});

describe('revoked is', () => {
  it('the session, and not another one of the same second, such as the one that was kept', async () => {
    const iat = nowSeconds();
    const ended = await signToken({ sid: sessionNumber(11), iat });
    const kept = await signToken({ sid: sessionNumber(12), iat });
    service.revoke({ sessionId: sessionNumber(11), issuedBefore: new Date(iat * 1_000 + 999).toISOString() });
    await until(() => started.guard.isRevoked({ sid: sessionNumber(11) }));
    expect([await reasonFor(started, ended), await reasonFor(started, kept)]).toEqual(['revoked', 'accepted']);
  });

  it.each([
    ['user', { userId: 'b0000000-0000-4000-8000-0000000000a1' }],
    ['user in an application', { userId: 'b0000000-0000-4000-8000-0000000000a2', applicationId: shopId }],
  ])('a token of the %s of the same second, and none of the next', async (_what, about) => {
    const second = nowSeconds() - 10;
    service.revoke({ ...about, issuedBefore: new Date(second * 1_000).toISOString() });
    await until(() => started.guard.isRevoked({ sub: about.userId, aud: shopId, iat: 0 }));
    const claims = { sub: about.userId, sid: sessionNumber(20) };
    expect(await reasonFor(started, await signToken({ ...claims, iat: second }))).toBe('revoked');
    expect(await reasonFor(started, await signToken({ ...claims, iat: second + 1 }))).toBe('accepted');
  });

  it('what the claims say, for those who verify tokens themselves', async () => {
    service.revoke({ sessionId: sessionNumber(30) });
    await until(() => started.guard.isRevoked({ sid: sessionNumber(30) }));
    expect(started.guard.isRevoked({ sid: sessionNumber(31), sub: aliceId, aud: [shopId], iat: 1 })).toBe(false);
    expect(await started.guard.checkClaims({ sid: sessionNumber(30) })).toMatchObject({ reason: 'revoked' });
    expect(await started.guard.checkClaims({ sid: sessionNumber(31), iat: nowSeconds() })).toMatchObject({ ok: true });
    expect(await started.guard.checkClaims(undefined)).toMatchObject({ reason: 'invalid', status: 401 });
    const trap = new Proxy({}, { get: () => expect.fail('read') });
    expect(await started.guard.checkClaims(trap)).toMatchObject({ reason: 'invalid', status: 401 });
  });
});

describe('options', () => {
  it('are refused with every problem at once, and without the service key', () => {
    const wrong = {
      ...optionsFor(service),
      serviceUrl: 'ftp://somewhere',
      serviceKey: 'secret key',
      accessTokens: { issuer: '', audience: [], algorithms: ['HS256'] },
      whenFeedIsDown: undefined,
      feedToleranceMs: -1,
      maxRevocationLagSeconds: 0.5,
      onError: console,
      onRevoked: 'log',
    };
    const create = () => createGuard(wrong as never);
    expect(create).toThrow(TypeError);
    for (const name of [
      'serviceUrl must be',
      'serviceKey must be',
      'accessTokens must have one of jwksUrl and fusionAuthUrl',
      'accessTokens.issuer must be',
      'accessTokens.audience must be',
      'accessTokens.algorithms must be among RS256',
      "whenFeedIsDown must be one of 'accept', 'refuse'",
      'feedToleranceMs must be a whole number from 100',
      'maxRevocationLagSeconds must be a whole number from 0',
      'onError must be a function',
      'onRevoked must be a function',
    ]) {
      expect(create).toThrow(name);
    }
    expect(create).not.toThrow('secret key');
    expect(() => createGuard(undefined as never)).toThrow('serviceUrl must be');
    const withQuery = { ...optionsFor(service), serviceUrl: 'https://sessions.example/?tenant=1' };
    expect(() => createGuard(withQuery)).toThrow('serviceUrl must have no query');
    const withFragment = { ...optionsFor(service), serviceUrl: 'https://sessions.example/#' };
    expect(() => createGuard(withFragment)).toThrow('serviceUrl must be an http or https URL without');
    expect(() => createGuard({ ...optionsFor(service), serviceKey: `${serviceKey}\n` })).toThrow(
      /^(?!.*the-service-key)/s,
    );
  });
});

describe('the type in the header of a token', () => {
  it.each(['logout+jwt', 'secevent+jwt', 'dpop+jwt'])('%s is that of something else', async (typ) => {
    expect(await started.guard.check(await signToken({}, typ))).toMatchObject({ ok: false, reason: 'invalid' });
  });

  it('may be that of RFC 9068', async () => {
    expect(await started.guard.check(await signToken({}, 'at+jwt'))).toMatchObject({ ok: true });
  });
});

describe('a guard that is bound to a tenant', () => {
  const tenantId = '30663132-6464-6665-3032-326466613934';

  it('accepts its tokens only, and none that names no tenant', async () => {
    const { accessTokens } = optionsFor(service);
    await using bound = await readyGuard(service, { accessTokens: { ...accessTokens, tenantId } });
    const reason = async (tid: unknown) => reasonFor(bound, await signToken({ tid }));
    expect(await reason(tenantId.toUpperCase())).toBe('accepted');
    expect(await reason(aliceId)).toBe('invalid');
    expect(await reason(undefined)).toBe('invalid');
    expect(await reason([tenantId])).toBe('invalid');
  });

  it('says so when the tenant is no UUID', () => {
    const { accessTokens, ...options } = optionsFor(service);
    expect(() => createGuard({ ...options, accessTokens: { ...accessTokens, tenantId: 'acme' } })).toThrow(
      'accessTokens.tenantId must be a UUID, or several',
    );
  });
});
