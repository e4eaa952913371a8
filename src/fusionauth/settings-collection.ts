import pLimit from 'p-limit';
import type { Clock } from '../domain/ports/clock.js';
import { BackOff } from './back-off.js';
import { SettingsCache } from './settings-cache.js';
import type { UpstreamOperation } from './transport-call.js';

interface SettingsCollectionOptions<Id, Item> {
  readonly clock: Clock;
  /** How old a value may be before it is read anew, in milliseconds. */
  readonly maxAgeMs: number;
  /** Reads all items by one call. Null: items are always read one by one. */
  readonly list: ((operation: UpstreamOperation) => Promise<ReadonlyMap<Id, Item> | Unlisted>) | null;
  /** Reads one, or null when it does not exist. */
  readonly find: (id: Id, operation: UpstreamOperation) => Promise<Item | null>;
  readonly onFailure: (error: unknown, olderValueIsUsed: boolean) => void;
}

/** The state of a collection that no single call lists, so that its items are read one by one. */
export class Unlisted {
  /** @param because Why FusionAuth did not list all. */
  constructor(
    readonly because: 'refused' | 'slow' | 'tooLarge',
    readonly error: unknown,
  ) {}

  /** How long listing all is not tried again, in milliseconds. */
  get maxAgeMs(): number {
    return this.because === 'slow' ? 60_000 : 600_000;
  }
}

/** How many items that are read one by one are kept. */
const maxKeptItems = 2_000;

/** How many items are read at the same time, and how many may wait. A further one is not read. */
const maxConcurrentReads = 4;
const maxWaitingReads = 1_000;

/**
 * Caches applications or tenants. A small collection is read whole by one call. A large one would cost FusionAuth and
 * this process many megabytes each time, so only the items that sessions name are read, one by one, and the latest of
 * them are kept.
 */
export class SettingsCollection<Id extends string, Item> {
  readonly #options: SettingsCollectionOptions<Id, Item>;
  readonly #all: SettingsCache<ReadonlyMap<Id, Item> | Unlisted> | null;
  readonly #caches = new Map<Id, SettingsCache<Item | null>>();
  /** The items read one by one. Always the same map. */
  readonly #found = new Map<Id, Item>();
  readonly #inTurn = pLimit(maxConcurrentReads);
  readonly #backOff: BackOff;

  constructor(options: SettingsCollectionOptions<Id, Item>) {
    this.#options = options;
    const { clock, maxAgeMs, list, onFailure } = options;
    this.#backOff = new BackOff(clock);
    this.#all =
      list &&
      new SettingsCache({
        clock,
        maxAgeMs: (listed) => (listed instanceof Unlisted ? listed.maxAgeMs : maxAgeMs),
        fetch: async (operation) => {
          const listed = await list(operation);
          // One slow or odd answer must not change what is shown: an earlier list serves as in any other outage.
          const isKept = this.#list !== undefined && listed instanceof Unlisted && listed.because !== 'tooLarge';
          if (isKept) throw listed.error;
          // An operation that has waited for the list does not wait for single items, too.
          if (listed instanceof Unlisted && listed.because === 'slow') this.#backOff.isSlow = true;
          return listed;
        },
        backOff: new BackOff(clock),
        onFailure,
      });
  }

  /** True when the whole collection is known. */
  get isWhole(): boolean {
    return this.#list !== undefined;
  }

  /** The items that have been read so far. */
  get known(): ReadonlyMap<Id, Item> {
    return this.#list ?? this.#found;
  }

  /** Whether the whole collection, or at least this item, is known and young enough. */
  isFresh(id: Id | null): boolean {
    if (this.#list !== undefined) return this.#all?.isFresh === true;
    return id !== null && this.#all === null && this.#caches.get(id)?.isFresh === true;
  }

  get #list(): ReadonlyMap<Id, Item> | undefined {
    const latest = this.#all?.latest;
    return latest instanceof Unlisted ? undefined : latest;
  }

  /** Reads the collection by one call, unless it is known already or cannot be listed. */
  async prepare(operation: UpstreamOperation): Promise<void> {
    await this.#all?.read(operation);
  }

  /**
   * Reads those of these items that are not known.
   * @throws when some could not be read. The others may be known then.
   */
  async ensure(ids: readonly Id[], operation: UpstreamOperation): Promise<void> {
    await this.prepare(operation);
    if (this.isWhole) return;
    const failures: unknown[] = [];
    await Promise.all(
      ids.map((id) =>
        this.#cacheOf(id)
          .read(operation)
          .catch((error: unknown) => {
            this.#found.delete(id);
            failures.push(error);
          }),
      ),
    );
    if (failures.length > 0) throw failures[0];
  }

  #cacheOf(id: Id): SettingsCache<Item | null> {
    const known = this.#caches.get(id);
    const { clock, maxAgeMs, onFailure } = this.#options;
    const cache =
      known ??
      new SettingsCache<Item | null>({
        clock,
        maxAgeMs: () => maxAgeMs,
        fetch: (operation) => this.#read(id, operation),
        backOff: this.#backOff,
        onFailure,
      });
    // The map is in the order of use, and its first entry is forgotten when there is no room.
    this.#caches.delete(id);
    this.#caches.set(id, cache);
    const [oldest] = this.#caches.keys();
    if (this.#caches.size > maxKeptItems && oldest !== undefined) {
      this.#caches.delete(oldest);
      this.#found.delete(oldest);
    }
    return cache;
  }

  async #read(id: Id, operation: UpstreamOperation): Promise<Item | null> {
    if (this.#inTurn.pendingCount >= maxWaitingReads) throw new Error('Too many settings wait to be read');
    const item = await this.#inTurn(() => {
      const { resting } = this.#backOff;
      if (resting !== undefined) throw resting.error;
      return this.#options.find(id, operation);
    });
    if (item === null) this.#found.delete(id);
    else if (this.#caches.has(id)) this.#found.set(id, item);
    return item;
  }
}
