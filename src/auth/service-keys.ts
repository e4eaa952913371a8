import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller, CallerRights, ServiceCaller } from '../domain/caller.js';
import type { Clock } from '../domain/ports/clock.js';

/** A service key as configured: the key itself is known only to the service that uses it. */
export interface ServiceKey extends CallerRights {
  /** SHA-256 of the key. Enough for keys of high entropy, which nobody can guess from a hash. */
  readonly sha256: Buffer;
}

export function hashServiceKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Names of keys, by what a new list of them means. */
export interface ServiceKeyChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The same key with other rights. */
  readonly changed: readonly string[];
}

/** Recognises services by their keys. Several keys may be valid for one service, so that a key can be replaced. */
export class ServiceKeyAuthenticator {
  #keys: readonly KeyInForce[];
  /** The callbacks for when a key is no longer in force with these rights. */
  readonly #endings = new Map<symbol, Set<() => void>>();

  constructor(
    keys: readonly ServiceKey[],
    private readonly clock: Clock,
  ) {
    this.#keys = keys.map(inForce);
  }

  /** The keys in force, expired ones included. */
  get keys(): readonly ServiceKey[] {
    return this.#keys.map(({ key }) => key);
  }

  /**
   * @returns null when the key is unknown or has expired. Compares hashes in constant time and looks at every key, so
   * that the time taken reveals nothing about the keys.
   */
  authenticate(presentedKey: string): ServiceCaller | null {
    const presented = hashServiceKey(presentedKey);
    let found: KeyInForce | null = null;
    for (const configured of this.#keys) {
      if (timingSafeEqual(presented, configured.key.sha256)) found = configured;
    }
    if (found === null) return null;
    const { name, expiresAt, permissions, tenantIds, applicationIds } = found.key;
    if (expiresAt !== null && this.clock.now() >= expiresAt) return null;
    const { credential } = found;
    return { kind: 'service', name, expiresAt, permissions, tenantIds, applicationIds, credential };
  }

  /** From now on these keys are in force, and no others. */
  replace(keys: readonly ServiceKey[]): ServiceKeyChanges {
    const before = new Map(this.#keys.map((known) => [hexOf(known.key), known]));
    const after = new Map(keys.map((key) => [hexOf(key), key]));
    const isSame = (key: ServiceKey) => {
      const known = before.get(hexOf(key));
      return known !== undefined && rightsOf(known.key) === rightsOf(key) ? known : null;
    };
    const ended = this.#keys.filter(({ key }) => {
      const next = after.get(hexOf(key));
      return next === undefined || isSame(next) === null;
    });
    this.#keys = keys.map((key) => isSame(key) ?? inForce(key));
    for (const { credential } of ended) {
      for (const callback of [...(this.#endings.get(credential) ?? [])]) callback();
      this.#endings.delete(credential);
    }
    return {
      added: keys.filter((key) => !before.has(hexOf(key))).map(({ name }) => name),
      removed: ended.filter(({ key }) => !after.has(hexOf(key))).map(({ key }) => key.name),
      changed: ended.filter(({ key }) => after.has(hexOf(key))).map(({ key }) => key.name),
    };
  }

  /**
   * Calls back once, when the key that a caller was recognised by is not in force any more, or has other rights.
   * @returns a function that stops watching.
   */
  onEnded(caller: Caller, callback: () => void): () => void {
    if (caller.kind !== 'service' || caller.credential === undefined) return () => undefined;
    const { credential } = caller;
    // It may have gone since the caller was recognised.
    if (!this.#keys.some((known) => known.credential === credential)) {
      callback();
      return () => undefined;
    }
    const callbacks = this.#endings.get(credential) ?? new Set();
    this.#endings.set(credential, callbacks.add(callback));
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0) this.#endings.delete(credential);
    };
  }
}

interface KeyInForce {
  readonly key: ServiceKey;
  /** Stands for the key with these rights. */
  readonly credential: symbol;
}

function inForce(key: ServiceKey): KeyInForce {
  return { key, credential: Symbol(key.name) };
}

function hexOf({ sha256 }: ServiceKey): string {
  return sha256.toString('hex');
}

function rightsOf({ name, expiresAt, permissions, tenantIds, applicationIds }: ServiceKey): string {
  const sorted = (set: ReadonlySet<string> | null) => (set === null ? null : [...set].sort());
  return JSON.stringify([name, expiresAt, sorted(permissions), sorted(tenantIds), sorted(applicationIds)]);
}
