/** The indexes of entries by their subject, such as a user. */
export class IndexesBy<Id> {
  readonly #indexesOf = new Map<Id, OrderedIndexes>();

  /** @param index Greater than those added before. @param id Null for an entry about no known one. */
  add(id: Id | null, index: number): void {
    if (id === null) return;
    const indexes = this.#indexesOf.get(id) ?? new OrderedIndexes();
    this.#indexesOf.set(id, indexes);
    indexes.add(index);
  }

  /** Records that an entry was forgotten. @param isKept Whether an index is still remembered. */
  forgetOne(id: Id | null, isKept: (index: number) => boolean): void {
    if (id !== null && this.#indexesOf.get(id)?.forgetOne(isKept) === 0) this.#indexesOf.delete(id);
  }

  /** The indexes about any of these ids, from this one on, in ascending order. Some may be of forgotten entries. */
  from(first: number, ids: Iterable<Id>): Iterable<number> {
    return merged([...ids].map((id) => this.#indexesOf.get(id)?.from(first) ?? []));
  }
}

/** The indexes of the entries about one id, in ascending order. Some may be of forgotten entries. */
class OrderedIndexes {
  #indexes: number[] = [];
  #forgotten = 0;

  /** @param index Greater than those added before. */
  add(index: number): void {
    this.#indexes.push(index);
  }

  /**
   * One of them is not remembered any more.
   * @param isKept Tells which of them are.
   * @returns how many are.
   */
  forgetOne(isKept: (index: number) => boolean): number {
    this.#forgotten++;
    // Looking at all of them costs each forgotten one no more than two steps.
    if (this.#forgotten * 2 > this.#indexes.length) {
      this.#indexes = this.#indexes.filter(isKept);
      this.#forgotten = 0;
    }
    return this.#indexes.length - this.#forgotten;
  }

  /** The indexes from this one on, without a look at earlier ones. */
  *from(first: number): Generator<number> {
    let [low, high] = [0, this.#indexes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#indexes[middle] ?? 0) < first) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#indexes.length; low++) yield this.#indexes[low] ?? 0;
  }
}

/** Merges several, in ascending order. No index may be in two of them. */
function* merged(parts: readonly Iterable<number>[]): Generator<number> {
  const heads = parts.flatMap((part) => {
    const rest = part[Symbol.iterator]();
    const { done, value } = rest.next();
    return done === true ? [] : [{ rest, index: value }];
  });
  while (heads.length > 0) {
    const least = heads.reduce((one, other) => (other.index < one.index ? other : one));
    yield least.index;
    const { done, value } = least.rest.next();
    if (done === true) heads.splice(heads.indexOf(least), 1);
    else least.index = value;
  }
}
