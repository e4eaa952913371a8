/** How many looks for a newer key may follow each other, and after how long one more is allowed, in milliseconds. */
const maxInRow = 3;
const regainMs = 30_000;
/** Keys that were fetched so lately are new enough, in milliseconds. */
const freshMs = 1_000;

/** A look among newer keys. */
interface KeyLook<Keys, Key> {
  /** When the keys were fetched last, in milliseconds on the clock of the looks. */
  readonly fetchedAtMs: number;
  /** Whether they are being fetched already. A look that shares that fetch does not count. */
  readonly isUnderWay: boolean;
  readonly fetch: () => Promise<Keys>;
  readonly find: (keys: Keys) => Promise<Key>;
}

/**
 * Bounds how often tokens with unknown key ids cause the keys to be fetched. FusionAuth signs with a new key as soon as it
 * has one, so its first token should be believed at once; but anyone can make key ids up, so looks that find nothing are
 * few: three, and one more each half minute.
 */
export class KeyLooks {
  #left = maxInRow;
  #countedAtMs: number;

  /** @param nowMs The time in milliseconds, by any clock, also one that people set. */
  constructor(private readonly nowMs: () => number) {
    this.#countedAtMs = nowMs();
  }

  /**
   * Finds the key among newer ones. A look that finds it does not count, nor one for which the keys could not be had.
   * @param missing Thrown where there may be no look.
   * @throws also the errors of fetching and of finding.
   */
  async look<Keys, Key>(missing: Error, { fetchedAtMs, isUnderWay, fetch, find }: KeyLook<Keys, Key>): Promise<Key> {
    if (isUnderWay) return find(await fetch());
    if (!this.#take(fetchedAtMs)) throw missing;
    const keys = await fetch().catch((failure: unknown) => {
      this.#giveBack();
      throw failure;
    });
    const key = await find(keys);
    this.#giveBack();
    return key;
  }

  #take(fetchedAtMs: number): boolean {
    const now = this.nowMs();
    if (Math.abs(now - fetchedAtMs) < freshMs) return false;
    const gained = Math.max(0, Math.floor((now - this.#countedAtMs) / regainMs));
    this.#left = Math.min(maxInRow, this.#left + gained);
    const isNewCount = this.#left === maxInRow || now < this.#countedAtMs;
    this.#countedAtMs = isNewCount ? now : this.#countedAtMs + gained * regainMs;
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  #giveBack(): void {
    this.#left = Math.min(maxInRow, this.#left + 1);
  }
}
