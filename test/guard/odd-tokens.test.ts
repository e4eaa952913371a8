import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aliceId, ScriptedService, sessionNumber, shopId, signText, signToken, until } from './scripted-service.js';
import { readyGuard, reasonFor, type TestGuard } from './start-guard.js';

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

describe('a token with', () => {
  it.each([
    ['an expiry with a fraction', 'accepted', () => ({ exp: nowSeconds() + 60.5 })],
    ['an expiry that is a text', 'invalid', () => ({ exp: `${nowSeconds() + 60}` })],
    ['no expiry at all', 'invalid', () => ({ exp: null })],
    ['a beginning in the future', 'invalid', () => ({ nbf: nowSeconds() + 60 })],
    ['a beginning that is a text', 'invalid', () => ({ nbf: '0' })],
    ['a time of issue that is a text', 'invalid', () => ({ iat: '1' })],
    ['no time of issue', 'invalid', () => ({ iat: null })],
    ['a time of issue with a fraction', 'accepted', () => ({ iat: nowSeconds() - 0.5 })],
  ])('%s: it is %s', async (_what, reason, claims) => {
    expect(await reasonFor(started, await signToken(claims()))).toBe(reason);
  });

  it.each([
    ['negative', -1],
    ['beyond all dates', 1e300],
  ])('a time of issue that cannot be (%s): its session is asked about', async (_what, iat) => {
    const [lives, ended] = [sessionNumber(801), sessionNumber(802)];
    service.ended.add(ended);
    expect(await reasonFor(started, await signToken({ iat, sid: ended }))).toBe('ended');
    expect(await reasonFor(started, await signToken({ iat, sid: lives }))).toBe('accepted');
  });
});

describe('a token', () => {
  it('for several audiences is reached by a revocation of any of them', async () => {
    const other = sessionNumber(77);
    const token = await signToken({ aud: [other, shopId], sub: sessionNumber(78), iat: nowSeconds() - 5 });
    expect(await reasonFor(started, token)).toBe('accepted');
    service.revoke({ applicationId: other });
    await until(() => started.guard.isRevoked({ aud: [other, shopId], iat: 1 }));
    expect(await reasonFor(started, token)).toBe('revoked');
  });

  it.each([
    ['a list of sessions', [sessionNumber(1)]],
    ['an object', { id: sessionNumber(1) }],
    ['a number', 1],
    ['an empty text', ''],
    ['null', null],
  ])('that names no session (%s) is refused', async (_what, sid) => {
    expect(await reasonFor(started, await signToken({ sid }))).toBe('noSession');
  });

  it('that gives a claim twice has the same one accepted and revoked', async () => {
    const [first, second] = [sessionNumber(91), sessionNumber(92)];
    const now = nowSeconds();
    const claims = `"iss":"acme.com","aud":"${shopId}","sub":"${aliceId}","iat":${now},"exp":${now + 60}`;
    const token = await signText(`{"sid":"${first}",${claims},"sid":"${second}"}`);
    const decision = await started.guard.check(token);
    expect(decision).toMatchObject({ ok: true, sessionId: second });
    service.revoke({ sessionId: second });
    await until(() => started.guard.isRevoked({ sid: second }));
    expect(await reasonFor(started, token)).toBe('revoked');
  });

  it.each(['[]', 'null', '"text"', '7', '', '{"__proto__":{"sid":"x"}}'])(
    'no claims (%s) are refused',
    async (text) => {
      expect(await reasonFor(started, await signText(text))).toBe('invalid');
    },
  );
});

describe('a header that has', () => {
  it.each([
    ['an extension that must be understood', { crit: ['unknown'], unknown: true }],
    ['a payload that is not encoded', { crit: ['b64'], b64: false }],
    ['a key id of a key that is not there', { kid: 'other' }],
    ['a key id of thousands of characters', { kid: 'k'.repeat(7_000) }],
    ['a key id that is no text', { kid: 7 }],
    ['a key of its own', { kid: 'other', jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }],
    ['an address of keys', { kid: 'other', jku: 'http://127.0.0.1:1/keys' }],
  ])('%s is refused, whatever was signed', async (_what, header) => {
    expect(await reasonFor(started, await signToken({}, 'JWT', header))).toBe('invalid');
  });

  it('no key id is accepted where there is one key only', async () => {
    expect(await reasonFor(started, await signToken({}, 'JWT', { kid: undefined }))).toBe('accepted');
  });
});

it('none of it is an error of the guard, or asks for the keys more than three times in a row', () => {
  expect(started.errors).toEqual([]);
  expect(service.jwksCount).toBeLessThanOrEqual(4);
});
