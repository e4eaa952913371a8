import { describe, expect, it, vi } from 'vitest';
import type { EnforceSessionLimitCommand } from '../../src/application/enforcement/enforcement.js';
import type { Session } from '../../src/domain/session.js';
import type { Exploration } from './support/exploration.js';
import { explore, type Program } from './support/explore.js';
import { exploreIndependent } from './support/explore-independent.js';
import { ModelWorld, modelUserId, type Schedule, scheduledGateway } from './support/model-world.js';
import { newShared, type Shared, scopeOver, useCasesOver, withoutTurns } from './support/use-cases.js';

// Nothing here depends on time; the largest cases are some hundred thousand runs.
vi.setConfig({ testTimeout: 300_000 });

const cases = [2, 3].flatMap((logins) =>
  [0, 1, 2].flatMap((before) => [1, 2].map((limit) => ({ logins, before, limit }))),
);

describe('every interleaving of concurrent logins, each creating a session and then enforcing', () => {
  it.each([...cases, { logins: 4, before: 0, limit: 2 }])(
    'leaves exactly the newest $limit: $logins logins, $before sessions before',
    async (one) => {
      const result = await exploreIndependent({
        createWorld: () => worldWith(one.before),
        createProgram: () => login(enforceNewest(one.limit, newShared())),
        programs: one.logins,
        isRight: (world) => leavesNewest(world, one.limit),
      });
      print(one, result);
      expect(result.interleavings).toBeGreaterThan(1);
      expect(result.wrong).toBe(0);
    },
  );

  it.each(cases)('leaves exactly $limit under KEEP_REQUESTED: $logins logins, $before before', async (one) => {
    const result = await explore({
      createWorld: () => worldWith(one.before),
      createPrograms: () => {
        const shared = newShared();
        return logins(one.logins, () => enforceKeepingRequested(one.limit, shared));
      },
      isRight: (world) => leavesCount(world, one.limit),
    });
    print(one, result);
    expect(result.wrong).toBe(0);
  });

  it.each(cases.filter(({ before }) => before > 0))(
    'leaves exactly $limit under END_LEAST_RECENTLY_USED while sessions are used: $logins logins, $before before',
    async (one) => {
      const result = await explore({
        createWorld: () => worldWith(one.before),
        createPrograms: () => {
          const shared = newShared();
          return [...logins(one.logins, () => enforceMostUsed(one.limit, shared)), useOldest];
        },
        isRight: (world) => leavesCount(world, one.limit),
      });
      print(one, result);
      expect(result.wrong).toBe(0);
    },
  );
});

describe('rules that differ from call to call', () => {
  // INTERLEAVINGS=all tries both: the second takes ten times as long as the first.
  it.each(process.env['INTERLEAVINGS'] === 'all' ? [1, 2] : [1])(
    'leave exactly one session: one login keeps what it created, another the newest; %s before',
    async (before) => {
      const result = await explore({
        createWorld: () => worldWith(before),
        createPrograms: () => {
          const shared = newShared();
          return [
            ...logins(1, () => enforceKeepingRequested(1, shared)),
            ...logins(1, () => enforceNewest(1, shared)),
            ...logins(1, () => enforceMostUsed(1, shared)),
          ];
        },
        programsDiffer: true,
        isRight: (world) => leavesCount(world, 1),
      });
      print({ mixed: true, before }, result);
      expect(result.wrong).toBe(0);
    },
  );
});

/** What these tests are worth: the same harness must find fault with what is known to be wrong. */
describe('the usual loop, which keeps its own session and deletes the rest', () => {
  it.each(cases.filter(({ limit }) => limit === 1))(
    'goes wrong in some interleavings: $logins logins, $before sessions before',
    async (one) => {
      const result = await exploreIndependent({
        createWorld: () => worldWith(one.before),
        createProgram: () => login(usualLoop),
        programs: one.logins,
        isRight: (world) => leavesNewest(world, 1),
      });
      print(one, result);
      expect(result.wrong).toBeGreaterThan(0);
      expect([...result.wrongEnds.keys()]).toContain('[]');
    },
  );
});

describe('rules that need turns, without taking turns', () => {
  it('goes wrong in some interleavings under KEEP_REQUESTED', async () => {
    const result = await explore({
      createWorld: () => worldWith(1),
      createPrograms: () => {
        const shared = withoutTurns();
        return logins(2, () => enforceKeepingRequested(1, shared));
      },
      isRight: (world) => leavesCount(world, 1),
    });
    expect(result.wrong).toBeGreaterThan(0);
  });
});

describe('programs that share nothing, explored one by one', () => {
  const programs = {
    'that leave the newest 1': () => login(enforceNewest(1, newShared())),
    'that leave the newest 2': () => login(enforceNewest(2, newShared())),
    'that run the usual loop': () => login(usualLoop),
  };
  const names = Object.keys(programs) as (keyof typeof programs)[];
  it.each(names.flatMap((name) => [0, 1, 2].map((before) => ({ name, before }))))(
    'have the same orders and the same ends as if they run together: logins $name, $before sessions before',
    async ({ name, before }) => {
      const createProgram = programs[name];
      const scenario = { createWorld: () => worldWith(before), isRight: (world: ModelWorld) => leavesNewest(world, 1) };
      const oneByOne = await exploreIndependent({ ...scenario, createProgram, programs: 2 });
      const together = await explore({ ...scenario, createPrograms: () => [createProgram(), createProgram()] });
      expect(oneByOne).toEqual(together);
    },
  );
});

type Enforcement = (world: ModelWorld, schedule: Schedule, created: Session) => Promise<void>;

/** Programs that each sign in, which creates a session, and then enforce as an application would after a login. */
function logins(count: number, createEnforcement: () => Enforcement): readonly Program[] {
  return Array.from({ length: count }, () => login(createEnforcement()));
}

function login(enforce: Enforcement): Program {
  return async (world: ModelWorld, schedule: Schedule) => {
    const created = await schedule('create', () => world.create());
    await enforce(world, schedule, created);
  };
}

const useOldest: Program = (world, schedule) => schedule('use', () => world.useOldest());

const usualLoop: Enforcement = async (world, schedule, created) => {
  const listed = await schedule('list', () => world.list());
  for (const { id } of listed) {
    if (id !== created.id) await schedule(`revoke ${id}`, () => world.revoke(id));
  }
};

function enforceNewest(limit: number, shared: Shared): Enforcement {
  return enforce(shared, () => ({ ...base, limit: limitOf(limit) }));
}

function enforceKeepingRequested(limit: number, shared: Shared): Enforcement {
  return enforce(shared, ({ id }) => ({
    ...base,
    limit: limitOf(limit),
    keepSessionIds: [id],
    onNewerSession: 'keepRequested',
  }));
}

function enforceMostUsed(limit: number, shared: Shared): Enforcement {
  return enforce(shared, () => ({ ...base, limit: limitOf(limit), overflow: 'endLeastRecentlyUsed' }));
}

const base: Omit<EnforceSessionLimitCommand, 'limit'> = {
  userId: modelUserId,
  overflow: 'endOldest',
  keepSessionIds: [],
  keepArgument: ['keepSessionIds'],
  onNewerSession: 'keepNewest',
  reason: 'SESSION_LIMIT_EXCEEDED',
  comment: null,
  dryRun: false,
  allowEndings: null,
};

function limitOf(maxSessions: number): EnforceSessionLimitCommand['limit'] {
  return { maxSessions, scope: 'user', applicationIds: null, deviceTypes: null, ssoSessions: 'keepNewest' };
}

function worldWith(sessions: number): ModelWorld {
  const world = new ModelWorld();
  for (let index = 0; index < sessions; index++) world.create();
  return world;
}

function leavesNewest(world: ModelWorld, limit: number): boolean {
  const newest = Array.from({ length: world.created }, (_, index) => index + 1).slice(-limit);
  return world.ordinals().join() === newest.join();
}

function leavesCount(world: ModelWorld, limit: number): boolean {
  return world.ordinals().length === Math.min(limit, world.created);
}

/** The real use case, over the model of FusionAuth. */
function enforce(shared: Shared, commandFor: (created: Session) => EnforceSessionLimitCommand): Enforcement {
  return async (world, schedule, created) => {
    await useCasesOver(shared).enforce.execute(scopeOver(scheduledGateway(world, schedule)), commandFor(created));
  };
}

/** The counts are the evidence; set INTERLEAVING_COUNTS=1 to see them. */
function print(scenario: object, { interleavings, wrong, wrongEnds }: Exploration): void {
  if (process.env['INTERLEAVING_COUNTS'] === undefined) return;
  const ends = [...wrongEnds].map(([end, count]) => `${end}: ${count}`).join(', ');
  process.stdout.write(`${JSON.stringify(scenario)} ${interleavings} interleavings, ${wrong} wrong ${ends}\n`);
}
