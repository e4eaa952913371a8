import { createHmac } from 'node:crypto';
import { CompactEncrypt, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signAsFusionAuth } from '../../support/access-tokens.js';
import { type RawServer, sendJson, startRawServer } from '../../support/raw-server.js';
import { administratorClaims, encodePart, expectAccepted, expectRefused, startTarget, type Target } from './attack.js';

let target: Target;
let kid: string;
let publicKeyPem: string;
let attacker: CryptoKeyPair;
/** Where an attacker would publish keys. */
let attackerSite: RawServer;

type CryptoKeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  target = await startTarget();
  // Before the service fetches the keys: what it does not know yet would be refused for that.
  addKeysOf(target);
  const material = await target.emulator.keys.material(undefined);
  kid = material.kid;
  publicKeyPem = material.publicKeyPem ?? '';
  attacker = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(attacker.publicKey)), kid, alg: 'RS256', use: 'sig' };
  attackerSite = await startRawServer((response) => sendJson(response, JSON.stringify({ keys: [jwk] })));
});

afterAll(async () => {
  await attackerSite[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

const otherAlgorithms = ['RS384', 'ES256', 'Ed25519'] as const;

const keyIdOf = (algorithm: string) => `00000000-0000-4000-8000-${algorithm.toLowerCase().padStart(12, '0')}`;

function addKeysOf({ emulator }: Target): void {
  for (const algorithm of [...otherAlgorithms, 'HS256'] as const) {
    emulator.keys.generate({ id: keyIdOf(algorithm), name: algorithm, algorithm });
  }
}

const claims = () => administratorClaims(target.emulator);

/** Header and payload, without a signature. */
const unsigned = (header: object) => `${encodePart(header)}.${encodePart(claims())}`;

function signedByAttacker(header: Partial<JWTHeaderParameters> = {}): Promise<string> {
  return new SignJWT(claims())
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header })
    .sign(attacker.privateKey);
}

function signedWithSecret(secret: string | Buffer, alg: 'HS256' | 'HS384' | 'HS512'): string {
  const input = unsigned({ alg, typ: 'JWT', kid });
  return `${input}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(input)
    .digest('base64url')}`;
}

it('the same claims are accepted with the signature of FusionAuth', async () => {
  await expectAccepted(target, await signAsFusionAuth(target.emulator, claims()));
});

describe('a token is refused', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', '', 'RS256'])('without a signature, with alg %j', async (alg) => {
    await expectRefused(target, `Bearer ${unsigned({ alg, typ: 'JWT', kid })}.`);
    await expectRefused(target, `Bearer ${unsigned({ alg, typ: 'JWT' })}.`);
    await expectRefused(target, `Bearer ${unsigned({ alg, typ: 'JWT', kid })}`);
  });

  it.each(['HS256', 'HS384', 'HS512'] as const)('with %s and the public key taken for a secret', async (alg) => {
    const jwks = await (await fetch(`${target.emulator.url}/.well-known/jwks.json`)).text();
    const { keys } = JSON.parse(jwks) as { keys: { n: string }[] };
    const modulus = keys[0]?.n ?? '';
    const secrets = [
      publicKeyPem,
      publicKeyPem.trim(),
      jwks,
      JSON.stringify(keys[0]),
      modulus,
      Buffer.from(modulus, 'base64url'),
      '',
    ];
    for (const secret of secrets) await expectRefused(target, `Bearer ${signedWithSecret(secret, alg)}`);
  });

  it('with an HMAC key of FusionAuth itself, which is never published', async () => {
    await expectRefused(target, `Bearer ${await signAsFusionAuth(target.emulator, claims(), {}, keyIdOf('HS256'))}`);
  });

  it.each(otherAlgorithms)('with %s, although FusionAuth signed it, unless that is configured', async (algorithm) => {
    const sign = ({ emulator }: Target) =>
      signAsFusionAuth(emulator, administratorClaims(emulator), {}, keyIdOf(algorithm));
    await expectRefused(target, `Bearer ${await sign(target)}`);

    const variable = algorithm === 'Ed25519' ? 'EdDSA' : algorithm;
    await using configured = await startTarget({ ACCESS_TOKEN_ALGORITHMS: variable });
    addKeysOf(configured);
    await expectAccepted(configured, await sign(configured));
  });

  it('with the signature of another key under the key id of FusionAuth', async () => {
    await expectRefused(target, `Bearer ${await signedByAttacker()}`);
  });

  it('with claims that are not the signed ones', async () => {
    const own = await signAsFusionAuth(target.emulator, administratorClaims(target.emulator, { roles: [] }));
    const [header, , signature] = own.split('.');
    await expectRefused(target, `Bearer ${header}.${encodePart(claims())}.${signature}`);
  });

  it('with a header that is not the signed one', async () => {
    const [, payload, signature] = (await signAsFusionAuth(target.emulator, claims())).split('.');
    await expectRefused(target, `Bearer ${encodePart({ alg: 'RS256', kid, typ: 'JWT' })}.${payload}.${signature}`);
    await expectRefused(target, `Bearer ${encodePart({ typ: 'at+jwt', alg: 'RS256', kid })}.${payload}.${signature}`);
  });

  it('with a signature cut short, prolonged or replaced by zeros', async () => {
    const [header, payload, signature = ''] = (await signAsFusionAuth(target.emulator, claims())).split('.');
    for (const forged of [signature.slice(0, -4), `${signature}AAAA`, 'A'.repeat(signature.length), 'A']) {
      await expectRefused(target, `Bearer ${header}.${payload}.${forged}`);
    }
  });

  it('that brings its own key in the header (jwk, x5c)', async () => {
    const jwk = await exportJWK(attacker.publicKey);
    for (const own of [kid, 'another-key']) {
      await expectRefused(target, `Bearer ${await signedByAttacker({ jwk, kid: own })}`);
      await expectRefused(target, `Bearer ${await signedByAttacker({ x5c: [jwk.n ?? ''], kid: own })}`);
    }
  });

  it.each(['jku', 'x5u'])(
    'that names a place to fetch its key from (%s), and that place is not visited',
    async (name) => {
      for (const own of [kid, 'another-key']) {
        const header = { [name]: `${attackerSite.url}/.well-known/jwks.json`, kid: own };
        await expectRefused(target, `Bearer ${await signedByAttacker(header)}`);
      }
      expect(attackerSite.requests).toEqual([]);
    },
  );

  it.each([
    '../../../dev/null',
    `/.well-known/jwks.json`,
    "' OR '1'='1",
    '__proto__',
    'constructor',
    '\u0000',
    '',
    'x'.repeat(4_000),
  ])('with the key id %j', async (own) => {
    await expectRefused(target, `Bearer ${await signedByAttacker({ kid: own })}`);
  });

  it.each<[string, object]>([
    ['a list', { kid: ['a'] }],
    ['an object', { kid: {} }],
    ['a number', { kid: 1 }],
    ['null', { kid: null }],
  ])('with a key id that is %s', async (_what, header) => {
    await expectRefused(target, `Bearer ${unsigned({ alg: 'RS256', ...header })}.AAAA`);
  });

  it('that demands to be understood in a way that nobody defined (crit)', async () => {
    const input = unsigned({
      alg: 'RS256',
      typ: 'JWT',
      kid,
      crit: ['http://example.com/UNDEFINED'],
      'http://example.com/UNDEFINED': true,
    });
    const { signingKey } = await target.emulator.keys.material(undefined);
    if (signingKey instanceof Uint8Array) throw new Error('The default key signs with RSA');
    const bytes = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', signingKey, Buffer.from(input));
    await expectRefused(target, `Bearer ${input}.${Buffer.from(bytes).toString('base64url')}`);
  });

  it.each<[string, object]>([
    ['empty', { crit: [] }],
    ['not a list', { crit: 'exp' }],
    ['about b64', { crit: ['b64'], b64: false }],
  ])('with a crit that is %s', async (_what, header) => {
    await expectRefused(target, `Bearer ${unsigned({ alg: 'RS256', kid, ...header })}.AAAA`);
  });

  it('that is encrypted to the public key of FusionAuth instead of signed', async () => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    const encrypted = await new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid })
      .encrypt(publicKey);
    await expectRefused(target, `Bearer ${encrypted}`);
  });

  it.each([
    'eyJ.eyJ.eyJ',
    'eyJhbGciOiJSUzI1NiJ9..',
    'eyJhbGciOiJSUzI1NiJ9.e30.',
    'eyJhbGciOiJSUzI1NiJ9.bm90IEpTT04.AAAA',
    'eyJhbGciOiJSUzI1NiJ9.W10.AAAA',
    'eyJub3RoaW5nIjoxfQ.e30.AAAA',
    '.e30.AAAA',
    '...',
    'e30.e30.e30',
  ])('that is malformed: %s', async (token) => {
    await expectRefused(target, `Bearer ${token}`);
  });
});
