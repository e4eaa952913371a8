/** How many marks are remembered, in about 1 MB. */
const maxRemembered = 10_000;

/**
 * The marks of the latest deliveries that were handled: the id of the event and the hash of the body. A copy of such a
 * delivery, or its signature with another body, reports nothing that was lost.
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
