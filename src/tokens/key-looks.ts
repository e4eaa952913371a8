/** How many looks for a newer key may follow each other, and after how long one more is allowed, in milliseconds. */
const maxInRow = 3;
const regainMs = 30_000;
/** Keys that were fetched so lately are new enough, in milliseconds. */
const freshMs = 1_000;

/**
 * Says whether a token with an unknown key id may have the keys fetched. FusionAuth signs with a new key as soon as it has
 * one, so its first token should be believed at once; but anyone can make key ids up, so looks that find nothing are few:
 * three, and one more each half minute.
 */
export class KeyLooks {
  #left = maxInRow;
  #countedAtMs: number;

  /** @param nowMs By any clock, in milliseconds, also one that people set. */
  constructor(private readonly nowMs: () => number) {
    this.#countedAtMs = nowMs();
  }

  /** @param fetchedAtMs When the keys were fetched last, by the same clock. */
  take(fetchedAtMs: number): boolean {
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

  /** For a look that has found the key, or nothing at all because the keys could not be had. */
  giveBack(): void {
    this.#left = Math.min(maxInRow, this.#left + 1);
  }
}
