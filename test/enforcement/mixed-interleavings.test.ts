import { describe, expect, it, vi } from 'vitest';
import type { SessionView } from '../../src/domain/ports/session-claims.js';
import type { Exploration } from './support/exploration.js';
import { explore } from './support/explore.js';
import {
  losingRevocations,
  ModelWorld,
  modelSessionId,
  scheduledGateway,
  slowlyAnswered,
} from './support/model-world.js';
import { perform } from './support/perform.js';
import { type Reply, type Request, someOrderExplains } from './support/serial-orders.js';
import { newShared, observedRuns, type Shared, useCasesOver, withoutTurns } from './support/use-cases.js';

// Nothing here depends on time.
vi.setConfig({ testTimeout: 300_000 });

/** Two sessions live at first; the older one was used last. */
const before = new Set([1, 2]);
const lastUsed = 1;

const requests = {
  'the newest stays': { kind: 'newest', keep: null },
  'the newest stays, named 2': { kind: 'newest', keep: 2 },
  'keep 1': { kind: 'requested', keep: 1 },
  'keep 2': { kind: 'requested', keep: 2 },
  'the last used stays': { kind: 'lastUsed' },
  'revoke 1': { kind: 'revoke', session: 1 },
  'revoke 2': { kind: 'revoke', session: 2 },
  'all but 1': { kind: 'others', except: 1 },
  'all but 2': { kind: 'others', except: 2 },
} as const satisfies Record<string, Request>;

type Name = keyof typeof requests;
const names = Object.keys(requests) as Name[];

const pairs = names.flatMap((first, index) => names.slice(index).map((second) => [first, second] as const));
/** Set INTERLEAVINGS=all to try all triples, too, which takes some minutes. */
const allTriples = pairs.flatMap(([first, second]) =>
  names.slice(names.indexOf(second)).map((third) => [first, second, third] as const),
);
const someTriples = [
  ['the newest stays', 'keep 1', 'all but 2'],
  ['the newest stays, named 2', 'the last used stays', 'all but 1'],
  ['keep 1', 'keep 2', 'revoke 1'],
] as const;
const triples = process.env['INTERLEAVINGS'] === 'all' ? allTriples : someTriples;
const together: readonly (readonly Name[])[] = [...pairs, ...triples];

describe('every interleaving of operations that end sessions of one user, whichever they are', () => {
  it.each(together.map((operations) => [operations]))('is explained by an order of theirs: %s', async (operations) => {
    const result = await exploring(operations);
    expect(result.interleavings).toBeGreaterThan(1);
    expect(Object.fromEntries(result.wrongEnds)).toEqual({});
  });
});

describe('every interleaving beside a revocation that is not answered and carried out at any moment after that', () => {
  const unanswered = pairs.flatMap(([first, second]) =>
    first === second ? [[first, second] as const] : [[first, second] as const, [second, first] as const],
  );
  it.each(unanswered)('is explained by an order: %s, unanswered; %s', async (first, second) => {
    const result = await exploring([first, second], { losesRevocations: 0 });
    expect(Object.fromEntries(result.wrongEnds)).toEqual({});
  });

  it.each([
    ['keep 2', 'keep 1'],
    ['all but 2', 'all but 1'],
    ['the newest stays', 'keep 1'],
    ['revoke 1', 'keep 1'],
  ] as const)('leaves no session kept that it may end: %s, unanswered, before %s', async (first, second) => {
    const result = await exploring([first, second], { losesRevocations: 0, oneAfterTheOther: true });
    expect(Object.fromEntries(result.wrongEnds)).toEqual({});
  });
});

/** What these tests are worth: the same harness must find fault with what is known to be wrong. */
describe('the same without turns', () => {
  it.each([
    ['the newest stays, named 2', 'all but 1'],
    ['all but 2', 'all but 1'],
    ['keep 1', 'the newest stays'],
    ['the last used stays', 'the newest stays'],
  ] as const)('ends what is to be kept: %s, %s', async (...operations) => {
    const result = await exploring(operations, { share: withoutTurns });
    expect([...result.wrongEnds.keys()]).toContain('[]');
  });

  it.each([
    ['keep 2', 'keep 1'],
    ['revoke 1', 'keep 1'],
  ] as const)('keeps what may still end: %s, unanswered, before %s', async (...operations) => {
    const options = { share: withoutTurns, losesRevocations: 0, oneAfterTheOther: true };
    const result = await exploring(operations, options);
    expect([...result.wrongEnds.keys()]).toContain('[]');
  });
});

interface Trial {
  readonly share?: () => Shared;
  /** The index of the operation whose revocations are not answered. */
  readonly losesRevocations?: number;
  /** Whether each begins when the one before has answered. */
  readonly oneAfterTheOther?: boolean;
}

function exploring(operations: readonly Name[], trial: Trial = {}): Promise<Exploration> {
  return explore({
    createWorld: () => {
      const world = new ModelWorld();
      for (const _session of before) world.create();
      world.useOldest();
      return world;
    },
    createPrograms: () => {
      const shared = (trial.share ?? newShared)();
      const turns: number[] = [];
      let previous: Promise<void> = Promise.resolve();
      return operations.map((name, index) => {
        const begins = trial.oneAfterTheOther ? previous : Promise.resolve();
        let answered = () => {};
        previous = new Promise((resolve) => {
          answered = resolve;
        });
        return async (world, schedule) => {
          await begins;
          await schedule('arrive', () => null);
          const late: Promise<unknown>[] = [];
          const slow = slowlyAnswered(scheduledGateway(world, schedule), schedule);
          const gateway = index === trial.losesRevocations ? losingRevocations(world, schedule, slow, late) : slow;
          const useCases = useCasesOver(observed(shared, index, turns, world));
          const reply = await perform(useCases, requests[name], gateway);
          world.answers.set(String(index), JSON.stringify({ ...reply, lives: keptLives(world, requests[name]) }));
          answered();
          await Promise.all(late);
        };
      });
    },
    programsDiffer: true,
    isRight: (world) => {
      const told = operations.map((name, index) => ({ request: requests[name], reply: replyOf(world, index) }));
      if (told.some(({ reply }) => !reply.refused && !reply.lives)) return false;
      return someOrderExplains(before, lastUsed, told, new Set(world.ordinals()), trial.oneAfterTheOther);
    },
  });
}

/** What is shared, so that the world can say who waits for a turn, and what has ended since each has looked. */
function observed(shared: Shared, index: number, turns: number[], world: ModelWorld): Shared {
  let view: SessionView | null = null;
  world.further.push(() => {
    const ended = view !== null && 'endedMeanwhile' in view ? view.endedMeanwhile : null;
    return `${index}: ${turns.indexOf(index)} ${ended instanceof Map ? [...ended].join() : ''}`;
  });
  return {
    ...shared,
    runs: observedRuns(shared.runs, index, world),
    userLock: {
      run: async (userId, operation) => {
        turns.push(index);
        try {
          return await shared.userLock.run(userId, operation);
        } finally {
          turns.splice(turns.indexOf(index), 1);
        }
      },
    },
    claims: {
      isShared: shared.claims.isShared,
      open(userId) {
        view = shared.claims.open(userId);
        return view;
      },
      isBeingReplaced: (userId, id) => shared.claims.isBeingReplaced(userId, id),
      takeAbandoned: (first) => shared.claims.takeAbandoned(first),
      giveUpAbandoned: (id) => shared.claims.giveUpAbandoned(id),
    },
  };
}

interface JudgedReply extends Reply {
  /** Whether the session that was to be kept by choice lived when this was answered. */
  readonly lives: boolean;
}

function keptLives(world: ModelWorld, request: Request): boolean {
  if (request.kind === 'requested') return world.find(modelSessionId(request.keep)) !== null;
  return request.kind !== 'others' || world.find(modelSessionId(request.except)) !== null;
}

function replyOf(world: ModelWorld, index: number): JudgedReply {
  return JSON.parse(world.answers.get(String(index)) ?? 'null') as JudgedReply;
}
