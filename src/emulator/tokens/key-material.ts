import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  importPKCS8,
  importSPKI,
  type JWK,
} from 'jose';
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
  /** The public key where only that is known: what it is asked to sign fails. */
  readonly signingKey: CryptoKey | Uint8Array;
  readonly verifyingKey: CryptoKey | Uint8Array;
  /** Absent for HMAC, which is never published. */
  readonly publicJwk?: JWK;
  readonly publicKeyPem?: string;
  readonly secret?: string;
}

/** What to import: an HMAC secret, or the PEM texts of a key pair; without the private key it can only verify. */
export type ImportedKey =
  | { readonly secret: string; readonly kid?: string | undefined }
  | { readonly privateKey: string | undefined; readonly publicKey: string; readonly kid?: string | undefined };

/** A key as a snapshot holds it, secret parts included. */
export type SavedMaterial = { readonly kid: string } & (
  | { readonly secret: string }
  | { readonly privateJwk: JWK; readonly publicJwk: JWK }
);

export async function generateMaterial(algorithm: KeyAlgorithm, length: number | undefined): Promise<KeyMaterial> {
  if (isHmac(algorithm)) {
    return hmacMaterial(algorithm, randomBytes(64).toString('base64'), undefined);
  }
  const options = { modulusLength: length ?? 2_048, extractable: true };
  const { privateKey, publicKey } = await generateKeyPair(jwsAlgorithmOf(algorithm), options);
  return asymmetricMaterial(algorithm, privateKey, publicKey, undefined);
}

export async function importMaterial(algorithm: KeyAlgorithm, imported: ImportedKey): Promise<KeyMaterial> {
  if ('secret' in imported) {
    return hmacMaterial(algorithm, imported.secret, imported.kid);
  }
  const options = { extractable: true };
  const publicKey = await importSPKI(spkiOf(imported.publicKey), jwsAlgorithmOf(algorithm), options);
  const privateKey =
    imported.privateKey === undefined
      ? publicKey
      : await importPKCS8(pkcs8Of(imported.privateKey), jwsAlgorithmOf(algorithm), options);
  return asymmetricMaterial(algorithm, privateKey, publicKey, imported.kid);
}

/** Also of the older PEM texts, such as "RSA PRIVATE KEY". */
function pkcs8Of(pem: string): string {
  return createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Also of the older PEM texts and of certificates. */
function spkiOf(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
}

export function hmacMaterial(algorithm: KeyAlgorithm, secret: string, kid: string | undefined): KeyMaterial {
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

export async function saveMaterial({ kid, secret, signingKey, verifyingKey }: KeyMaterial): Promise<SavedMaterial> {
  return secret === undefined
    ? { kid, privateJwk: await exportJWK(signingKey), publicJwk: await exportJWK(verifyingKey) }
    : { kid, secret };
}

export async function loadMaterial(algorithm: KeyAlgorithm, saved: SavedMaterial): Promise<KeyMaterial> {
  if ('secret' in saved) {
    return hmacMaterial(algorithm, saved.secret, saved.kid);
  }
  const options = { extractable: true };
  const privateKey = await importJWK(saved.privateJwk, jwsAlgorithmOf(algorithm), options);
  const publicKey = await importJWK(saved.publicJwk, jwsAlgorithmOf(algorithm), options);
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) {
    throw new TypeError(`The key ${saved.kid} is no key pair`);
  }
  return asymmetricMaterial(algorithm, privateKey, publicKey, saved.kid);
}
