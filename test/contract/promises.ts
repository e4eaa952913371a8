import { afterAll, beforeAll, it, type TestContext } from 'vitest';
import type { Answer } from './instance.js';
import { PreparationError } from './preparation-error.js';
import { type Connect, createWorld, type World } from './world.js';

declare module 'vitest' {
  interface TaskMeta {
    /** Set on tests that ask instead of claim. */
    question?: true;
    /** What a question was answered with. */
    found?: string;
  }
}

/** What a promise or question is tried with. */
export interface Trial {
  readonly world: World;
  /** Ends the trial without a verdict, or fails it where everything can be tried. */
  notTestable(reason: string): never;
  /** Does the same when the instance has no such endpoint. */
  needs(answer: Answer): void;
}

export interface Contract {
  /** A behaviour the service relies on: confirmed when `check` resolves, refuted when it rejects. */
  promise(name: string, check: (trial: Trial) => Promise<void>): void;
  /** A behaviour the documentation leaves open, and the service copes with either way. Resolves with what was found. */
  question(name: string, ask: (trial: Trial) => Promise<string>): void;
  /** A question that this suite cannot ask, listed so that it is not forgotten. */
  unasked(question: string, reason: string): void;
}

/** Opens a contract in the current `describe`: creates its world before the first test and removes it after the last. */
export function openContract(connect: Connect): Contract {
  let world: World | undefined;
  beforeAll(async () => {
    world = await createWorld(connect);
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  const trial = (context: TestContext): Trial => {
    if (world === undefined) throw new Error('The world of this contract was not created');
    const { isComplete } = world;
    const notTestable = (reason: string) => {
      if (isComplete) throw new PreparationError(reason);
      return context.skip(reason);
    };
    return {
      world,
      notTestable,
      needs: (answer) => {
        if (answer.isMissingEndpoint) notTestable(`${answer.call} answered ${answer.status}: no such endpoint`);
      },
    };
  };
  return {
    promise: (name, check) => {
      it(name, (context) => check(trial(context)));
    },
    question: (name, ask) => {
      it(name, async (context) => {
        context.task.meta.question = true;
        context.task.meta.found = await ask(trial(context));
      });
    },
    unasked: (question, reason) => {
      it(question, (context) => context.skip(reason));
    },
  };
}
