import { FairTurns } from '../../domain/fair-turns.js';
import type { OperationScope } from './operation-scope.js';

/** From so many units of work on, an operation holds megabytes, and from the second on tens of them. */
const unitsOfLong = 3_000;
const unitsOfVeryLong = 50_000;

/** What an operation holds at most, with the garbage that it leaves, in bytes. */
const bytesOfLong = 32_000_000;
const bytesOfVeryLong = 64_000_000;

/**
 * Operations that fill memory with their answers take turns by caller, a bounded number at a time: side by side, piece by
 * piece, they would all be almost done before any of them is, and hold everything until then.
 */
export class LongOperations {
  readonly #rooms: readonly { readonly fromUnits: number; readonly places: FairTurns }[];
  readonly #entered = new WeakMap<object, Entry[]>();

  /** @param heapBytes What the process may take for objects. */
  constructor(heapBytes: number) {
    const placesFor = (bytes: number) => new FairTurns(Math.max(2, Math.floor(heapBytes / bytes)), maxWaiting);
    this.#rooms = [
      { fromUnits: unitsOfLong, places: placesFor(bytesOfLong) },
      // Whoever has a place here has one in the first room and waits for no other, so nobody waits in a circle.
      { fromUnits: unitsOfVeryLong, places: placesFor(bytesOfVeryLong) },
    ];
  }

  /**
   * Waits no longer than the operation may go on: its caller is to be answered then, and not when a place is free.
   * @returns undefined when the operation may go on at once.
   */
  admit({ work, caller, time }: Pick<OperationScope, 'work' | 'caller' | 'time'>): Promise<void> | undefined {
    if (work.units < unitsOfLong) return undefined;
    const entered = this.#entered.get(work) ?? this.#begin(work);
    for (const { fromUnits, places } of this.#rooms.slice(entered.length)) {
      if (work.units < fromUnits) break;
      const before = entered.at(-1)?.place;
      const enter = () => places.enter(`${caller.kind} ${caller.name}`);
      const place = before === undefined ? enter() : before.then(enter);
      entered.push({ place, wait: place && settledOrAborted(place, time.signal) });
      // A place that comes too late is given back at once.
      if (place === undefined) work.whenOver(() => places.leave());
      else void place.then(() => work.whenOver(() => places.leave()));
    }
    return entered.at(-1)?.wait;
  }

  /** Forgotten at the end: V8 holds the entry of a WeakMap for one collection of garbage longer than its key. */
  #begin(work: OperationScope['work']): Entry[] {
    const entered: Entry[] = [];
    this.#entered.set(work, entered);
    work.whenOver(() => this.#entered.delete(work));
    return entered;
  }
}

/** What an operation has entered. */
interface Entry {
  /** Undefined where there was a place at once. */
  readonly place: Promise<void> | undefined;
  /** Settles with it, or when the operation may not go on any longer. One for all fields of the operation. */
  readonly wait: Promise<void> | undefined;
}

/** The operations that may run at the same time are bounded elsewhere. */
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
