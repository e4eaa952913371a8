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
 *
 * Light operations, such as logins, have half of each turn before the others: behind a hundred long ones they would wait
 * for a hundred turns.
 */
export class LoopTurns {
  /** The line whose turn is next comes first. No line is empty. */
  readonly #lines = new Map<object, Line>();
  readonly #lightLines = new Map<object, Line>();
  #unitsOfTurn = 0;
  #lightUnitsOfTurn = 0;
  #isArmed = false;

  constructor(private readonly maxUnitsOfTurn: number) {}

  /**
   * @param whom The operation.
   * @param isLight Whether it has done little so far.
   * @returns undefined when the work may begin at once.
   */
  take(whom: object, units: number, isLight = false): Promise<void> | undefined {
    if (isLight && this.#lightLines.size === 0 && this.#hasLightRoomFor(units)) {
      this.#beginLight(units);
      return undefined;
    }
    if (this.#lines.size + this.#lightLines.size === 0 && this.#hasRoomFor(units)) {
      this.#begin(units);
      return undefined;
    }
    const lines = isLight ? this.#lightLines : this.#lines;
    return new Promise((resume) => {
      const line = lines.get(whom);
      if (line === undefined) lines.set(whom, { waiting: [{ units, resume }], next: 0 });
      else line.waiting.push({ units, resume });
      this.#arm();
    });
  }

  /** Work that is more than a whole turn gets one of its own. */
  #hasRoomFor(units: number): boolean {
    return this.#unitsOfTurn === 0 || this.#unitsOfTurn + units <= this.maxUnitsOfTurn;
  }

  #hasLightRoomFor(units: number): boolean {
    return this.#lightUnitsOfTurn + units <= this.maxUnitsOfTurn / 2;
  }

  #begin(units: number): void {
    this.#unitsOfTurn += units;
    this.#arm();
  }

  #beginLight(units: number): void {
    this.#lightUnitsOfTurn += units;
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
    this.#lightUnitsOfTurn = 0;
    serve(this.#lightLines, (units) => {
      const fits = this.#hasLightRoomFor(units);
      if (fits) this.#beginLight(units);
      return fits;
    });
    // Light work that is more than its half waits with the rest.
    for (const lines of [this.#lightLines, this.#lines]) {
      serve(lines, (units) => {
        const fits = this.#hasRoomFor(units);
        if (fits) this.#begin(units);
        return fits;
      });
    }
  }
}

/** Resumes one piece of each line after the other, as long as they may begin. */
function serve(lines: Map<object, Line>, begin: (units: number) => boolean): void {
  // A line that goes to the end is met again.
  for (const [whom, line] of lines) {
    const first = line.waiting[line.next];
    if (first !== undefined) {
      if (!begin(first.units)) break;
      line.next++;
      first.resume();
    }
    lines.delete(whom);
    if (line.next < line.waiting.length) lines.set(whom, line);
  }
}
