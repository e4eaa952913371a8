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

interface ErasedRow {
  readonly erased: Omit<Erased, 'neededUntil'> & { readonly neededUntil: string | null };
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

/** How many erasures one run continues. */
const maxErasures = 100;

/** Erases further rows of users whose rows were still needed. @throws StoreUnavailableError */
export async function continueErasures(database: Database, now: Instant): Promise<void> {
  const rows = await database.query<{ readonly user_id: UserId }>(
    'select user_id from $schema.erasure order by asked_at limit $1',
    [maxErasures],
  );
  for (const row of rows) await eraseFrom(database, row.user_id, now);
}

async function eraseFrom(database: Database, userId: UserId, now: Instant): Promise<Erased> {
  await database.query('delete from $schema.confirmation where user_id = $1', [userId]);
  const rows = await database.query<ErasedRow>('select $schema.erase_user_1($1, $2) as erased', [
    userId,
    new Date(now - clockSlackMs),
  ]);
  const [row] = rows;
  if (row === undefined) throw new TypeError('No row');
  const { neededUntil, ...counts } = row.erased;
  return { ...counts, neededUntil: neededUntil === null ? null : Date.parse(neededUntil) };
}
