import { describe, expect, it, vi } from 'vitest';
import type { EnforcementRuns } from '../../src/application/enforcement/enforce-session-limit.js';
import type { EnforceSessionLimitCommand } from '../../src/application/enforcement/enforcement.js';
import type { Session } from '../../src/domain/session.js';
import type { Exploration } from './support/exploration.js';
import { explore, type Program } from './support/explore.js';
import { ModelWorld, modelUserId, scheduledGateway, slowlyAnswered } from './support/model-world.js';
import { joiningTooLate, newShared, observedRuns, scopeOver, useCasesOver } from './support/use-cases.js';

// Nothing here depends on time.
vi.setConfig({ testTimeout: 300_000 });

const cases = [2, 3].flatMap((logins) =>
  [0, 1, 2].flatMap((before) => [1, 2].map((limit) => ({ logins, before, limit }))),
);

interface Trial {
  readonly logins: number;
  readonly before: number;
  readonly limit: number;
  readonly namesItsSession?: boolean;
  readonly runs?: () => EnforcementRuns;
}

describe('every interleaving of logins that each create a session and enforce, and share their runs', () => {
  it.each(cases)('leaves exactly the newest $limit: $logins logins, $before sessions before', async (trial) => {
    const result = await exploring(trial);
    expect(result.interleavings).toBeGreaterThan(1);
    expect(Object.fromEntries(result.wrongEnds)).toEqual({});
  });

  it.each(cases)(
    'leaves exactly the newest $limit when each names the session it created: $logins logins, $before sessions before',
    async (trial) => {
      const result = await exploring({ ...trial, namesItsSession: true });
      expect(Object.fromEntries(result.wrongEnds)).toEqual({});
    },
  );
});

/** What these tests are worth: the same harness must find fault with what is known to be wrong. */
it.each(cases)(
  'a call that joins a run which has listed already may leave too many: $logins logins, $before before, $limit stay',
  async (trial) => {
    const { wrong } = await exploring({ ...trial, runs: joiningTooLate });
    expect(wrong > 0).toBe(trial.logins + trial.before > trial.limit);
  },
);

function exploring({ logins, before, limit, namesItsSession = false, runs }: Trial): Promise<Exploration> {
  return explore({
    createWorld: () => {
      const world = new ModelWorld();
      for (let index = 0; index < before; index++) world.create();
      return world;
    },
    createPrograms: () => {
      const shared = { ...newShared(), ...(runs === undefined ? {} : { runs: runs() }) };
      return Array.from({ length: logins }, (_, index): Program => {
        return async (world, schedule) => {
          const created = await schedule('create', () => world.create());
          const gateway = slowlyAnswered(scheduledGateway(world, schedule), schedule);
          const { enforce } = useCasesOver({ ...shared, runs: observedRuns(shared.runs, index, world) });
          await enforce.execute(scopeOver(gateway), commandOf(limit, namesItsSession ? created : null));
        };
      });
    },
    isRight: (world) => {
      const newest = Array.from({ length: world.created }, (_, index) => index + 1).slice(-limit);
      return world.ordinals().join() === newest.join();
    },
  });
}

function commandOf(maxSessions: number, keep: Session | null): EnforceSessionLimitCommand {
  return {
    userId: modelUserId,
    limit: { maxSessions, scope: 'user', applicationIds: null, deviceTypes: null, ssoSessions: 'keepNewest' },
    overflow: 'endOldest',
    keepSessionIds: keep === null ? [] : [keep.id],
    keepArgument: ['keepSessionIds'],
    onNewerSession: 'keepNewest',
    reason: 'SESSION_LIMIT_EXCEEDED',
    comment: null,
    dryRun: false,
    allowEndings: null,
  };
}
