interface Waiting {
  readonly units: number;
  readonly resume: () => void;
}

/** What waits for one operation. What came before `next` has had its turn. */
interface Line {
  readonly waiting: Waiting[];
  next: number;
}

/**
 * Shares the event loop between all operations of the process: after so much work, in units, the rest waits for the
 * next turn, so that timers, connections and health checks have theirs. The operations that wait go one after the
 * other, each with one piece of its work: one with thousands of pieces holds up another by one piece at a time. The
 * work that operations may ask for bounds how many pieces wait.
 */
export class LoopTurns {
  /** The line whose turn is next comes first. No line is empty. */
  readonly #lines = new Map<object, Line>();
  #unitsOfTurn = 0;
  #isArmed = false;

  constructor(private readonly maxUnitsOfTurn: number) {}

  /**
   * @param whom The operation.
   * @returns undefined when the work may begin at once.
   */
  take(whom: object, units: number): Promise<void> | undefined {
    if (this.#lines.size === 0 && this.#hasRoomFor(units)) {
      this.#begin(units);
      return undefined;
    }
    return new Promise((resume) => {
      const line = this.#lines.get(whom);
      if (line === undefined) this.#lines.set(whom, { waiting: [{ units, resume }], next: 0 });
      else line.waiting.push({ units, resume });
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
    // A line that goes to the end is met again.
    for (const [whom, line] of this.#lines) {
      const first = line.waiting[line.next];
      if (first !== undefined) {
        if (!this.#hasRoomFor(first.units)) break;
        this.#begin(first.units);
        line.next++;
        first.resume();
      }
      this.#lines.delete(whom);
      if (line.next < line.waiting.length) this.#lines.set(whom, line);
    }
  }
}
