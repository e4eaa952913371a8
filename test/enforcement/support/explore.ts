import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ModelWorld, Schedule } from './model-world.js';

/** A program that makes upstream calls one after another or side by side, each through the schedule. */
export type Program = (world: ModelWorld, schedule: Schedule) => Promise<void>;

export interface Scenario {
  readonly createWorld: () => ModelWorld;
  /** Run concurrently. Made anew for each run, so that they may share state, such as a lock. */
  readonly createPrograms: () => readonly Program[];
  /** True when they do not all run the same code, so that one in the place of another is another point. */
  readonly programsDiffer?: boolean;
  /** Judges the world once every program has ended. */
  readonly isRight: (world: ModelWorld) => boolean;
}

export interface Exploration {
  /** How many different orders of all calls there are. */
  readonly interleavings: number;
  /** In how many of them the world is not right at the end. */
  readonly wrong: number;
  /** The sessions left in the wrong ones, as `[ordinals]` with the number of interleavings. */
  readonly wrongEnds: ReadonlyMap<string, number>;
}

/**
 * Runs the programs under every order in which their calls can happen, and counts.
 *
 * Two orders that lead to the same world, with the programs having seen the same answers, have the same future: each
 * program is a function of the answers it got. So such a point is explored once and its counts are used again, which
 * turns millions of orders into thousands of runs without leaving one out.
 */
export async function explore(scenario: Scenario): Promise<Exploration> {
  const known = new Map<string, Exploration>();

  const exploreFrom = async (run: Run, path: readonly number[]): Promise<Exploration> => {
    const key = run.fingerprint();
    const found = known.get(key);
    if (found !== undefined) return found;

    const choices = run.pending.length;
    const parts: Exploration[] = [];
    for (let choice = 0; choice < choices; choice++) {
      // The first choice goes on with this run; each other one needs a run of its own that has come this far.
      const next = choice === 0 ? run : await Run.along(path, scenario);
      await next.release(choice);
      parts.push(await exploreFrom(next, [...path, choice]));
    }
    const result = choices === 0 ? run.judge() : sum(parts);
    known.set(key, result);
    return result;
  };
  return exploreFrom(await Run.along([], scenario), []);
}

interface PendingCall {
  readonly program: number;
  readonly call: string;
  readonly perform: () => void;
}

/** One execution of the programs, halted before each call until that call is released. */
class Run {
  readonly #scenario: Scenario;
  readonly #world: ModelWorld;
  readonly #histories: string[][];
  #pending: PendingCall[] = [];
  readonly #ended = new Set<number>();
  #problem: unknown;

  /** A run that has taken these choices. */
  static async along(path: readonly number[], scenario: Scenario): Promise<Run> {
    const run = new Run(scenario);
    await run.#settle();
    for (const choice of path) await run.release(choice);
    return run;
  }

  private constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#world = scenario.createWorld();
    const programs = scenario.createPrograms();
    this.#histories = programs.map(() => []);
    for (const [index, program] of programs.entries()) {
      program(this.#world, (call, perform) => this.#schedule(index, call, perform)).then(
        () => {
          this.#ended.add(index);
        },
        (error: unknown) => {
          this.#problem = error;
        },
      );
    }
  }

  /** The calls that could happen next, in an order that does not depend on how they came about. */
  get pending(): readonly PendingCall[] {
    return [...this.#pending].sort((a, b) => a.program - b.program || (a.call < b.call ? -1 : 1));
  }

  /** Lets one call happen, and the programs go on until each waits for a call, for a turn, or has ended. */
  async release(choice: number): Promise<void> {
    const chosen = this.pending[choice];
    if (chosen === undefined) throw new RangeError('There is no such call to release');
    this.#pending = this.#pending.filter((call) => call !== chosen);
    chosen.perform();
    await this.#settle();
  }

  /**
   * Names this point. Answers to calls made side by side are a set, since their order tells a program nothing; and so
   * are programs that run the same code, since those with the same past are the same. A program that has ended has no future to tell.
   */
  fingerprint(): string {
    const programs = this.#histories.map((answers, index) => {
      if (this.#ended.has(index)) return 'ended';
      const waiting = this.#pending.filter(({ program }) => program === index).map(({ call }) => call);
      const part = this.#world.parts.get(index) ?? '';
      return `${part} ${[...answers].sort().join(';')}?${waiting.sort().join(';')}`;
    });
    const pasts = this.#scenario.programsDiffer ? programs : programs.sort();
    return [this.#world.fingerprint(), ...pasts].join('|');
  }

  judge(): Exploration {
    if (this.#ended.size < this.#histories.length) throw new Error('A program waits for something that never happens');
    if (this.#scenario.isRight(this.#world)) return { interleavings: 1, wrong: 0, wrongEnds: new Map() };
    return { interleavings: 1, wrong: 1, wrongEnds: new Map([[`[${this.#world.ordinals()}]`, 1]]) };
  }

  async #settle(): Promise<void> {
    await nextTurn();
    if (this.#problem !== undefined) throw this.#problem;
  }

  #schedule<Result>(program: number, call: string, perform: () => Result): Promise<Result> {
    return new Promise((resolve) => {
      this.#pending.push({
        program,
        call,
        perform: () => {
          const result = perform();
          this.#histories[program]?.push(`${call}=${brief(result)}`);
          resolve(result);
        },
      });
    });
  }
}

/**
 * What a program can know from an answer of the model: which sessions there are and when they were last used. Who of
 * several ended a session is only reported: no program here calls anything that depends on it.
 */
function brief(answer: unknown): string {
  if (answer === 'revoked' || answer === 'alreadyEnded') return 'ended';
  if (Array.isArray(answer)) return answer.map(brief).join();
  if (typeof answer === 'object' && answer !== null) {
    if ('sessions' in answer) return brief(answer.sessions);
    if ('id' in answer && 'lastAccessedAt' in answer) return `${answer.id}:${answer.lastAccessedAt}`;
  }
  return JSON.stringify(answer);
}

function sum(parts: readonly Exploration[]): Exploration {
  const wrongEnds = new Map<string, number>();
  for (const part of parts) {
    for (const [end, count] of part.wrongEnds) wrongEnds.set(end, (wrongEnds.get(end) ?? 0) + count);
  }
  return {
    interleavings: parts.reduce((total, { interleavings }) => total + interleavings, 0),
    wrong: parts.reduce((total, { wrong }) => total + wrong, 0),
    wrongEnds,
  };
}
