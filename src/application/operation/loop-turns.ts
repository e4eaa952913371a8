import type { OperationScope } from './operation-scope.js';

/**
 * Whose work it is, and of what kind; the first comes first. Light work is that of operations that have done little so
 * far. `usersBegin` is the beginning of a user's operation: reading its document and its variables.
 */
export type LoopLane = 'servicesLight' | 'servicesLong' | 'usersLight' | 'usersLong' | 'usersBegin';

/** How much of each turn of the event loop a lane may have, in units of work. */
export type LoopShares = Readonly<Record<LoopLane, number>>;

/**
 * A unit is about a microsecond of CPU here, so a turn holds the loop for some milliseconds. The shares of users are
 * small: a login of a service waits for a turn after each of its calls of FusionAuth. Those of services are so large
 * that their simultaneous operations go through a turn together, which costs less.
 */
export const loopShares: LoopShares = {
  servicesLight: 8_000,
  servicesLong: 4_000,
  usersLight: 1_500,
  usersLong: 1_500,
  usersBegin: 1_500,
};

/** An operation that has done no more than a login, or a list of tens of sessions. */
const unitsOfLight = 1_000;

interface LaneFacts {
  readonly caller: Pick<OperationScope['caller'], 'kind'>;
  readonly work: Pick<OperationScope['work'], 'units'>;
}

/** The lane of an operation that is under way, by the work that it has done. */
export function laneOf({ caller, work }: LaneFacts): LoopLane {
  const isLight = work.units <= unitsOfLight;
  if (caller.kind === 'user') return isLight ? 'usersLight' : 'usersLong';
  return isLight ? 'servicesLight' : 'servicesLong';
}

/** Whose turn it is: users take turns by user, however many operations each has, and services by operation. */
export function lineOf(scope: Pick<OperationScope, 'caller'>): object | string {
  return scope.caller.kind === 'user' ? scope.caller.name : scope;
}

interface Waiting {
  readonly units: number;
  readonly resume: () => void;
}

/** What waits for one caller or operation. What came before `next` has had its turn. */
interface Line {
  readonly waiting: Waiting[];
  next: number;
}

/**
 * Shares the event loop between all operations of the process: the only place that decides whose work is done next.
 * After so much work of a lane the rest of it waits for the next turn, so that timers, connections, health checks and
 * the other lanes have theirs. Those who wait in a lane go one after the other, each with one piece of its work: one with
 * thousands of pieces holds up another by one piece at a time. The work that operations may ask for bounds how many
 * pieces wait.
 *
 * Users' operations begin when none of those that have begun waits: what is finished holds no memory, and FusionAuth is
 * not asked for more than this process can answer.
 */
export class LoopTurns {
  readonly #lanes: Readonly<Record<LoopLane, Lane>>;
  #isArmed = false;

  constructor(shares: LoopShares = loopShares) {
    this.#lanes = {
      servicesLight: new Lane(shares.servicesLight),
      servicesLong: new Lane(shares.servicesLong),
      usersLight: new Lane(shares.usersLight),
      usersLong: new Lane(shares.usersLong),
      usersBegin: new Lane(shares.usersBegin),
    };
  }

  /**
   * @param whom Whose turn it is among those who wait in the lane.
   * @returns undefined when the work may begin at once.
   */
  take(lane: LoopLane, whom: object | string, units: number): Promise<void> | undefined {
    const { [lane]: chosen } = this.#lanes;
    if (!chosen.isWaiting && chosen.begin(units)) {
      this.#arm();
      return undefined;
    }
    return this.next(lane, whom, units);
  }

  /**
   * Begins in a later turn in every case: what has arrived together then goes through a stage one right after the other,
   * and the code of that stage stays in the caches. A list costs 6 % less CPU time.
   */
  next(lane: LoopLane, whom: object | string, units: number): Promise<void> {
    return new Promise((resume) => {
      this.#lanes[lane].add(whom, { units, resume });
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setImmediate(this.#onTurn);
  }

  readonly #onTurn = () => {
    this.#isArmed = false;
    const { servicesLight, servicesLong, usersLight, usersLong, usersBegin } = this.#lanes;
    for (const lane of [servicesLight, servicesLong, usersLight, usersLong]) lane.serve();
    // Nor in a turn in which a long piece has its own.
    usersBegin.serve(!usersLight.isWaiting && !usersLong.isWaiting && !usersLong.isOverdrawn);
    if (Object.values(this.#lanes).some(({ isWaiting }) => isWaiting)) this.#arm();
  };
}

class Lane {
  /** The line whose turn is next comes first. No line is empty. */
  readonly #lines = new Map<object | string, Line>();
  #unitsOfTurn = 0;

  constructor(private readonly maxUnitsOfTurn: number) {}

  get isWaiting(): boolean {
    return this.#lines.size > 0;
  }

  /** Whether one piece was more than its share. */
  get isOverdrawn(): boolean {
    return this.#unitsOfTurn > this.maxUnitsOfTurn;
  }

  add(whom: object | string, piece: Waiting): void {
    const line = this.#lines.get(whom);
    if (line === undefined) this.#lines.set(whom, { waiting: [piece], next: 0 });
    else line.waiting.push(piece);
  }

  /** Work that is more than a whole share begins with a turn. @returns false when there is no room for it in this one. */
  begin(units: number): boolean {
    if (this.#unitsOfTurn > 0 && this.#unitsOfTurn + units > this.maxUnitsOfTurn) return false;
    this.#unitsOfTurn += units;
    return true;
  }

  /** A new turn: resumes one piece of each line after the other, as long as they may begin. */
  serve(mayBegin = true): void {
    this.#unitsOfTurn = 0;
    if (!mayBegin) return;
    // A line that goes to the end is met again.
    for (const [whom, line] of this.#lines) {
      const first = line.waiting[line.next];
      if (first !== undefined) {
        if (!this.begin(first.units)) break;
        line.next++;
        first.resume();
      }
      this.#lines.delete(whom);
      if (line.next < line.waiting.length) this.#lines.set(whom, line);
    }
  }
}
