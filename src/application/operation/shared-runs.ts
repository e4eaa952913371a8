import { busyUser } from '../../domain/errors.js';

/** How long a call waits for the run that it has joined to begin. */
interface Patience<Answer> {
  /** The instant on the clock of `performance.now()`, in milliseconds, at which it gives up. */
  readonly deadline: number;
  /** Makes the answer of a call that has given up: nothing was done for it. */
  readonly late: () => Answer;
}

/** In the order they came. */
export type CallsOfRun<Call> = readonly [Call, ...Call[]];

type CarryOut<Call, Answer> = (calls: CallsOfRun<Call>) => Promise<ReadonlyMap<Call, Answer>>;

/** The longest that a timer can wait, in milliseconds. */
const maxTimerMs = 2_147_483_647;

/**
 * Lets simultaneous calls that ask for the same thing share one run. Of each kind at most one run goes on and one
 * waits for it to end: calls that arrive meanwhile join the one that waits. A run thus begins after each of its calls
 * has arrived, so that what it reads is as fresh for each of them as if the call had a run of its own.
 *
 * A call that gives up before its run begins leaves it to the others. An error of the run is that of each of its calls.
 */
export class SharedRuns<Call, Answer> {
  /** The calls that wait for the next run, in the order they came. A kind has an entry exactly while a run goes on. */
  readonly #waiting = new Map<string, Set<Waiting<Call, Answer>>>();

  /** @param maxWaiting How many calls may wait for one run; one more is refused. */
  constructor(private readonly maxWaiting: number) {}

  /**
   * @param kind Calls of the same kind can share a run.
   * @param carryOut Carries out the calls, and answers each of them. Calls of one kind pass equivalent functions.
   * @throws TooManyRequestsError when too many wait already.
   */
  async run(kind: string, call: Call, patience: Patience<Answer>, carryOut: CarryOut<Call, Answer>): Promise<Answer> {
    const waiting = this.#waiting.get(kind);
    if (waiting === undefined) return answerTo(call, await this.#carryOut(kind, [call], carryOut));
    if (waiting.size >= this.maxWaiting) throw busyUser();
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        waiting.delete(joined);
        resolve(patience.late());
      };
      const waitMs = Math.max(0, patience.deadline - performance.now());
      const timer = setTimeout(giveUp, Math.min(waitMs, maxTimerMs));
      const joined = { call, carryOut, resolve, reject, timer };
      waiting.add(joined);
    });
  }

  async #carryOut(
    kind: string,
    calls: CallsOfRun<Call>,
    carryOut: CarryOut<Call, Answer>,
  ): Promise<ReadonlyMap<Call, Answer>> {
    const next = new Set<Waiting<Call, Answer>>();
    this.#waiting.set(kind, next);
    try {
      return await carryOut(calls);
    } finally {
      const [first, ...others] = next;
      // Those that have been served: the map's earlier tables may keep this set until the old space is collected.
      next.clear();
      if (first === undefined) this.#waiting.delete(kind);
      else void this.#carryOutFor([first, ...others], kind);
    }
  }

  async #carryOutFor(joined: CallsOfRun<Waiting<Call, Answer>>, kind: string): Promise<void> {
    for (const { timer } of joined) clearTimeout(timer);
    const [first, ...others] = joined;
    try {
      const answers = await this.#carryOut(kind, [first.call, ...others.map(({ call }) => call)], first.carryOut);
      for (const { call, resolve } of joined) resolve(answerTo(call, answers));
    } catch (error) {
      for (const { reject } of joined) reject(error);
    }
  }
}

interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly carryOut: CarryOut<Call, Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** @throws Error when there is none. */
export function answerTo<Call, Answer>(call: Call, answers: ReadonlyMap<Call, Answer>): Answer {
  const answer = answers.get(call);
  if (answer === undefined) throw new Error('A run has left one of its calls without an answer');
  return answer;
}
