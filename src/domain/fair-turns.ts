/**
 * Bounds how many pieces of work run at the same time. Each operation waits in a line of its own, and a free place goes
 * to the next line. An operation with hundreds of calls therefore delays an operation with a single call by one turn at
 * most.
 */
export class FairTurns {
  /** The lines in the order of their turns. No line is empty. */
  readonly #lines = new Map<object | string, (() => void)[]>();
  #free: number;
  #waiting = 0;

  constructor(
    maxAtOnce: number,
    private readonly maxWaiting: number,
  ) {
    this.#free = maxAtOnce;
  }

  /** True when no more may wait. */
  get isFull(): boolean {
    return this.#free === 0 && this.#waiting >= this.maxWaiting;
  }

  get waitingCount(): number {
    return this.#waiting;
  }

  /**
   * Takes a place, which {@link leave} gives back.
   * @param whom The owner of the line in which it waits.
   * @returns undefined when there is a place at once.
   */
  enter(whom: object | string): Promise<void> | undefined {
    if (this.#free === 0) return this.#wait(whom);
    this.#free--;
    return undefined;
  }

  #wait(whom: object | string): Promise<void> {
    this.#waiting++;
    return new Promise((resolve) => {
      const line = this.#lines.get(whom);
      if (line === undefined) this.#lines.set(whom, [resolve]);
      else line.push(resolve);
    });
  }

  /** Hands the free place over, so that no newcomer gets it first. */
  leave(): void {
    for (const [whom, line] of this.#lines) {
      const start = line.shift();
      this.#lines.delete(whom);
      if (line.length > 0) this.#lines.set(whom, line);
      if (start === undefined) continue;
      this.#waiting--;
      start();
      return;
    }
    this.#free++;
  }
}
