import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults.js';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';

const jwks = '/.well-known/jwks.json';
const invalidChallenge = 'Bearer realm="fusionauth-sessions", error="invalid_token"';
const serve = (env: Readonly<Record<string, string>> = shopTokens) => startTestService({ shopId, env });

async function ask(service: TestService, authorization: string | null) {
  const headers: Record<string, string> = authorization === null ? {} : { authorization };
  const answer = await service.query<{ viewer: { kind: string; name: string } }>(
    '{ viewer { kind name } }',
    {},
    { key: null, headers },
  );
  return {
    status: answer.status,
    code: answer.body.errors?.[0]?.extensions['code'],
    challenge: answer.headers.get('www-authenticate'),
    viewer: answer.body.data?.viewer,
  };
}

describe('the service', () => {
  it('asks for credentials where there are none, and calls no error of them', async () => {
    await using service = await serve();
    expect(await ask(service, null)).toEqual({
      status: 401,
      code: 'UNAUTHENTICATED',
      challenge: 'Bearer realm="fusionauth-sessions"',
      viewer: undefined,
    });
  });

  it('recognises a service by its key and a user by an access token', async () => {
    await using service = await serve();
    const alice = service.user();
    const { token } = await alice.login();
    expect((await ask(service, `Bearer ${token}`)).viewer).toEqual({ kind: 'USER', name: alice.id });
    expect((await ask(service, `Bearer ${service.key(['session:read'])}`)).viewer?.kind).toBe('SERVICE');
  });

  it.each(['EdDSA', 'Ed25519'])(
    'accepts tokens of an Ed25519 key, which FusionAuth and RFC 8037 name differently (%s)',
    async (name) => {
      await using service = await serve({ ...shopTokens, ACCESS_TOKEN_ALGORITHMS: name });
      const { id } = service.emulator.keys.generate({ name: 'New', algorithm: 'Ed25519' });
      service.shop.jwtConfiguration = { ...service.shop.jwtConfiguration, enabled: true, accessTokenKeyId: id };
      const alice = service.user();
      const { token } = await alice.login();
      expect((await ask(service, `Bearer ${token}`)).viewer).toEqual({ kind: 'USER', name: alice.id });
    },
  );

  it.each(['the same key', 'another key'])(
    'accepts tokens whose key id FusionAuth publishes twice, beside %s',
    async (other) => {
      await using service = await serve();
      const { keys, faults } = service.emulator;
      if (other === 'another key') keys.generate({ name: 'Another', algorithm: 'RS256' });
      const alice = service.user();
      const { token } = await alice.login();
      const { kid } = decodeProtectedHeader(token);
      const map = (body: unknown) => {
        const { keys: published } = body as { keys: object[] };
        const all = published.map((key) => ({ ...key, kid }));
        return { keys: other === 'another key' ? all.reverse() : [...all, ...all] };
      };
      faults.add({ path: jwks, fault: { kind: 'mapBody', map } });
      expect((await ask(service, `Bearer ${token}`)).viewer).toEqual({ kind: 'USER', name: alice.id });
      const [header, payload, signature = ''] = token.split('.');
      const forged = [header, payload, signature.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))].join('.');
      expect((await ask(service, `Bearer ${forged}`)).status).toBe(401);
    },
  );

  it('never takes a bad access token for none, nor for a service key', async () => {
    await using service = await serve();
    const { token } = await service.user().login();
    for (const bad of [`${token}x`, token.slice(0, -8), `${token.split('.').slice(0, 2).join('.')}.`]) {
      expect(await ask(service, `Bearer ${bad}`)).toEqual({
        status: 401,
        code: 'UNAUTHENTICATED',
        challenge: invalidChallenge,
        viewer: undefined,
      });
    }
  });

  it('refuses access tokens where it is not configured to take them, without asking FusionAuth', async () => {
    await using service = await serve({});
    const { token } = await service.user().login();
    service.emulator.calls.clear();
    expect(await ask(service, `Bearer ${token}`)).toMatchObject({ status: 401, challenge: invalidChallenge });
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('asks FusionAuth for its keys once, however many tokens come first at once', async () => {
    await using service = await serve();
    const { token } = await service.user().login();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(service, `Bearer ${token}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(service.emulator.calls.count({ path: jwks })).toBe(1);
  });

  it('finds the keys where the address of FusionAuth ends with a slash', async () => {
    await using fusionAuth = await serve();
    const { token } = await fusionAuth.user().login();
    await using service = await serve({ ...shopTokens, FUSIONAUTH_URL: `${fusionAuth.emulator.url}/` });
    expect(await ask(service, `Bearer ${token}`)).toMatchObject({ status: 200 });
  });
});

describe('while the keys of FusionAuth cannot be had', () => {
  it.each<[string, Fault]>([
    ['the connection is reset', { kind: 'reset', when: 'before' }],
    ['it answers 401', { kind: 'status', status: 401 }],
    ['it answers 429', { kind: 'status', status: 429 }],
    ['it answers 500', { kind: 'status', status: 500 }],
    ['it answers 503', { kind: 'status', status: 503 }],
    ['it answers JSON cut short', { kind: 'malformedJson' }],
    ['it answers nothing', { kind: 'emptyBody' }],
    ['it answers no key set', { kind: 'mapBody', map: () => ({ hello: 'world' }) }],
    ['it answers an empty key set', { kind: 'mapBody', map: () => ({ keys: [] }) }],
    ['it answers text for keys', { kind: 'mapBody', map: () => ({ keys: 'none' }) }],
    ['it does not answer', { kind: 'hang' }],
  ])('because %s, a token is neither refused nor accepted: 503', async (_what, fault) => {
    // Long enough for an answer on a busy machine; only the last fault waits for it.
    await using service = await startTestService({ shopId, env: shopTokens, keyFetchTimeoutMs: 3_000 });
    const { token } = await service.user().login();
    const outage = service.emulator.faults.add({ path: jwks, fault });
    expect(await ask(service, `Bearer ${token}`)).toEqual({
      status: 503,
      code: 'UPSTREAM_UNAVAILABLE',
      challenge: null,
      viewer: undefined,
    });
    expect(await ask(service, `Bearer ${service.key(['session:read'])}`)).toMatchObject({ status: 200 });

    outage.remove();
    expect(await ask(service, `Bearer ${token}`)).toMatchObject({ status: 200 });
  });

  it('the cause is logged once and not told', async () => {
    await using service = await serve();
    const { token } = await service.user().login();
    service.emulator.faults.add({ path: jwks, fault: { kind: 'status', status: 500 } });
    const { body } = await service.query('{ viewer { name } }', {}, { key: token });
    const requestId = body.errors?.[0]?.extensions['requestId'];
    expect(service.logs.filter((line) => line.level === 'error')).toMatchObject([{ requestId, msg: 'request failed' }]);
    expect(JSON.stringify(body)).not.toMatch(/JSON Web Key|127\.0\.0\.1|jwks/i);
  });

  it('keys that are known already go on being used', async () => {
    await using service = await serve();
    const { token } = await service.user().login();
    expect((await ask(service, `Bearer ${token}`)).status).toBe(200);
    service.emulator.faults.add({ path: jwks, fault: { kind: 'reset', when: 'before' } });
    expect((await ask(service, `Bearer ${token}`)).status).toBe(200);
  });
});

describe('a token of the client credentials grant', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['in its claims, as since FusionAuth 1.60', { gty: ['client_credentials'] }, {}],
    ['in its header, as before', {}, { gty: ['client_credentials'] }],
  ])('is that of a service when the grant is told %s', async (_what, claims, header) => {
    await using service = await serve();
    const entityId = 'eeeeeeee-0000-0000-0000-000000000005';
    const token = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, entityId, claims), header);
    expect((await ask(service, `Bearer ${token}`)).viewer).toEqual({ kind: 'SERVICE', name: entityId });
  });
});
