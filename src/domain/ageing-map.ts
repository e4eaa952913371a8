/**
 * A Map that knows its oldest key, for memories that forget the oldest entry when they learn something new. In a plain
 * Map, V8 finds the first key by stepping over every key deleted before it: adding one entry and forgetting one takes 6
 * µs in a map of 10,000 and 10 µs in one of 100,000, against 0.2 and 1 µs here.
 */
export class AgeingMap<Key, Value> extends Map<Key, Value> {
  /**
   * An iterator that stands at the oldest key, and moves on when that is deleted. Null until somebody asks for the
   * oldest.
   */
  #walk: { readonly keys: Iterator<Key>; readonly key: Key } | null = null;

  /** Undefined when there is none. */
  get oldest(): Key | undefined {
    this.#walk ??= stepOf(this.keys());
    return this.#walk?.key;
  }

  /** The value of the oldest key. */
  get oldestValue(): Value | undefined {
    const { oldest } = this;
    return oldest === undefined ? undefined : this.get(oldest);
  }

  /** Forgets the oldest entries, up to the first one that `isToGo` keeps. */
  forgetWhile(isToGo: (value: Value) => boolean): void {
    for (;;) {
      const { oldest, oldestValue } = this;
      if (oldest === undefined || oldestValue === undefined || !isToGo(oldestValue)) return;
      this.delete(oldest);
    }
  }

  override delete(key: Key): boolean {
    const isDeleted = super.delete(key);
    if (isDeleted && this.#walk !== null && this.#walk.key === key) this.#walk = stepOf(this.#walk.keys);
    return isDeleted;
  }

  override clear(): void {
    super.clear();
    this.#walk = null;
  }
}

function stepOf<Key>(keys: Iterator<Key>): { readonly keys: Iterator<Key>; readonly key: Key } | null {
  const { done, value } = keys.next();
  return done === true ? null : { keys, key: value };
}
