import { createHash } from 'node:crypto';
import { type JWTHeaderParameters, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonType, sha256, signBody, startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';
import { signInJson } from '../support/webhook-events.js';

const hmacSecret = 'the-secret-of-the-hmac-signing-key-in-base64';

let byKeySet: WebhookEndpoint;
let byHmac: WebhookEndpoint;

beforeAll(async () => {
  byKeySet = await startWebhookEndpoint();
  byHmac = await startWebhookEndpoint({ env: { WEBHOOK_SIGNATURE: 'hmac', WEBHOOK_HMAC_SECRET: hmacSecret } });
});

afterAll(async () => {
  await byKeySet[Symbol.asyncDispose]();
  await byHmac[Symbol.asyncDispose]();
});

afterEach(() => {
  expect([...byKeySet.handled, ...byHmac.handled]).toEqual([]);
});

const newBody = () => JSON.stringify({ event: signInJson() });

const deliver = ({ post }: WebhookEndpoint, body: string, signature: string) =>
  post(body, { ...jsonType, 'x-fusionauth-signature-jwt': signature });

/** Refused in the same words, whatever is wrong with it. */
async function expectRefused(response: Response): Promise<void> {
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Webhook realm="fusionauth-sessions"');
  expect(await response.text()).toBe('');
}

const hmac = (secret: string | Uint8Array, claims: JWTPayload, header: JWTHeaderParameters = { alg: 'HS256' }) =>
  new SignJWT(claims)
    .setProtectedHeader(header)
    .sign(typeof secret === 'string' ? new TextEncoder().encode(secret) : secret);

describe('a delivery is refused', () => {
  it('without a signature', async () => {
    await expectRefused(await byKeySet.post(newBody(), jsonType));
    await expectRefused(await byHmac.post(newBody(), jsonType));
  });

  it.each(['', ' ', 'x', '..', 'e30.e30.', 'Bearer x', 'x'.repeat(8_193), `${'a.'.repeat(500)}a`])(
    'with something that is no signature: %j',
    async (signature) => {
      await expectRefused(await deliver(byKeySet, newBody(), signature));
      await expectRefused(await deliver(byHmac, newBody(), signature));
    },
  );

  it('with the signature of another body', async () => {
    const signature = await signBody(byKeySet.key, newBody());
    await expectRefused(await deliver(byKeySet, newBody(), signature));
    await expectRefused(await deliver(byHmac, newBody(), await hmac(hmacSecret, { request_body_sha256: sha256('x') })));
  });

  it('with the same event written differently', async () => {
    const event = signInJson();
    const body = JSON.stringify({ event });
    const signature = await signBody(byKeySet.key, body);
    for (const other of [JSON.stringify({ event }, null, 1), `${body}\n`, ` ${body}`, `\ufeff${body}`]) {
      await expectRefused(await deliver(byKeySet, other, signature));
    }
  });

  it.each<[string, (body: string) => unknown]>([
    ['in hex digits', (body) => sha256(body, 'hex')],
    ['in Base64url', (body) => sha256(body, 'base64url')],
    ['in Base64 without padding', (body) => sha256(body).replace('=', '')],
    ['in Base64 with a line break', (body) => `${sha256(body)}\n`],
    ['of SHA-512', (body) => createHash('sha512').update(body).digest('base64')],
    ['that is the beginning', (body) => sha256(body).slice(0, 20)],
    ['that is empty', () => ''],
    ['that is missing', () => undefined],
    ['that is null', () => null],
    ['in a list', (body) => [sha256(body)]],
    ['that is true', () => true],
  ])('with a hash %s', async (_what, hashOf) => {
    // A body whose hash differs between Base64 and Base64url.
    let body = newBody();
    while (!/[+/]/.test(sha256(body))) body = newBody();
    const claims = { request_body_sha256: hashOf(body) };
    await expectRefused(await deliver(byKeySet, body, await signBody(byKeySet.key, body, { claims })));
    await expectRefused(await deliver(byHmac, body, await hmac(hmacSecret, claims)));
  });

  it('with the algorithm none', async () => {
    const body = newBody();
    const unsigned = new UnsecuredJWT({ request_body_sha256: sha256(body) }).encode();
    const { kid } = await byKeySet.key.material();
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = unsigned.split('.')[1];
    for (const alg of ['none', 'None', 'NONE', '', null]) {
      for (const signature of ['', 'AAAA']) {
        const forged = `${encode({ alg, typ: 'JWT', kid })}.${claims}.${signature}`;
        await expectRefused(await deliver(byKeySet, body, forged));
        await expectRefused(await deliver(byHmac, body, forged));
      }
    }
    await expectRefused(await deliver(byKeySet, body, unsigned));
  });

  it('with a signature that was cut off or changed', async () => {
    const body = newBody();
    const [header, claims, signature = ''] = (await signBody(byKeySet.key, body)).split('.');
    const changed = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    for (const forged of ['', changed, signature.slice(1)]) {
      await expectRefused(await deliver(byKeySet, body, `${header}.${claims}.${forged}`));
    }
  });

  it('by HMAC with a public key as the secret', async () => {
    const rsa = byKeySet.emulator.keys.generate({ name: 'RSA', algorithm: 'RS256' });
    for (const key of [rsa, byKeySet.key]) {
      const { publicKeyPem = '', publicJwk, kid } = await key.material();
      const body = newBody();
      const claims = { request_body_sha256: sha256(body) };
      for (const secret of [
        publicKeyPem,
        publicKeyPem.trim(),
        JSON.stringify(publicJwk),
        publicJwk?.n ?? publicJwk?.x,
      ]) {
        for (const alg of ['HS256', 'HS384', 'HS512']) {
          await expectRefused(await deliver(byKeySet, body, await hmac(`${secret}`, claims, { alg, kid })));
        }
      }
    }
  });

  it('with the right HMAC secret where key pairs are expected, and by key pair where HMAC is', async () => {
    const body = newBody();
    await expectRefused(await deliver(byKeySet, body, await hmac(hmacSecret, { request_body_sha256: sha256(body) })));
    await expectRefused(await deliver(byHmac, body, await signBody(byHmac.key, body)));
  });

  it('with another HMAC secret', async () => {
    const body = newBody();
    const claims = { request_body_sha256: sha256(body) };
    for (const secret of [`${hmacSecret}x`, hmacSecret.slice(1), Buffer.alloc(64)]) {
      await expectRefused(await deliver(byHmac, body, await hmac(secret, claims)));
    }
  });

  it('with a key that the signature brings along', async () => {
    const stranger = byHmac.emulator.keys.generate({ name: 'Stranger', algorithm: 'ES256' });
    const { publicJwk = {}, kid } = await stranger.material();
    const { kid: trusted } = await byKeySet.key.material();
    const body = newBody();
    for (const header of [
      { jwk: publicJwk, kid: trusted },
      { jku: `${byHmac.emulator.url}/.well-known/jwks.json`, kid },
      { kid: trusted },
    ]) {
      const response = await deliver(byKeySet, body, await signBody(stranger, body, { header }));
      // Of a key id that is not known nobody can tell right after the keys were fetched.
      expect([401, 503]).toContain(response.status);
    }
  });

  it('with a critical extension that nobody knows', async () => {
    const body = newBody();
    const [, claims, signature] = (await signBody(byKeySet.key, body)).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', crit: ['x'], x: 1 })).toString('base64url');
    await expectRefused(await deliver(byKeySet, body, `${header}.${claims}.${signature}`));
  });

  it.each<[string, (nowSeconds: number) => JWTPayload]>([
    ['that has expired', (now) => ({ exp: now - 31 })],
    ['that is not valid yet', (now) => ({ nbf: now + 60 })],
    ['whose expiry is no number', () => ({ exp: 'never' as unknown as number })],
  ])('with a signature %s', async (_what, claimsAt) => {
    const body = newBody();
    const claims = claimsAt(Math.floor(byKeySet.emulator.clock.now() / 1_000));
    await expectRefused(await deliver(byKeySet, body, await signBody(byKeySet.key, body, { claims })));
    await expectRefused(
      await deliver(byHmac, body, await hmac(hmacSecret, { request_body_sha256: sha256(body), ...claims })),
    );
  });

  it('with an access token that is signed with the same key, even if a lambda put a hash into it', async () => {
    const body = newBody();
    const claims = { sub: '20000000-0000-4000-8000-000000000001', aud: 'shop' };
    await expectRefused(await deliver(byKeySet, body, await signBody(byKeySet.key, body, { claims })));
  });

  it('with two signatures, one of them right', async () => {
    const body = newBody();
    const right = await signBody(byKeySet.key, body);
    for (const pair of [`${right}, x`, `x, ${right}`, `${right}, ${right}`]) {
      await expectRefused(await deliver(byKeySet, body, pair));
    }
  });
});
