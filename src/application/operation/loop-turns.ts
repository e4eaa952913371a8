interface Waiting {
  readonly units: number;
  readonly resume: () => void;
}

/**
 * Shares the event loop between all operations of the process: after so much work, in units, what follows waits for the
 * next turn, so that timers, connections and health checks have theirs. First come, first served. How many wait is
 * bounded by the work that operations may ask for.
 */
export class LoopTurns {
  readonly #waiting: Waiting[] = [];
  #unitsOfTurn = 0;
  #isArmed = false;

  constructor(private readonly maxUnitsOfTurn: number) {}

  /** Undefined when the work may begin at once. */
  take(units: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#hasRoomFor(units)) {
      this.#begin(units);
      return undefined;
    }
    return new Promise((resume) => {
      this.#waiting.push({ units, resume });
      this.#arm();
    });
  }

  /** Work that is more than a whole turn gets one of its own. */
  #hasRoomFor(units: number): boolean {
    return this.#unitsOfTurn === 0 || this.#unitsOfTurn + units <= this.maxUnitsOfTurn;
  }

  #begin(units: number): void {
    this.#unitsOfTurn += units;
    this.#arm();
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setImmediate(() => this.#onTurn());
  }

  #onTurn(): void {
    this.#isArmed = false;
    this.#unitsOfTurn = 0;
    let begun = 0;
    for (const { units, resume } of this.#waiting) {
      if (!this.#hasRoomFor(units)) break;
      this.#begin(units);
      resume();
      begun++;
    }
    this.#waiting.splice(0, begun);
  }
}
