import type { Stores } from '../domain/ports/stores.js';
import type { Instant } from '../domain/session.js';
import { InProcessPolicyJobs } from '../in-process/policy-jobs.js';
import { InProcessSessionClaims } from '../in-process/session-claims.js';
import { maxPolicyJobsOfProcess, maxWaitingPerUser } from '../in-process/stores.js';
import { InProcessUserLock } from '../in-process/user-lock.js';
import { Attendance } from './attendance.js';
import { PostgresConfirmationTurns } from './confirmation-turns.js';
import { Database, type DatabaseOptions } from './database.js';
import { Housekeeping } from './housekeeping.js';
import { migrate } from './migrations.js';
import { PostgresPolicyJobs } from './policy-jobs.js';
import { PostgresPolicySweeps } from './policy-sweeps.js';
import { PostgresRevocationAllowance } from './revocation-allowance.js';
import { PostgresSessionClaims } from './session-claims.js';
import { PostgresSessionHistory } from './session-history.js';
import { createSharedLog, type SharedLog, type SharedLogOptions } from './shared-log.js';
import { PostgresSignInReservations } from './sign-in-reservations.js';
import { PostgresUserLock } from './user-lock.js';
import { WakeUps } from './wake-ups.js';

export interface PostgresStoresOptions extends SharedLogOptions, Omit<DatabaseOptions, 'onAvailability'> {
  /** How long an operation may work with sessions that it has claimed, in milliseconds. */
  readonly maxBusyMs: number;
  /** How long entries of the history are kept, in milliseconds. */
  readonly historyRetentionMs: number;
  /** Aborted when the start is given up. */
  readonly signal?: AbortSignal | undefined;
}

/** How many users may wait for the policy to be enforced. */
const maxPolicyJobs = 1_000_000;

/**
 * The stores that any number of replicas share.
 * @throws SchemaTooNewError; an error of the database when that cannot be reached. Nothing is left open then.
 */
export async function createPostgresStores(options: PostgresStoresOptions): Promise<Stores> {
  const now = () => options.clock.now();
  const database = await openDatabase(options);
  const shared = createSharedLog(database, options);
  const { log, reader, memory, local, feed, underWay } = shared;
  const { claims, userLock } = createTurns(database, shared, options);
  const upkeep = createUpkeep(database, shared, options);
  const dispose = async () => {
    local.close();
    await shared.flush();
    database.connections.cutSoon();
    await Promise.all([upkeep.close(), reader.close()]);
    await userLock.close();
    await database.close();
  };
  try {
    await reader.start();
    await upkeep.start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    log,
    memory,
    feed,
    history: new PostgresSessionHistory({ database, reader, underWay, now, retentionMs: options.historyRetentionMs }),
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
    begin: () => upkeep.attend(now()),
    warnings: () => (database.isAvailable ? [] : ['DATABASE_UNAVAILABLE']),
    readings: () => ({ waitingEvents: local.waitingEvents, feedLagMs: reader.lagMs, database: database.readings }),
    replicas: () => upkeep.replicas(),
    endSubscriptions: () => local.close(),
    [Symbol.asyncDispose]: dispose,
  };
}

/** The database, with the tables of this version of the program. */
async function openDatabase({ telemetry, signal, ...options }: PostgresStoresOptions): Promise<Database> {
  const database = new Database({
    ...options,
    onAvailability: (isAvailable, cause) => telemetry.databaseAvailability(isAvailable, cause),
    onRefusal: (cause) => telemetry.databaseRefusesConnections(cause),
  });
  try {
    await migrate(database, signal);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What keeps operations on the sessions of one user apart. */
function createTurns(
  database: Database,
  { reader, announced }: Pick<SharedLog, 'reader' | 'announced'>,
  { clock, elapsedMs, telemetry, maxBusyMs, maxTurnWaitMs: maxWaitMs, poolSize }: PostgresStoresOptions,
) {
  const claims = new PostgresSessionClaims({
    local: new InProcessSessionClaims({ elapsedMs }),
    database,
    reader,
    announced,
    now: () => clock.now(),
    maxBusyMs,
    onUnshared: (error) => telemetry.endingsUnshared(error),
  });
  const userLock = new PostgresUserLock({
    local: new InProcessUserLock({ maxWaiting: maxWaitingPerUser, maxWaitMs }),
    database,
    maxTurns: Math.ceil(poolSize / 2),
    maxWaitMs,
  });
  return { claims, userLock };
}

/** The work of a replica besides that for its callers. */
function createUpkeep(database: Database, { reader, memory, earliestNow }: SharedLog, options: PostgresStoresOptions) {
  const onFailure = (error: unknown) => options.telemetry.databaseNotInOrder(error);
  const wakeUps = new WakeUps(database, (position) => reader.wake(position));
  const attendance = new Attendance({
    database,
    onGap: () => memory.missedBefore(memory.attendedSince),
    async onUnbroken() {
      await reader.catchUp();
      memory.attend(null);
    },
  });
  const { endedSessionMemoryMs: endingMaxAgeMs } = options;
  const housekeeping = new Housekeeping({ ...options, database, endingMaxAgeMs, now: earliestNow, onFailure });
  return {
    async start(): Promise<void> {
      await wakeUps.start();
      housekeeping.start();
    },
    /** Announces that this replica takes reports of FusionAuth from now on. */
    attend(at: Instant): void {
      memory.attend(at);
      // Rejects when the stores are closed.
      attendance.begin().catch(() => undefined);
    },
    /** Null when the database cannot be asked. */
    replicas: (): Promise<number | null> => attendance.count().catch(() => null),
    async close(): Promise<void> {
      await Promise.all([wakeUps.close(), housekeeping.close(), attendance.close()]);
    },
  };
}
