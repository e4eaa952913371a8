import type { JWK } from 'jose';
import type { MovableClock } from '../clock.js';
import { defaultSigningKeyId, shadowKeys } from '../store/defaults.js';
import { newId } from '../store/new-id.js';
import {
  generateMaterial,
  hmacMaterial,
  type ImportedKey,
  importMaterial,
  type KeyAlgorithm,
  type KeyMaterial,
  loadMaterial,
  type SavedMaterial,
  saveMaterial,
} from './key-material.js';

export interface SigningKey {
  readonly id: string;
  name: string;
  readonly algorithm: KeyAlgorithm;
  /** RSA modulus length in bits. */
  readonly length: number | undefined;
  readonly insertInstant: number;
  lastUpdateInstant: number;
  /** False where only the public key is known. */
  readonly canSign: boolean;
  /** Makes the key on first use and the same one from then on. */
  readonly material: () => Promise<KeyMaterial>;
}

interface KeyRequest {
  readonly id?: string | undefined;
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly length?: number | undefined;
}

/** A signing key as a snapshot holds it. */
export type SavedKey = Omit<SigningKey, 'material'> & { readonly material: SavedMaterial };

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
    return this.#add(request, true, () => generateMaterial(request.algorithm, request.length));
  }

  import(request: KeyRequest, imported: ImportedKey): SigningKey {
    const canSign = 'secret' in imported || imported.privateKey !== undefined;
    return this.#add(request, canSign, () => importMaterial(request.algorithm, imported));
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
    return this.#keys.get(id)?.canSign === true || shadowKeys[id] !== undefined;
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

  /** Every key with its secret parts. Keys that nobody needed so far are generated for it. */
  save(): Promise<SavedKey[]> {
    return Promise.all(
      this.all().map(async ({ material, ...key }) => ({ ...key, material: await saveMaterial(await material()) })),
    );
  }

  /** Has these keys alone. @throws when one of them cannot be read; nothing has changed then. */
  async load(saved: readonly SavedKey[]): Promise<void> {
    const keys = await Promise.all(
      saved.map(async ({ material, ...key }): Promise<SigningKey> => {
        const loaded = await loadMaterial(key.algorithm, material);
        return { ...key, material: async () => loaded };
      }),
    );
    this.#keys.clear();
    for (const key of keys) {
      this.#keys.set(key.id, key);
    }
  }

  #materials(): Promise<KeyMaterial[]> {
    return Promise.all(this.all().map((key) => key.material()));
  }

  #add({ id, name, algorithm, length }: KeyRequest, canSign: boolean, make: () => Promise<KeyMaterial>): SigningKey {
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
      canSign,
      insertInstant: now,
      lastUpdateInstant: now,
      material,
    };
    this.#keys.set(key.id, key);
    return key;
  }
}
