/** How many are remembered: about 1 MB. */
const maxRemembered = 10_000;

/**
 * The latest deliveries that were taken well, by the id of their event and by the hash of their body. Whoever has kept
 * one and sends it again, or its signature with something else, reports nothing that was lost.
 */
export class HandledDeliveries {
  /** In the order in which they came. */
  readonly #known = new Set<string>();

  add(...marks: readonly (string | null)[]): void {
    for (const mark of marks) {
      if (mark === null) continue;
      this.#known.delete(mark);
      this.#known.add(mark);
    }
    for (const oldest of this.#known) {
      if (this.#known.size <= maxRemembered) return;
      this.#known.delete(oldest);
    }
  }

  has(mark: string | null): boolean {
    return mark !== null && this.#known.has(mark);
  }
}
