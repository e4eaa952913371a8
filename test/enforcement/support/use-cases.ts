import { createAccess } from '../../../src/application/authorization/access.js';
import {
  type EnforcementRuns,
  EnforceSessionLimit,
  type EnforceSessionLimitPorts,
} from '../../../src/application/enforcement/enforce-session-limit.js';
import type { EnforcementCall, EnforceSessionLimitResult } from '../../../src/application/enforcement/enforcement.js';
import { SessionEventRecorder } from '../../../src/application/events/session-event-recorder.js';
import type { EndingScope } from '../../../src/application/operation/operation-scope.js';
import { SharedRuns } from '../../../src/application/operation/shared-runs.js';
import type { RevocationRuns } from '../../../src/application/revocation/revocation-calls.js';
import { RevokeSession, type RevokeSessionPorts } from '../../../src/application/revocation/revoke-session.js';
import { RevokeSessions } from '../../../src/application/revocation/revoke-sessions.js';
import { type Caller, permissions } from '../../../src/domain/caller.js';
import type { RevocationMemory } from '../../../src/domain/ports/revocation-memory.js';
import type { SessionClaims } from '../../../src/domain/ports/session-claims.js';
import type { SessionGateway } from '../../../src/domain/ports/session-gateway.js';
import type { SessionLog } from '../../../src/domain/ports/session-log.js';
import type { Lease, UserLock } from '../../../src/domain/ports/user-lock.js';
import { Sequence } from '../../../src/in-process/sequence.js';
import { InProcessUserLock } from '../../../src/in-process/user-lock.js';
import { createParts } from '../../support/in-process-parts.js';
import { silent } from '../../support/telemetry.js';
import { emptyDirectory, type ModelWorld, noPeople } from './model-world.js';

/** What simultaneous operations of one process share. */
export interface Shared {
  readonly userLock: UserLock;
  readonly claims: SessionClaims;
  readonly runs: EnforcementRuns;
  readonly revocationRuns: RevocationRuns;
  readonly log: SessionLog;
  readonly memory: RevocationMemory;
}

const clock = { now: () => 0 };
const veryLongMs = 600_000;

/** Ids cost a key, and nothing here depends on which they are. */
const sequence = new Sequence();

export function newShared(): Shared {
  const { log, memory, claims } = createParts({ clock, maxEntries: 100, endingMaxAgeMs: veryLongMs, sequence });
  const userLock = new InProcessUserLock({ maxWaiting: 10, maxWaitMs: veryLongMs });
  return { userLock, runs: new SharedRuns(10), revocationRuns: new SharedRuns(10), log, memory, claims };
}

/** What is known to be wrong: nobody waits, and nobody knows of others. */
export function withoutTurns(): Shared {
  const lease: Lease = { isShared: true, signal: new AbortController().signal };
  const userLock: UserLock = { run: (_userId, operation) => operation(lease) };
  const view = {
    look() {},
    isInDoubt: () => false,
    isAnnounced: () => false,
    claim: async () => null,
    settle() {},
    async [Symbol.asyncDispose]() {},
  };
  const shared = newShared();
  const claims = {
    isShared: true,
    open: () => view,
    isBeingReplaced: async () => false,
    takeAbandoned: async () => [],
    giveUpAbandoned: async () => {},
  };
  return { ...shared, userLock, claims };
}

export interface UseCases {
  readonly enforce: EnforceSessionLimit;
  readonly revokeSession: RevokeSession;
  readonly revokeSessions: RevokeSessions;
}

/** The real use cases. */
export function useCasesOver({ userLock, claims, runs, revocationRuns, log, memory }: Shared): UseCases {
  const ports = {
    audit: { record: () => {}, written: async () => true },
    recorder: new SessionEventRecorder({ log, telemetry: silent, maxAccessTokenLifetimeMs: 1_000 }),
    history: { recordFailed: async () => {} },
    uncertain: { followUp: () => {} },
    clock,
    endingBudgetMs: veryLongMs,
    recentSignInSeconds: null,
    commentRequired: false,
    userLock,
    claims,
    runs,
    endedSessions: memory,
    maxHoldWaitMs: veryLongMs,
    maxTurnWaitMs: veryLongMs,
    telemetry: silent,
  } satisfies EnforceSessionLimitPorts & RevokeSessionPorts;
  return {
    enforce: new EnforceSessionLimit(ports),
    revokeSession: new RevokeSession(ports),
    revokeSessions: new RevokeSessions({ ...ports, runs: revocationRuns }),
  };
}

/** An operation of a caller who may do everything. */
export function scopeOver(gateway: SessionGateway): EndingScope {
  return { ...scope, access: createAccess(caller, { sessions: gateway, directory: emptyDirectory, people: noPeople }) };
}

const caller: Caller = {
  kind: 'service',
  name: 'test',
  expiresAt: null,
  permissions: new Set(permissions),
  tenantIds: null,
  applicationIds: null,
};

const scope: Omit<EndingScope, 'access'> = {
  requestId: 'interleaving',
  clientAddress: '192.0.2.1',
  caller,
  tenantId: null,
  clock,
  time: { deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal },
  reads: { forgetSessions: () => {} },
};

const programOf = new WeakMap<EnforcementCall, number>();

/** The same runs, but the world knows the part that the program of this index has in them. */
export function observedRuns(runs: EnforcementRuns, index: number, { parts }: ModelWorld): EnforcementRuns {
  return {
    async run(kind, call, patience, carryOut) {
      programOf.set(call, index);
      // Of those that wait the first will be on record, so their order is a part of what is to come.
      parts.set(index, `waits as ${[...parts.values()].filter((part) => part.startsWith('waits')).length}`);
      try {
        return await runs.run(kind, call, patience, (calls) => {
          for (const one of calls) parts.set(programOf.get(one) ?? index, one === calls[0] ? 'leads' : 'follows');
          return carryOut(calls);
        });
      } finally {
        parts.delete(index);
      }
    },
  };
}

/** What is known to be wrong: a call joins a run that goes on, and that has perhaps listed already. */
export function joiningTooLate(): EnforcementRuns {
  const goingOn = new Map<string, Promise<ReadonlyMap<EnforcementCall, EnforceSessionLimitResult>>>();
  return {
    async run(kind, call, _patience, carryOut) {
      const run = goingOn.get(kind) ?? carryOut([call]).finally(() => goingOn.delete(kind));
      goingOn.set(kind, run);
      const [anyAnswer] = (await run).values();
      if (anyAnswer === undefined) throw new Error('A run has answered nobody');
      return anyAnswer;
    },
  };
}
