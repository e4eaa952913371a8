import { ClaimedIds } from '../domain/claimed-ids.js';
import type { Clock } from '../domain/ports/clock.js';
import type { StoreTelemetry } from '../domain/ports/store-telemetry.js';
import type { Stores } from '../domain/ports/stores.js';
import { InProcessConfirmationTurns } from './confirmation-turns.js';
import { InProcessEventFeed } from './event-feed.js';
import { InProcessPolicyJobs } from './policy-jobs.js';
import { InProcessPolicySweeps } from './policy-sweeps.js';
import { InProcessRevocationAllowance } from './revocation-allowance.js';
import { InProcessRevocationMemory } from './revocation-memory.js';
import { Sequence } from './sequence.js';
import { InProcessSessionClaims } from './session-claims.js';
import { InProcessSessionHistory } from './session-history.js';
import { InProcessSessionLog } from './session-log.js';
import { InProcessSignInReservations } from './sign-in-reservations.js';
import { InProcessUserLock } from './user-lock.js';

export interface InProcessStoresOptions {
  /** How many events may wait to be read by one subscriber. */
  readonly maxWaitingEvents: number;
  /** How many events are remembered, for subscribers who come back. */
  readonly maxRememberedEvents: number;
  /** How many revocations are remembered, and how many endings. */
  readonly maxRememberedRevocations: number;
  /** How long it is remembered how a session ended, in milliseconds. */
  readonly endedSessionMemoryMs: number;
  /** How long an operation waits for its turn, in milliseconds. */
  readonly maxTurnWaitMs: number;
  readonly clock: Clock;
  /** Milliseconds on a clock that only goes forward. Default: that of the process. */
  readonly elapsedMs?: () => number;
  readonly telemetry: StoreTelemetry;
}

/** About 15 MB. Far more events than a FusionAuth fires within the time that a delivery of one is accepted. */
const maxRememberedDeliveries = 100_000;

/** How many calls may wait that choose which sessions of a user stay. */
export const maxWaitingPerUser = 100;

/** How many users may wait for the policy to be enforced, of about 500 bytes each. */
export const maxPolicyJobsOfProcess = 100_000;

/** The stores of one process, which end with it. Another replica has its own, and neither sees the other's. */
export function createInProcessStores(options: InProcessStoresOptions): Stores {
  const { clock, maxRememberedRevocations: maxEntries, endedSessionMemoryMs: endingMaxAgeMs, telemetry } = options;
  const sequence = new Sequence();
  const positionOf = (id: string) => sequence.positionOf(id);
  const feed = new InProcessEventFeed({ ...options, positionOf });
  const memory = new InProcessRevocationMemory({
    clock,
    maxEntries,
    endingMaxAgeMs,
    positionOf,
    onForgotten: (completeSince) => telemetry.completenessMoved(completeSince),
  });
  const deliveries = new ClaimedIds(clock, maxRememberedDeliveries);
  const claims = new InProcessSessionClaims(options);
  const history = new InProcessSessionHistory({ clock, maxEntries, maxAgeMs: endingMaxAgeMs });
  return {
    log: new InProcessSessionLog({ sequence, memory, feed, deliveries, claims, history }),
    memory,
    feed,
    history,
    claims,
    userLock: new InProcessUserLock({ maxWaiting: maxWaitingPerUser, maxWaitMs: options.maxTurnWaitMs }),
    policyJobs: new InProcessPolicyJobs({ maxJobs: maxPolicyJobsOfProcess }),
    policySweeps: new InProcessPolicySweeps(),
    revocationAllowance: new InProcessRevocationAllowance(),
    signInReservations: new InProcessSignInReservations(),
    confirmationTurns: new InProcessConfirmationTurns(),
    begin: () => memory.begin(clock.now()),
    warnings: () => [],
    readings: () => ({ waitingEvents: feed.waitingEvents, feedLagMs: 0, database: null }),
    replicas: async () => 1,
    endSubscriptions: () => feed.close(),
    [Symbol.asyncDispose]: async () => feed.close(),
  };
}
