import { setImmediate as nextTurn } from 'node:timers/promises';
import { brief, type Exploration, rightEnd, sum, wrongEnd } from './exploration.js';
import type { Program } from './explore.js';
import type { ModelWorld, WorldState } from './model-world.js';

interface IndependentScenario {
  readonly createWorld: () => ModelWorld;
  /** Makes one of the programs, which all run the same code and share nothing but the sessions of the world. */
  readonly createProgram: () => Program;
  /** How many of them run concurrently. */
  readonly programs: number;
  /** Judges the world once every program has ended. */
  readonly isRight: (world: ModelWorld) => boolean;
}

/**
 * Counts what `explore` counts for the same programs, in far less time.
 *
 * Since they share nothing, what a program does next depends on nothing but the answers that it got itself. So the
 * program is run once for each set of answers that it can get, not once for each point of the whole, and the orders are
 * counted over the calls that these runs have shown. That the order of answers to calls made side by side changes
 * nothing is not taken for granted: each set of answers is played in every order by which the exploration comes to it.
 */
export async function exploreIndependent(scenario: IndependentScenario): Promise<Exploration> {
  const world = scenario.createWorld();
  const places = new Places(world, scenario.createProgram);
  const known = new Map<string, Exploration>();

  const exploreFrom = async (state: WorldState, at: readonly Place[]): Promise<Exploration> => {
    world.restore(state);
    const numbers = at.map(({ number }) => number).sort((a, b) => a - b);
    const key = `${world.fingerprint()}|${numbers}`;
    const found = known.get(key);
    if (found !== undefined) return found;

    const parts: { readonly exploration: Exploration; readonly times: number }[] = [];
    for (const place of new Set(at)) {
      // Programs at the same place are the same, so that one of them stands for each.
      const times = at.filter((other) => other === place).length;
      const others = at.toSpliced(at.indexOf(place), 1);
      for (const { call, perform } of place.pending) {
        world.restore(state);
        const answer = { call, value: perform() };
        const after = world.state();
        const exploration = await exploreFrom(after, [...others, await places.after(place, answer)]);
        parts.push({ exploration, times });
      }
    }
    const result = parts.length === 0 ? judge(scenario, world, at) : sum(parts);
    known.set(key, result);
    return result;
  };
  const start = await places.start();
  return exploreFrom(
    world.state(),
    Array.from({ length: scenario.programs }, () => start),
  );
}

function judge({ isRight }: IndependentScenario, world: ModelWorld, at: readonly Place[]): Exploration {
  if (at.some(({ ended }) => !ended)) throw new Error('A program waits for something that never happens');
  return isRight(world) ? rightEnd : wrongEnd(world.ordinals());
}

interface Answer {
  readonly call: string;
  readonly value: unknown;
}

interface PendingCall {
  readonly call: string;
  /** On the world as it is at that moment. */
  readonly perform: () => unknown;
  readonly answer: (value: unknown) => void;
}

/** How far a program has come. */
interface Place {
  readonly number: number;
  /** In an order in which it can get them. */
  readonly answers: readonly Answer[];
  readonly pending: readonly PendingCall[];
  readonly ended: boolean;
}

/** The places that a program can come to, each known by the set of answers that leads there. */
class Places {
  readonly #byAnswers = new Map<string, Place>();
  readonly #steps = new Map<string, Place>();

  constructor(
    private readonly world: ModelWorld,
    private readonly createProgram: () => Program,
  ) {}

  start(): Promise<Place> {
    return this.#play([]);
  }

  async after(place: Place, answer: Answer): Promise<Place> {
    const step = `${place.number} ${named(answer)}`;
    const known = this.#steps.get(step);
    if (known !== undefined) return known;
    const next = await this.#play([...place.answers, answer]);
    this.#steps.set(step, next);
    return next;
  }

  async #play(answers: readonly Answer[]): Promise<Place> {
    const played = await play(this.createProgram(), this.world, answers);
    const set = answers.map(named).sort().join(';');
    const known = this.#byAnswers.get(set);
    if (known === undefined) {
      const place = { ...played, number: this.#byAnswers.size, answers };
      this.#byAnswers.set(set, place);
      return place;
    }
    const calls = ({ pending, ended }: typeof played) => `${pending.map(({ call }) => call).sort()} ${ended}`;
    if (calls(known) !== calls(played)) throw new Error(`What follows depends on the order of the answers ${set}`);
    return known;
  }
}

/** Runs a program alone, with the answers that it gets. */
async function play(
  program: Program,
  world: ModelWorld,
  answers: readonly Answer[],
): Promise<Pick<Place, 'pending' | 'ended'>> {
  let pending: readonly PendingCall[] = [];
  let ended = false;
  let problem: unknown;
  const running = program(world, (call, perform) => {
    return new Promise((resolve) => {
      // What is given as the answer to a call was answered to the same call in another run.
      const answer = (value: unknown) => resolve(value as ReturnType<typeof perform>);
      pending = [...pending, { call, perform, answer }];
    });
  });
  running.then(
    () => {
      ended = true;
    },
    (error: unknown) => {
      problem = error;
    },
  );
  await nextTurn();
  for (const { call, value } of answers) {
    const answered = pending.find((one) => one.call === call);
    if (answered === undefined) throw new Error(`The program no longer calls ${call}`);
    pending = pending.filter((one) => one !== answered);
    answered.answer(value);
    await nextTurn();
  }
  if (problem !== undefined) throw problem;
  return { pending, ended };
}

function named({ call, value }: Answer): string {
  return `${call}=${brief(value)}`;
}
