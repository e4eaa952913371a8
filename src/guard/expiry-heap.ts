import type { Instant } from '../domain/session.js';

interface Expiring {
  /** May be moved later while it is in the heap, never earlier. */
  expiresAt: Instant;
}

interface Node<Item> {
  readonly item: Item;
  readonly expiresAt: Instant;
}

/**
 * A binary heap that finds the item that expires soonest. An item whose end has moved later is put back when its turn
 * comes, so that moving it costs nothing.
 */
export class ExpiryHeap<Item extends Expiring> {
  readonly #nodes: Node<Item>[] = [];

  get size(): number {
    return this.#nodes.length;
  }

  push(item: Item): void {
    const node = { item, expiresAt: item.expiresAt };
    let index = this.#nodes.push(node) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#nodes[parentIndex];
      if (parent === undefined || parent.expiresAt <= node.expiresAt) break;
      this.#nodes[index] = parent;
      index = parentIndex;
    }
    this.#nodes[index] = node;
  }

  /** Takes out the item that expires soonest, if it does so before the instant. */
  popBefore(instant: Instant): Item | null {
    for (;;) {
      const [first] = this.#nodes;
      if (first === undefined || first.expiresAt >= instant) return null;
      this.#removeFirst();
      if (first.item.expiresAt === first.expiresAt) return first.item;
      this.push(first.item);
    }
  }

  #removeFirst(): void {
    const last = this.#nodes.pop();
    if (last === undefined || this.#nodes.length === 0) return;
    let index = 0;
    for (;;) {
      const left = this.#nodes[2 * index + 1];
      const right = this.#nodes[2 * index + 2];
      const isRight = left !== undefined && right !== undefined && right.expiresAt < left.expiresAt;
      const child = isRight ? right : left;
      if (child === undefined || child.expiresAt >= last.expiresAt) break;
      this.#nodes[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    this.#nodes[index] = last;
  }
}
