import type { Clock } from '../domain/ports/clock.js';
import type { Stores } from '../domain/ports/stores.js';
import type { Instant } from '../domain/session.js';
import { settlesWithin } from '../domain/within.js';
import { InProcessEventFeed } from '../in-process/event-feed.js';
import { InProcessPolicyJobs } from '../in-process/policy-jobs.js';
import { InProcessRevocationMemory } from '../in-process/revocation-memory.js';
import { InProcessSessionClaims } from '../in-process/session-claims.js';
import { type InProcessStoresOptions, maxPolicyJobsOfProcess, maxWaitingPerUser } from '../in-process/stores.js';
import { InProcessUserLock } from '../in-process/user-lock.js';
import { Attendance } from './attendance.js';
import { PostgresConfirmationTurns } from './confirmation-turns.js';
import { Database, type DatabaseOptions } from './database.js';
import { Housekeeping } from './housekeeping.js';
import { KeptEntries } from './kept-entries.js';
import { LogReader } from './log-reader.js';
import { PostgresLogSource } from './log-source.js';
import { LostTail } from './lost-tail.js';
import { migrate } from './migrations.js';
import { PostgresPolicyJobs } from './policy-jobs.js';
import { PostgresPolicySweeps } from './policy-sweeps.js';
import { PublicationsUnderWay } from './publications-under-way.js';
import { PostgresRevocationAllowance } from './revocation-allowance.js';
import { PostgresRevocationMemory } from './revocation-memory.js';
import { PostgresSessionClaims } from './session-claims.js';
import { PostgresSessionHistory } from './session-history.js';
import { PostgresSessionLog } from './session-log.js';
import { PostgresSignInReservations } from './sign-in-reservations.js';
import { PostgresUserLock } from './user-lock.js';
import { WakeUps } from './wake-ups.js';

export interface PostgresStoresOptions extends InProcessStoresOptions, Omit<DatabaseOptions, 'onAvailability'> {
  /** How long the database may be away before subscribers are cut off, in milliseconds. */
  readonly outageToleranceMs: number;
  /** How long an operation may work with sessions that it has claimed, in milliseconds. */
  readonly maxBusyMs: number;
  /** How long entries of the history are kept, in milliseconds. */
  readonly historyRetentionMs: number;
}

/** How many endings are kept while the database is away, of about 2 kB each. */
const maxKeptEntries = 10_000;

/** How many users may wait for the policy to be enforced. */
const maxPolicyJobs = 1_000_000;

/** How long the last writes may take when the service stops, in milliseconds. */
const maxFlushMs = 2_000;

/**
 * The stores that any number of replicas share.
 * @throws SchemaTooNewError; an error of the database when that cannot be reached. Nothing is left open then.
 */
export async function createPostgresStores(options: PostgresStoresOptions): Promise<Stores> {
  const { clock, telemetry, elapsedMs = () => performance.now() } = options;
  const now = () => clock.now();
  const kept = new KeptEntries(maxKeptEntries);
  const underWay = new PublicationsUnderWay(elapsedMs);
  const database = new Database({
    ...options,
    onAvailability: (isAvailable, cause) => telemetry.databaseAvailability(isAvailable, cause),
  });
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const positionOf = (id: string): number | null => reader.positionOf(id);
  const feed = new InProcessEventFeed({ ...options, positionOf });
  const source = new PostgresLogSource({ database, maxRememberedEvents: options.maxRememberedEvents, now });
  const earliestClock = { now: () => source.earliestNow };
  const createMemory = () => createLocalMemory(options, earliestClock, positionOf);
  const endingMaxAgeMs = options.endedSessionMemoryMs;
  const lostTail = new LostTail();
  // A reader that comes from another replica may be ahead of this one.
  const reachEvent = async (id: string | null) => (id === null ? undefined : reader.reachEvent(id));
  const lastEvents = () => feed.remembered;
  const memoryParts = { database, kept, underWay, lostTail, lastEvents, reachEvent, endingMaxAgeMs, now };
  const memory = new PostgresRevocationMemory(memoryParts, createMemory());
  const reader: LogReader = new LogReader({
    source,
    feed,
    memory,
    createMemory,
    toleranceMs: options.outageToleranceMs,
    elapsedMs,
    onRead: () => void publishKept(),
    onRestart: (reason) => {
      if (reason !== 'start') telemetry.eventsMayBeLost(reason);
    },
    onAbsence: () => telemetry.eventsOutOfReach(),
  });
  const log = new PostgresSessionLog({
    database,
    reader,
    kept,
    underWay,
    now,
    onLost: () => void memory.missedBefore(now()).catch(() => undefined),
  });
  let publishing: Promise<void> | null = null;
  /** Writes everything that could not be written at its time. */
  const publishKept = async () => {
    if (publishing !== null || (kept.size === 0 && !memory.hasUnsaid && lostTail.isEmpty)) return;
    publishing = log
      .publishKept()
      .then(() => memory.sayMissed())
      .then(() => memory.publishLost(log));
    await publishing.catch(() => undefined);
    publishing = null;
  };
  const onUnshared = (error: unknown) => telemetry.endingsUnshared(error);
  const claimsOptions = { database, reader, now, maxBusyMs: options.maxBusyMs, onUnshared };
  const claims = new PostgresSessionClaims({ ...claimsOptions, local: new InProcessSessionClaims({ clock }) });
  const userLock = new PostgresUserLock({
    local: new InProcessUserLock({ maxWaiting: maxWaitingPerUser, maxWaitMs: options.maxTurnWaitMs }),
    database,
    maxTurns: Math.ceil(options.poolSize / 2),
    maxWaitMs: options.maxTurnWaitMs,
  });
  const attendance = new Attendance({ database, onGap: () => memory.missedBefore(memory.attendedSince) });
  const onFailure = (error: unknown) => telemetry.databaseNotInOrder(error);
  const housekeeping = new Housekeeping({
    ...options,
    database,
    endingMaxAgeMs,
    now: () => earliestClock.now(),
    onFailure,
  });
  const wakeUps = new WakeUps(database, (position) => reader.wake(position));
  const dispose = async () => {
    feed.close();
    const flushed = log.settled().then(() => (kept.size > 0 ? log.publishKept() : undefined));
    await settlesWithin(
      flushed.catch(() => undefined),
      maxFlushMs,
    );
    await Promise.all([wakeUps.close(), housekeeping.close(), attendance.close(), reader.close()]);
    await userLock.close();
    await database.close();
  };
  try {
    await reader.start();
    await wakeUps.start();
  } catch (error) {
    await dispose();
    throw error;
  }
  housekeeping.start();
  return {
    log,
    memory,
    feed: {
      async subscribe(matches, after, last) {
        await reachEvent(after);
        return feed.subscribe(matches, after, last);
      },
    },
    history: new PostgresSessionHistory({
      database,
      reader,
      underWay,
      now,
      retentionMs: options.historyRetentionMs,
    }),
    claims,
    userLock,
    policyJobs: new PostgresPolicyJobs({
      database,
      local: new InProcessPolicyJobs({ maxJobs: maxPolicyJobsOfProcess }),
      maxJobs: maxPolicyJobs,
    }),
    policySweeps: new PostgresPolicySweeps(database),
    revocationAllowance: new PostgresRevocationAllowance(database),
    signInReservations: new PostgresSignInReservations(database),
    confirmationTurns: new PostgresConfirmationTurns(database),
    begin() {
      memory.attend(now());
      attendance.begin().then(
        (isUnbroken) => {
          if (isUnbroken) memory.attend(null);
        },
        // The stores are closed.
        () => undefined,
      );
    },
    warnings: () => (database.isAvailable ? [] : ['DATABASE_UNAVAILABLE']),
    readings: () => ({ waitingEvents: feed.waitingEvents, feedLagMs: reader.lagMs, database: database.readings }),
    replicas: () => attendance.count().catch(() => null),
    endSubscriptions: () => feed.close(),
    [Symbol.asyncDispose]: dispose,
  };
}

function createLocalMemory(
  { maxRememberedRevocations: maxEntries, endedSessionMemoryMs: endingMaxAgeMs, telemetry }: PostgresStoresOptions,
  clock: Clock,
  positionOf: (id: string) => number | null,
): InProcessRevocationMemory {
  const onForgotten = (completeSince: Instant) => telemetry.completenessMoved(completeSince);
  const memory = new InProcessRevocationMemory({ clock, maxEntries, endingMaxAgeMs, positionOf, onForgotten });
  // The instant since which the memory is complete comes from the database.
  memory.begin(Number.NEGATIVE_INFINITY);
  return memory;
}
