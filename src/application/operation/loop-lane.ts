import type { ServedWork } from './served-work.js';

const unitsOfMillisecond = 1_000;

/** The share of a turn, in units: spent by estimates, or by the time since its first work began. */
export class Share {
  #units = 0;
  #beganMs: number | null = null;

  constructor(
    private readonly maxUnits: number,
    private readonly nowMs: () => number,
  ) {}

  get hasBegun(): boolean {
    return this.#beganMs !== null;
  }

  renew(): void {
    this.#units = 0;
    this.#beganMs = null;
  }

  /**
   * Spends units of the share. Work above the whole share begins only at the start of a turn. @returns false without
   * room for it in this turn.
   */
  begin(units: number): boolean {
    const nowMs = this.nowMs();
    this.#beganMs ??= nowMs;
    const spent = Math.max(this.#units, (nowMs - this.#beganMs) * unitsOfMillisecond);
    if (spent > 0 && spent + units > this.maxUnits) return false;
    this.#units += units;
    return true;
  }
}

/**
 * A caller or an operation whose pieces wait, by its name or by a small object. V8 chains the tables of a map: one that
 * has grown old keeps its successors, with the keys they ever held, until the old space is collected. Lists take an
 * eighth less CPU time than by objects that hold what an operation has read.
 */
type Owner = object | string;

interface Piece {
  readonly units: number;
  readonly resume: () => void;
}

/** The pieces of one owner. Those before `next` have had their turn. */
interface Line {
  readonly waiting: Piece[];
  next: number;
}

/** Waiting work of one kind, each owner's in a line of its own. */
export class Lane {
  /** No line is empty. A line that was served goes to the end. */
  readonly #lines = new Map<Owner, Line>();

  /** @param served Orders the lines by what their owners were served; without it they take turns. */
  constructor(
    readonly share: Share,
    private readonly served: ServedWork | null = null,
  ) {}

  get isWaiting(): boolean {
    return this.#lines.size > 0;
  }

  hasLineOf(whom: Owner): boolean {
    return this.#lines.has(whom);
  }

  /** @returns false when the piece has to wait. */
  beginAtOnce(whom: Owner, units: number): boolean {
    if (this.isWaiting || !this.share.begin(units)) return false;
    this.served?.count(whom, units);
    return true;
  }

  add(whom: Owner, piece: Piece): void {
    const line = this.#lines.get(whom);
    if (line === undefined) this.#addLine(whom, { waiting: [piece], next: 0 });
    else line.waiting.push(piece);
  }

  /**
   * Resumes a piece of the first line, and more of them in the same way while they come to no more than so many units
   * together.
   * @param admits Whose pieces may begin. Default: everybody's.
   * @returns false when none waits that may begin.
   */
  serve(together = 0, admits: (whom: Owner) => boolean = anybody): boolean {
    let units = this.#serveOne(Number.POSITIVE_INFINITY, admits);
    if (units === null) return false;
    for (let left = together - units; left > 0; left -= units) {
      units = this.#serveOne(left, admits);
      if (units === null) break;
    }
    return true;
  }

  /** @returns its units; null when none waits that may begin. */
  #serveOne(maxUnits: number, admits: (whom: Owner) => boolean): number | null {
    const [whom, line] = this.#first(admits) ?? [];
    const piece = line?.waiting[line.next];
    if (whom === undefined || line === undefined || piece === undefined) return null;
    if (piece.units > maxUnits || !this.share.begin(piece.units)) return null;
    line.next++;
    this.#lines.delete(whom);
    this.served?.stopsWaiting();
    this.served?.count(whom, piece.units);
    if (line.next < line.waiting.length) this.#addLine(whom, line);
    piece.resume();
    return piece.units;
  }

  #addLine(whom: Owner, line: Line): void {
    this.#lines.set(whom, line);
    this.served?.waits();
  }

  #first(admits: (whom: Owner) => boolean): readonly [Owner, Line] | undefined {
    let first: readonly [Owner, Line] | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const entry of this.#lines) {
      if (!admits(entry[0])) continue;
      if (this.served === null) return entry;
      const served = this.served.of(entry[0]);
      if (served < least) [first, least] = [entry, served];
    }
    return first;
  }
}

const anybody = () => true;
