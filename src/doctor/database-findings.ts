import type { ExaminedDatabase } from '../domain/ports/examined-database.js';
import { notableSkewMs } from '../fusionauth/clock-skew.js';
import { explainBrokenDatabase } from './broken-database.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, listOf, ok, problem, warning } from './found.js';

/** The oldest PostgreSQL that the service is for, as the server numbers it. */
const oldestVersion = 140_000;

/** A longer round trip makes each published event and each turn noticeably late, in milliseconds. */
const slowRoundTripMs = 20;

/** The state of the database that replicas share, or the consequence of having none. */
export async function databaseFindings({ config, secrets }: ExaminedService): Promise<readonly Found[]> {
  const { database } = config;
  const { databaseUrl: url } = secrets;
  if (database === null || url === null) {
    return [ok('There is no DATABASE_URL: one process remembers for itself, so run a single replica.')];
  }
  // Loaded only on demand, so that a service without a database carries none of it.
  const { examineDatabase } = await import('../postgres/examine.js');
  try {
    const examined = await examineDatabase({ ...database, url });
    return [
      ...serverFindings(examined),
      ...schemaFindings(examined, database.schema),
      ...capacityFindings(examined, database.poolSize),
    ];
  } catch (error) {
    return [problem(explainBrokenDatabase(error, url))];
  }
}

function serverFindings(examined: ExaminedDatabase): readonly Found[] {
  const { versionNumber, latencyMs, clockAheadMs, isReadOnly, isStandby, timeline } = examined;
  const version = `PostgreSQL ${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`;
  const found: Found[] = [];
  found.push(
    versionNumber < oldestVersion
      ? problem(`The database is ${version}; the service needs 14 or newer. Update it.`)
      : ok(`The database is ${version}${timeline === null ? '' : `, on timeline ${timeline}`}.`),
  );
  if (isReadOnly) {
    const what = isStandby ? 'is a standby' : 'takes no writes (default_transaction_read_only)';
    found.push(problem(`The database ${what}: name the primary in DATABASE_URL.`));
  }
  found.push(...examined.unfitSettings.map((message) => problem(message)));
  const shownMs = latencyMs < 10 ? latencyMs.toFixed(1) : Math.round(latencyMs);
  const answers = `The database answers in ${shownMs} ms`;
  found.push(
    latencyMs > slowRoundTripMs
      ? warning(`${answers}: each event is published so much later. Run it in the same region as the service.`)
      : ok(`${answers}.`),
  );
  const seconds = Math.round(Math.abs(clockAheadMs) / 1_000);
  if (Math.abs(clockAheadMs) > notableSkewMs) {
    const where = clockAheadMs > 0 ? 'ahead of' : 'behind';
    found.push(
      warning(`The clock of the database is ${seconds} seconds ${where} the one of this machine. Set both by NTP.`),
    );
  }
  return found;
}

function schemaFindings(examined: ExaminedDatabase, schema: string): readonly Found[] {
  const { hasSchema, mayMigrate, forbiddenTables, pendingMigrations, newerMigrations, replicas } = examined;
  const found: Found[] = [];
  if (newerMigrations.length > 0) {
    const message = `The schema ${schema} was migrated by a newer version of this program (${listOf(newerMigrations)}), so this one does not start. Start that version, or name another schema in DATABASE_SCHEMA.`;
    found.push(problem(message));
  }
  if (!mayMigrate) {
    const remedy = hasSchema
      ? `Grant it: GRANT USAGE, CREATE ON SCHEMA ${schema} TO the role`
      : `Make it, owned by the role: CREATE SCHEMA ${schema} AUTHORIZATION the role`;
    const lacks = hasSchema ? `use the schema ${schema} and make tables in it` : `make the schema ${schema}`;
    found.push(problem(`The role of DATABASE_URL may not ${lacks}. ${remedy}.`));
  }
  if (forbiddenTables.length > 0) {
    const message = `The role of DATABASE_URL may not read and change ${listOf(forbiddenTables)} in the schema ${schema}. Let it own the tables.`;
    found.push(problem(message));
  }
  if (found.length > 0) return found;
  const state =
    pendingMigrations === 0
      ? `has the tables of this version`
      : `lacks ${pendingMigrations} ${pendingMigrations === 1 ? 'migration' : 'migrations'}, which the service applies when it starts`;
  const seen = replicas === null ? '' : `; replicas of the service that are there: ${replicas}`;
  return [ok(`The schema ${schema} ${state}${seen}.`)];
}

/** A process opens half as many connections for turns besides, and two to listen and to look. */
function capacityFindings(examined: ExaminedDatabase, poolSize: number): readonly Found[] {
  const { maxConnections, usedConnections, replicas } = examined;
  const ofProcess = poolSize + Math.ceil(poolSize / 2) + 2;
  if (maxConnections - usedConnections >= ofProcess || (replicas ?? 0) > 0) return [];
  const message = `The database has room for ${Math.max(0, maxConnections - usedConnections)} more connections, and a process opens up to ${ofProcess}. Raise max_connections, or lower DATABASE_POOL_SIZE.`;
  return [warning(message)];
}
