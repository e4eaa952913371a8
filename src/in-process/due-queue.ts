interface Entry<Key> {
  readonly key: Key;
  readonly dueAt: number;
}

/**
 * A binary heap of keys in the order in which they are due. A key that is moved leaves a dead entry behind, which is
 * skipped.
 */
export class DueQueue<Key> {
  #heap: Entry<Key>[] = [];
  readonly #dueAt = new Map<Key, number>();

  get size(): number {
    return this.#dueAt.size;
  }

  set(key: Key, dueAt: number): void {
    if (this.#dueAt.get(key) === dueAt) return;
    this.#dueAt.set(key, dueAt);
    this.#push({ key, dueAt });
    // Dead entries must not outgrow the live ones.
    if (this.#heap.length > 2 * this.#dueAt.size + 1_000) this.#rebuild();
  }

  delete(key: Key): void {
    this.#dueAt.delete(key);
  }

  /** The first one, which stays; undefined when there is none. */
  first(): Entry<Key> | undefined {
    for (let [top] = this.#heap; top !== undefined; [top] = this.#heap) {
      if (this.#dueAt.get(top.key) === top.dueAt) return top;
      this.#pop();
    }
    return undefined;
  }

  #rebuild(): void {
    this.#heap = [...this.#dueAt].map(([key, dueAt]) => ({ key, dueAt })).sort((one, other) => one.dueAt - other.dueAt);
  }

  #push(entry: Entry<Key>): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.dueAt <= entry.dueAt) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      const [left, right] = [heap[below], heap[below + 1]];
      const child = right !== undefined && left !== undefined && right.dueAt < left.dueAt ? below + 1 : below;
      const smaller = heap[child];
      if (smaller === undefined || smaller.dueAt >= last.dueAt) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
  }
}
