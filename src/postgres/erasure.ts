import type { UserId } from '../domain/ids.js';
import type { Instant } from '../domain/session.js';
import { Database, type DatabaseOptions } from './database.js';
import { migrate } from './migrations.js';

/** The rows that were erased for a user, and those that have to stay for now. */
interface Erased {
  /** Entries of the history. */
  readonly entries: number;
  /** Events that no longer name their user. */
  readonly events: number;
  /** Rows that access tokens, or revocations under way, still depend on. Running replicas erase them later. */
  readonly needed: number;
  /** Until when rows have to stay; null when none has to. */
  readonly neededUntil: Instant | null;
}

/** Revocations are needed for as much longer as clocks may differ, in milliseconds. */
const clockSlackMs = 60_000;

/** How many rows of each kind one statement erases. */
const stepRows = 5_000;

interface ErasedRow {
  readonly erased: Omit<Erased, 'neededUntil'> & {
    readonly neededUntil: string | null;
    /** Whether more can be erased now. */
    readonly isFull: boolean;
  };
}

/**
 * Erases a user from a database that no service of this process uses.
 * @throws SchemaTooNewError; an error of the database when that cannot be reached.
 */
export async function eraseUser(
  options: Omit<DatabaseOptions, 'onAvailability'>,
  userId: UserId,
  now: Instant,
): Promise<Erased> {
  const database = new Database({ ...options, onAvailability: () => undefined });
  try {
    await migrate(database);
    return await eraseFrom(database, userId, now);
  } finally {
    await database.close();
  }
}

/** How many erasures one run continues, and by how many steps each. */
const maxErasures = 100;
const maxSteps = 20;

/** Erases further rows of users whose rows were still needed. @throws StoreUnavailableError */
export async function continueErasures(database: Database, now: Instant): Promise<void> {
  const rows = await database.query<{ readonly user_id: UserId }>(
    'select user_id from $schema.erasure order by asked_at limit $1',
    [maxErasures],
  );
  for (const row of rows) await eraseFrom(database, row.user_id, now, maxSteps);
}

/** What a run leaves, a later one continues. */
async function eraseFrom(
  database: Database,
  userId: UserId,
  now: Instant,
  mostSteps = Number.POSITIVE_INFINITY,
): Promise<Erased> {
  await database.query('delete from $schema.confirmation where user_id = $1', [userId]);
  let [entries, events] = [0, 0];
  for (let step = 1; ; step++) {
    const rows = await database.query<ErasedRow>('select $schema.erase_user_2($1, $2, $3) as erased', [
      userId,
      new Date(now - clockSlackMs),
      stepRows,
    ]);
    const [row] = rows;
    if (row === undefined) throw new TypeError('No row');
    const { needed, neededUntil, isFull } = row.erased;
    entries += row.erased.entries;
    events += row.erased.events;
    if (isFull && step < mostSteps) continue;
    return { entries, events, needed, neededUntil: neededUntil === null ? null : Date.parse(neededUntil) };
  }
}
