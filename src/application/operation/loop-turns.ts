import { Lane, Share } from './loop-lane.js';
import type { OperationScope } from './operation-scope.js';
import { ServedWork } from './served-work.js';

/**
 * The lanes of work, in the order in which they are served. Work is light while its operation has done little so far.
 * `usersBegin` is the beginning of a user's operation: reading its document and its variables.
 */
export type LoopLane = 'servicesLight' | 'servicesLong' | 'usersLight' | 'usersLong' | 'usersBegin';

/** The shares of each turn of the event loop, in units of work. */
interface LoopShares {
  /** The share of each of the two lanes of services. */
  readonly servicesLane: number;
  /** The share of all lanes of users together. */
  readonly users: number;
  /** So much of what users begin begins together, before the time is looked at again. */
  readonly usersBeginTogether: number;
}

/**
 * A unit is about a microsecond of CPU, so a turn holds the loop for some milliseconds. The share of users is small,
 * because a login of a service waits for a turn after each of its calls to FusionAuth. The shares of services are so
 * large that their simultaneous operations go through a turn together, which costs less. So do up to six short operations
 * of users, each of which takes a fifth less CPU time then.
 */
export const loopShares: LoopShares = { servicesLane: 8_000, users: 1_500, usersBeginTogether: 600 };

/** The most that a light operation has done: a login, or a list of tens of sessions. */
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

/** The owner of a line: users take turns by user, however many operations each has, and services by operation. */
export function lineOf({ caller, work }: Pick<OperationScope, 'caller' | 'work'>): object | string {
  return caller.kind === 'user' ? caller.name : work;
}

/**
 * Shares the event loop between all operations of the process: the only place that decides whose work is done next.
 * When the share of a lane is spent, its other work waits for the next turn, so that timers, connections, health checks
 * and the other lanes get theirs. In a lane, lines go with one piece of work at a time, so that a line with thousands of
 * pieces delays another line by one piece at a time: those of services one after the other, and of users whoever was
 * served least. The limits of work for each operation bound how many pieces wait.
 *
 * The waiting work of services begins together, and is done before work of users begins. Pieces of users begin one at a
 * time, each when the work caused by the one before is over, as long as their share lasts, which is also measured in
 * time; of new operations of users, a few short ones begin together. After a turn with work of services, users wait for
 * the next turn, up to a bound, because the client of FusionAuth sends a call one turn after the work that made it, and
 * that call is to go first. New operations of users begin when no operation that has begun waits: finished operations
 * hold no memory, and FusionAuth is not asked for more than this process can answer. Only of a user who was served no more
 * than an equal share, one begins before long work of others: beside 20 users with three costly operations each at any
 * time, the list of another user takes 12 ms, not 190.
 */
export class LoopTurns {
  readonly #lanes: Readonly<Record<LoopLane, Lane>>;
  readonly #servedUsers = new ServedWork();
  #isArmed = false;
  /** When work of users was last served. */
  #usersServedMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs Milliseconds on a clock that only goes forward. */
  constructor(
    private readonly shares: LoopShares = loopShares,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    const { servicesLane, users } = shares;
    const share = (units: number) => new Share(units, nowMs);
    const shareOfUsers = share(users);
    const ofUsers = () => new Lane(shareOfUsers, this.#servedUsers);
    this.#lanes = {
      servicesLight: new Lane(share(servicesLane)),
      servicesLong: new Lane(share(servicesLane)),
      usersLight: ofUsers(),
      usersLong: ofUsers(),
      usersBegin: ofUsers(),
    };
  }

  /**
   * @param whom The owner of the line in the lane.
   * @returns undefined when the work may begin at once.
   */
  take(lane: LoopLane, whom: object | string, units: number): Promise<void> | undefined {
    const { [lane]: chosen } = this.#lanes;
    if (chosen.beginAtOnce(whom, units)) {
      this.#arm();
      return undefined;
    }
    return this.next(lane, whom, units);
  }

  /**
   * Waits for a later turn in every case. Operations that arrive together then go through a stage one right after the
   * other, and its code stays in the CPU caches: a list takes 6 % less CPU time.
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

  /** Armed again only at its end, so that calls made by its work are on their way before the next turn. */
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
    const isServed =
      underWay === undefined
        ? usersBegin.serve(this.shares.usersBeginTogether)
        : (underWay === usersLong && usersBegin.serve(0, this.#mayBeginEarly)) || underWay.serve();
    if (isServed) return onceDone(this.#serveUsers);
    this.#usersServedMs = this.nowMs();
    this.#endTurn();
  };

  readonly #mayBeginEarly = (user: object | string) =>
    this.#servedUsers.isWithinShare(user) && !this.#lanes.usersLong.hasLineOf(user);

  readonly #endTurn = () => {
    this.#isArmed = false;
    // One turn more after the last work, so that the shares are whole again and new work need not wait.
    if (Object.values(this.#lanes).some(({ isWaiting, share }) => isWaiting || share.hasBegun)) this.#arm();
  };
}

/** How long users wait at most while services have work in each turn, in milliseconds. */
const maxUsersWaitMs = 5;

/** Acts within the same turn of the event loop, once the resumed work has run up to its next wait. */
function onceDone(act: () => void): void {
  queueMicrotask(() => process.nextTick(act));
}
