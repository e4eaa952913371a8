import { FairTurns } from '../../domain/fair-turns.js';
import type { OperationScope } from './operation-scope.js';
import { PerOperation } from './per-operation.js';

/** The work, in units, from which an operation holds megabytes, and from which it holds tens of megabytes. */
const unitsOfLong = 3_000;
const unitsOfVeryLong = 50_000;

/** The most memory that such an operation holds, including its garbage, in bytes. */
const bytesOfLong = 32_000_000;
const bytesOfVeryLong = 64_000_000;

/**
 * Lets operations with large answers take turns by caller, a bounded number at a time. Run side by side, piece by
 * piece, all of them would be almost complete, and hold their answers, before the first one ends.
 */
export class LongOperations {
  readonly #rooms: readonly { readonly fromUnits: number; readonly places: FairTurns }[];
  readonly #entered = new PerOperation((): Entry[] => []);

  /** @param heapBytes The memory that the process may use for objects. */
  constructor(heapBytes: number) {
    const placesFor = (bytes: number) => new FairTurns(Math.max(2, Math.floor(heapBytes / bytes)), maxWaiting);
    this.#rooms = [
      { fromUnits: unitsOfLong, places: placesFor(bytesOfLong) },
      // An operation with a place in this room has one in the first room already, so no two operations wait for each
      // other.
      { fromUnits: unitsOfVeryLong, places: placesFor(bytesOfVeryLong) },
    ];
  }

  /**
   * Waits for a place, at most until the deadline of the operation, when its caller has to be answered.
   * @returns undefined when the operation may go on at once.
   */
  admit({ work, caller, time }: Pick<OperationScope, 'work' | 'caller' | 'time'>): Promise<void> | undefined {
    if (work.units < unitsOfLong) return undefined;
    const entered = this.#entered.of(work);
    for (const { fromUnits, places } of this.#rooms.slice(entered.length)) {
      if (work.units < fromUnits) break;
      const before = entered.at(-1)?.place;
      const enter = () => places.enter(`${caller.kind} ${caller.name}`);
      const place = before === undefined ? enter() : before.then(enter);
      entered.push({ place, wait: place && settledOrAborted(place, time.signal) });
      // Gives the place back when the operation is over, at once if it is over already.
      if (place === undefined) work.whenOver(() => places.leave());
      else void place.then(() => work.whenOver(() => places.leave()));
    }
    return entered.at(-1)?.wait;
  }
}

/** The place of an operation in a room. */
interface Entry {
  /** Undefined where there was a place at once. */
  readonly place: Promise<void> | undefined;
  /** Settles with the place, or at the deadline of the operation. All fields of the operation share it. */
  readonly wait: Promise<void> | undefined;
}

/** Not bounded here, because the number of concurrent operations is. */
const maxWaiting = Number.MAX_SAFE_INTEGER;

function settledOrAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      signal.removeEventListener('abort', settle);
      resolve();
    };
    signal.addEventListener('abort', settle, { once: true });
    void turn.then(settle);
  });
}
