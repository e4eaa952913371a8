import type { OperationScope } from './operation-scope.js';

/**
 * Whose work it is, and of what kind; the first comes first. Light work is that of operations that have done little so
 * far. `usersBegin` is the beginning of a user's operation: reading its document and its variables.
 */
export type LoopLane = 'servicesLight' | 'servicesLong' | 'usersLight' | 'usersLong' | 'usersBegin';

/** How much of each turn of the event loop those of a kind may have, in units of work. */
export interface LoopShares {
  /** Of each of their two lanes. */
  readonly servicesLane: number;
  /** Of all lanes of users together. */
  readonly users: number;
  /** So much of what users begin begins together, before the time is looked at again. */
  readonly usersBeginTogether: number;
}

/**
 * A unit is about a microsecond of CPU here, so a turn holds the loop for some milliseconds. The share of users is
 * small: a login of a service waits for a turn after each of its calls of FusionAuth. Those of services are so large
 * that their simultaneous operations go through a turn together, which costs less. Six short operations of users do so, too, and take a fifth less
 * CPU time each.
 */
export const loopShares: LoopShares = { servicesLane: 8_000, users: 1_500, usersBeginTogether: 600 };

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
 * After so much work of a kind the rest of it waits for the next turn, so that timers, connections, health checks and
 * the others have theirs. Those who wait in a lane go one after the other, each with one piece of its work: one with
 * thousands of pieces holds up another by one piece at a time. The work that operations may ask for bounds how many
 * pieces wait.
 *
 * What services have waiting begins together, and is through before anything of users begins. Of users one piece begins
 * when what the one before it made the process do is over, as long as their share lasts, which is measured in time, too;
 * of their operations, a few begin at once.
 * Where services have done something users wait for the next turn, up to a bound: the client of FusionAuth sends a call
 * in the turn after the one that made it, which is to come first.
 * Users' operations begin when none of those that have begun waits: what is finished holds no memory, and FusionAuth is
 * not asked for more than this process can answer.
 */
export class LoopTurns {
  readonly #lanes: Readonly<Record<LoopLane, Lane>>;
  #isArmed = false;
  /** When users had their share last. */
  #usersServedMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs Milliseconds on a clock that only goes forward. */
  constructor(
    private readonly shares: LoopShares = loopShares,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    const { servicesLane, users } = shares;
    const share = (units: number) => new Share(units, nowMs);
    const ofUsers = share(users);
    this.#lanes = {
      servicesLight: new Lane(share(servicesLane)),
      servicesLong: new Lane(share(servicesLane)),
      usersLight: new Lane(ofUsers),
      usersLong: new Lane(ofUsers),
      usersBegin: new Lane(ofUsers),
    };
  }

  /**
   * @param whom Whose turn it is among those who wait in the lane.
   * @returns undefined when the work may begin at once.
   */
  take(lane: LoopLane, whom: object | string, units: number): Promise<void> | undefined {
    const { [lane]: chosen } = this.#lanes;
    if (!chosen.isWaiting && chosen.share.begin(units)) {
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

  /** Is armed again at its end only, so that calls that its work makes are on their way before the next turn. */
  readonly #onTurn = () => {
    const { servicesLight, servicesLong, usersLong } = this.#lanes;
    const ofServices = [servicesLight, servicesLong];
    const isForServices = ofServices.some(({ isWaiting, share }) => isWaiting || share.hasBegun);
    for (const { share } of [...ofServices, usersLong]) share.renew();
    while (servicesLight.serve() || servicesLong.serve());
    onceDone(isForServices && this.nowMs() - this.#usersServedMs < maxUsersWaitMs ? this.#endTurn : this.#serveUsers);
  };

  readonly #serveUsers = () => {
    const { usersLight, usersLong, usersBegin } = this.#lanes;
    const underWay = [usersLight, usersLong].find(({ isWaiting }) => isWaiting);
    const together = underWay === undefined ? this.shares.usersBeginTogether : 0;
    if ((underWay ?? usersBegin).serve(together)) return onceDone(this.#serveUsers);
    this.#usersServedMs = this.nowMs();
    this.#endTurn();
  };

  readonly #endTurn = () => {
    this.#isArmed = false;
    // Once more after the last: shares are whole again then, and what comes need not wait.
    if (Object.values(this.#lanes).some(({ isWaiting, share }) => isWaiting || share.hasBegun)) this.#arm();
  };
}

/** How long users wait at most while services do something in each turn, in milliseconds. */
const maxUsersWaitMs = 5;

/** Acts within the same turn of the event loop, after all that follows from what has been resumed, up to its next wait. */
function onceDone(act: () => void): void {
  queueMicrotask(() => process.nextTick(act));
}

const unitsOfMillisecond = 1_000;

/** What those of a kind have of a turn, in units: as estimated, or by the time since the first of it began. */
class Share {
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

  /** Work that is more than the whole share begins with a turn. @returns false when there is no room for it in this one. */
  begin(units: number): boolean {
    const nowMs = this.nowMs();
    this.#beganMs ??= nowMs;
    const spent = Math.max(this.#units, (nowMs - this.#beganMs) * unitsOfMillisecond);
    if (spent > 0 && spent + units > this.maxUnits) return false;
    this.#units += units;
    return true;
  }
}

class Lane {
  /** The line whose turn is next comes first. No line is empty. */
  readonly #lines = new Map<object | string, Line>();

  constructor(readonly share: Share) {}

  get isWaiting(): boolean {
    return this.#lines.size > 0;
  }

  add(whom: object | string, piece: Waiting): void {
    const line = this.#lines.get(whom);
    if (line === undefined) this.#lines.set(whom, { waiting: [piece], next: 0 });
    else line.waiting.push(piece);
  }

  /**
   * Resumes one piece of the first line, which then goes to the end, and more of them in the same way while they come to no
   * more than so many units together.
   * @returns false when none waits that may begin.
   */
  serve(together = 0): boolean {
    let units = this.#serveOne(Number.POSITIVE_INFINITY);
    if (units === null) return false;
    for (let left = together - units; left > 0; left -= units) {
      units = this.#serveOne(left);
      if (units === null) break;
    }
    return true;
  }

  /** @returns its units; null when none waits that may begin. */
  #serveOne(maxUnits: number): number | null {
    for (const [whom, line] of this.#lines) {
      const first = line.waiting[line.next];
      if (first === undefined || first.units > maxUnits || !this.share.begin(first.units)) return null;
      line.next++;
      this.#lines.delete(whom);
      if (line.next < line.waiting.length) this.#lines.set(whom, line);
      first.resume();
      return first.units;
    }
    return null;
  }
}
