import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { defaultSigningKeyId } from '../store/defaults.js';

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

/**
 * The instance's signing keys by id. Like an installation since FusionAuth 1.50.0 it starts with one RSA pair, which is
 * generated when first needed: most uses of the emulator never sign anything.
 */
export class SigningKeys {
  readonly #keys = new Map<string, Promise<SigningKey>>();

  /** The key with this id. An unknown id means the default key. */
  get(id: string): Promise<SigningKey> {
    return this.#keys.get(id) ?? this.#default();
  }

  async findByKid(kid: string | undefined): Promise<SigningKey | undefined> {
    return (await this.#all()).find((key) => key.kid === kid);
  }

  /** The public keys, as `/.well-known/jwks.json` shows them. Certificate members (`x5c`, `x5t`) are left out. */
  async jwks(): Promise<{ keys: JWK[] }> {
    return { keys: (await this.#all()).map((key) => key.publicJwk) };
  }

  async #all(): Promise<SigningKey[]> {
    await this.#default();
    return Promise.all(this.#keys.values());
  }

  #default(): Promise<SigningKey> {
    const known = this.#keys.get(defaultSigningKeyId);
    if (known !== undefined) {
      return known;
    }
    const generated = generateSigningKey('RS256');
    this.#keys.set(defaultSigningKeyId, generated);
    return generated;
  }
}

async function generateSigningKey(algorithm: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { modulusLength: 2_048 });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, algorithm, privateKey, publicKey, publicJwk: { alg: algorithm, kid, use: 'sig', ...jwk } };
}
