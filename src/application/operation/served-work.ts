/**
 * What has been done for each of those who take turns, so that whoever had least goes first. Only what somebody had
 * beyond an equal share counts: nobody saves up turns by waiting, and newcomers hold nobody up for ever.
 */
export class ServedWork {
  /** In units, on the scale of {@link #equalShare}. */
  readonly #served = new Map<object | string, number>();
  /** What somebody would have had by now who had waited all the time. */
  #equalShare = 0;
  #mostRemembered = leastRemembered;
  #waiting = 0;

  /** How many are remembered: at least those who had more than an equal share. */
  get remembered(): number {
    return this.#served.size;
  }

  /** @returns the order of somebody's turn: lower ones come first. */
  of(whom: object | string): number {
    return Math.max(this.#equalShare, this.#served.get(whom) ?? 0);
  }

  /** Whether somebody had no more than an equal share. */
  isWithinShare(whom: object | string): boolean {
    return (this.#served.get(whom) ?? 0) <= this.#equalShare;
  }

  /** One more begins to wait. */
  waits(): void {
    this.#waiting++;
  }

  /** Counts work of somebody who does not wait any more. */
  count(whom: object | string, units: number): void {
    this.#served.set(whom, this.of(whom) + units);
    this.#equalShare += units / (this.#waiting + 1);
    if (this.#served.size > this.#mostRemembered) this.#forget();
  }

  /** One less waits. */
  stopsWaiting(): void {
    this.#waiting--;
  }

  /** Doubling the bound makes it cheap on average, however many are beyond their share. */
  #forget(): void {
    for (const [whom, units] of this.#served) if (units <= this.#equalShare) this.#served.delete(whom);
    this.#mostRemembered = Math.max(leastRemembered, 2 * this.#served.size);
  }
}

const leastRemembered = 100;
