import { setImmediate as nextTurn } from 'node:timers/promises';
import { brief, type Exploration, rightEnd, sum, wrongEnd } from './exploration.js';
import type { ModelWorld, Schedule } from './model-world.js';

/** A program that makes upstream calls one after another or side by side, each through the schedule. */
export type Program = (world: ModelWorld, schedule: Schedule) => Promise<void>;

interface Scenario {
  readonly createWorld: () => ModelWorld;
  /** Run concurrently. Made anew for each run, so that they may share state, such as a lock. */
  readonly createPrograms: () => readonly Program[];
  /** True when they do not all run the same code, so that one in the place of another is another point. */
  readonly programsDiffer?: boolean;
  /** Judges the world once every program has ended. */
  readonly isRight: (world: ModelWorld) => boolean;
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

    const choices = run.choices();
    const parts: { readonly exploration: Exploration; readonly times: number }[] = [];
    for (const [index, { choice, times }] of choices.entries()) {
      // The first choice goes on with this run; each other one needs a run of its own that has come this far.
      const next = index === 0 ? run : await Run.along(path, scenario);
      await next.release(choice);
      parts.push({ exploration: await exploreFrom(next, [...path, choice]), times });
    }
    const result = choices.length === 0 ? run.judge() : sum(parts);
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

  /**
   * The calls that differ in what they lead to, by their index, and how many lead there: the same call of two programs
   * that are the same does.
   */
  choices(): readonly { readonly choice: number; readonly times: number }[] {
    const choices = new Map<string, { choice: number; times: number }>();
    for (const [choice, { program, call }] of this.#pendingInOrder().entries()) {
      const whose = this.#scenario.programsDiffer ? String(program) : this.#describe(program);
      const name = `${whose}!${call}`;
      const { times, ...same } = choices.get(name) ?? { choice, times: 0 };
      choices.set(name, { ...same, times: times + 1 });
    }
    return [...choices.values()];
  }

  /** The calls that could happen next, in an order that does not depend on how they came about. */
  #pendingInOrder(): readonly PendingCall[] {
    return [...this.#pending].sort((a, b) => a.program - b.program || (a.call < b.call ? -1 : 1));
  }

  /** Lets one call happen, and the programs go on until each waits for a call, for a turn, or has ended. */
  async release(choice: number): Promise<void> {
    const chosen = this.#pendingInOrder()[choice];
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
    const programs = this.#histories.map((_answers, index) => this.#describe(index));
    const pasts = this.#scenario.programsDiffer ? programs : programs.sort();
    return [this.#world.fingerprint(), ...pasts].join('|');
  }

  #describe(program: number): string {
    if (this.#ended.has(program)) return 'ended';
    const answers = [...(this.#histories[program] ?? [])].sort();
    const waiting = this.#pending.filter((pending) => pending.program === program).map(({ call }) => call);
    return `${this.#world.parts.get(program) ?? ''} ${answers.join(';')}?${waiting.sort().join(';')}`;
  }

  judge(): Exploration {
    if (this.#ended.size < this.#histories.length) throw new Error('A program waits for something that never happens');
    return this.#scenario.isRight(this.#world) ? rightEnd : wrongEnd(this.#world.ordinals());
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
