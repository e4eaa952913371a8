import { type CommandResult, done, misused, refused } from './command-result.js';
import { readConfigOfCommand } from './config/read-config.js';
import { parseUserId } from './domain/ids.js';
import { reasonOf } from './domain/reason-of.js';

const usage = `Usage: fusionauth-sessions erase-user USER
  USER   the id of a user of FusionAuth: a UUID

Erases from the database that DATABASE_URL names what says which sessions the user had and ended: entries of the history,
and the ids in events. Revocations that access tokens still depend on stay until these have expired; the service erases
them then. Delete the user in FusionAuth first, or what happens next is recorded again. The variables are those of the
service.
`;

/** Runs the command `erase-user`. */
export async function runEraseUser(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommandResult> {
  const [text, ...more] = args;
  if (text === '--help' || text === '-h') return done(usage);
  if (text === undefined) return misused('Missing: USER', usage);
  if (more.length > 0) return misused(`One USER at a time, not also ${more.join(' ')}`, usage);
  const userId = parseUserId(text);
  if (userId === undefined) {
    return refused('USER: must be a UUID, such as 3c219e58-ed0e-4b18-ad48-f4f92793ae32\n');
  }
  const parsed = await readConfigOfCommand(env);
  if (!parsed.ok) return refused(parsed.problems.map((problem) => `${problem}\n`).join(''));
  const { config, secrets } = parsed;
  if (config.database === null || secrets.databaseUrl === null) {
    return refused(
      'DATABASE_URL: is not set. Without a database each process remembers for itself, for ENDED_SESSION_MEMORY_SECONDS and until it ends.\n',
    );
  }
  // Loaded only on demand, so that a service without a database carries none of it.
  const { eraseUser } = await import('./postgres/erasure.js');
  try {
    const erased = await eraseUser({ ...config.database, url: secrets.databaseUrl }, userId, Date.now());
    const { entries, events, needed, neededUntil } = erased;
    const erasure = `Erased: ${entries} entries of the history; ${events} events no longer say whom they were about.\n`;
    if (neededUntil === null) return done(erasure);
    const until = new Date(neededUntil).toISOString();
    const rest = `Kept until they are not needed any more, at the latest ${until}: ${needed} records of ended sessions whose access tokens may still be accepted. A running service erases them then.\n`;
    return done(erasure + rest);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const { knownDatabaseFault } = await import('./doctor/broken-database.js');
    const fault = knownDatabaseFault(cause, secrets.databaseUrl) ?? reasonOf(cause);
    return refused(`The user was not erased, or only in part: ${fault}\n`);
  }
}
