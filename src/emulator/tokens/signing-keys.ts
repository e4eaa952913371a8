import { randomBytes } from 'node:crypto';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  importSPKI,
  type JWK,
} from 'jose';
import type { MovableClock } from '../clock.js';
import { defaultSigningKeyId, shadowKeys } from '../store/defaults.js';
import { newId } from '../store/new-id.js';

/** FusionAuth's names of key algorithms. Its `Ed25519` signs as `EdDSA` (RFC 8037). */
export const keyAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'HS256',
  'HS384',
  'HS512',
] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

export interface KeyMaterial {
  readonly kid: string;
  /** The `alg` of what it signs. */
  readonly jwsAlgorithm: string;
  readonly signingKey: CryptoKey | Uint8Array;
  readonly verifyingKey: CryptoKey | Uint8Array;
  /** Absent for HMAC, which is never published. */
  readonly publicJwk?: JWK;
  readonly publicKeyPem?: string;
  readonly secret?: string;
}

export interface SigningKey {
  readonly id: string;
  name: string;
  readonly algorithm: KeyAlgorithm;
  /** RSA modulus length in bits. */
  readonly length: number | undefined;
  readonly insertInstant: number;
  lastUpdateInstant: number;
  /** Makes the key on first use and the same one from then on. */
  readonly material: () => Promise<KeyMaterial>;
}

export interface KeyRequest {
  readonly id?: string | undefined;
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly length?: number | undefined;
}

/** What to import: an HMAC secret, or the PEM texts of a key pair. */
export type ImportedKey =
  | { readonly secret: string; readonly kid?: string | undefined }
  | { readonly privateKey: string; readonly publicKey: string; readonly kid?: string | undefined };

/**
 * The instance's signing keys by id. Like an installation since FusionAuth 1.50.0 it starts with one RSA pair. A key is
 * generated when it is first needed: most uses of the emulator never sign anything.
 */
export class SigningKeys {
  readonly #keys = new Map<string, SigningKey>();
  readonly #clock: MovableClock;

  constructor(clock: MovableClock) {
    this.#clock = clock;
    this.generate({ id: defaultSigningKeyId, name: 'Default signing key', algorithm: 'RS256', length: 2_048 });
  }

  generate(request: KeyRequest): SigningKey {
    return this.#add(request, () => generateMaterial(request.algorithm, request.length));
  }

  import(request: KeyRequest, imported: ImportedKey): SigningKey {
    return this.#add(request, () => importMaterial(request.algorithm, imported));
  }

  get(id: string): SigningKey | undefined {
    return this.#keys.get(id);
  }

  all(): SigningKey[] {
    return [...this.#keys.values()];
  }

  delete(id: string): boolean {
    return this.#keys.delete(id);
  }

  /** True for a key that tokens can be signed with: one of the instance's own, or a shadow key. */
  has(id: string): boolean {
    return this.#keys.has(id) || shadowKeys[id] !== undefined;
  }

  /**
   * The material of the key with this id. Without an id, or with that of a deleted key, of the default key; for a shadow
   * key the client secret, which `clientSecret` must give then.
   */
  async material(id: string | undefined, clientSecret?: string): Promise<KeyMaterial> {
    const shadow = shadowKeys[id ?? ''];
    if (shadow !== undefined && id !== undefined) {
      if (clientSecret === undefined) {
        throw new Error(`Key ${id} signs with a client secret, and there is no client here`);
      }
      return hmacMaterial(shadow, clientSecret, id);
    }
    const key = this.#keys.get(id ?? defaultSigningKeyId) ?? this.#keys.get(defaultSigningKeyId);
    if (key === undefined) {
      throw new Error('The default signing key was deleted');
    }
    return key.material();
  }

  async findByKid(kid: string | undefined): Promise<KeyMaterial | undefined> {
    return (await this.#materials()).find((material) => material.kid === kid);
  }

  /** The public keys, as `/.well-known/jwks.json` shows them. Certificate members (`x5c`, `x5t`) are left out. */
  async jwks(): Promise<{ keys: JWK[] }> {
    return { keys: (await this.#materials()).flatMap(({ publicJwk }) => publicJwk ?? []) };
  }

  #materials(): Promise<KeyMaterial[]> {
    return Promise.all(this.all().map((key) => key.material()));
  }

  #add({ id, name, algorithm, length }: KeyRequest, make: () => Promise<KeyMaterial>): SigningKey {
    const now = this.#clock.now();
    let made: Promise<KeyMaterial> | undefined;
    const material = () => {
      made ??= make();
      return made;
    };
    const key = {
      id: id ?? newId(),
      name,
      algorithm,
      length,
      insertInstant: now,
      lastUpdateInstant: now,
      material,
    };
    this.#keys.set(key.id, key);
    return key;
  }
}

async function generateMaterial(algorithm: KeyAlgorithm, length: number | undefined): Promise<KeyMaterial> {
  if (isHmac(algorithm)) {
    return hmacMaterial(algorithm, randomBytes(64).toString('base64'), undefined);
  }
  const options = { modulusLength: length ?? 2_048, extractable: true };
  const { privateKey, publicKey } = await generateKeyPair(jwsAlgorithmOf(algorithm), options);
  return asymmetricMaterial(algorithm, privateKey, publicKey, undefined);
}

async function importMaterial(algorithm: KeyAlgorithm, imported: ImportedKey): Promise<KeyMaterial> {
  if ('secret' in imported) {
    return hmacMaterial(algorithm, imported.secret, imported.kid);
  }
  const options = { extractable: true };
  const privateKey = await importPKCS8(imported.privateKey, jwsAlgorithmOf(algorithm), options);
  const publicKey = await importSPKI(imported.publicKey, jwsAlgorithmOf(algorithm), options);
  return asymmetricMaterial(algorithm, privateKey, publicKey, imported.kid);
}

function hmacMaterial(algorithm: KeyAlgorithm, secret: string, kid: string | undefined): KeyMaterial {
  const key = new TextEncoder().encode(secret);
  return { kid: kid ?? newId(), jwsAlgorithm: algorithm, signingKey: key, verifyingKey: key, secret };
}

async function asymmetricMaterial(
  algorithm: KeyAlgorithm,
  signingKey: CryptoKey,
  verifyingKey: CryptoKey,
  givenKid: string | undefined,
): Promise<KeyMaterial> {
  const jwsAlgorithm = jwsAlgorithmOf(algorithm);
  const jwk = await exportJWK(verifyingKey);
  const kid = givenKid ?? (await calculateJwkThumbprint(jwk));
  return {
    kid,
    jwsAlgorithm,
    signingKey,
    verifyingKey,
    publicJwk: { alg: jwsAlgorithm, kid, use: 'sig', ...jwk },
    publicKeyPem: await exportSPKI(verifyingKey),
  };
}

export function isHmac(algorithm: KeyAlgorithm): boolean {
  return algorithm.startsWith('HS');
}

function jwsAlgorithmOf(algorithm: KeyAlgorithm): string {
  return algorithm === 'Ed25519' ? 'EdDSA' : algorithm;
}
