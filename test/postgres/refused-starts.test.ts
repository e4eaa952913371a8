import { beforeAll, describe, expect, it } from 'vitest';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { startTestService } from '../support/service.js';

let server: PostgresServer;

beforeAll(async () => {
  server = await sharedPostgres();
});

/** What a start says that does not come about. */
async function refusalOf(databaseUrl: string, env: Record<string, string> = {}): Promise<string> {
  try {
    await using service = await startTestService({ env: { DATABASE_URL: databaseUrl, ...env } });
    return `It has started: ${service.url}`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;
  }
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** A refusal in a sentence, which the process writes without a stack. */
const sentence = (what: string) =>
  expect.stringMatching(new RegExp(`^StartRefusedError: DATABASE_URL \\(.*\\) ?${what}`));

describe('a start on a database that cannot be used says what to mend', () => {
  it('where it takes no writes', async () => {
    const url = await server.createDatabase({ isEmpty: true });
    await server.query(url, `alter database ${nameOf(url)} set default_transaction_read_only = on`);
    expect(await refusalOf(url)).toEqual(sentence('takes no writes. Name the primary'));
  });

  it('where somebody locks a table', async () => {
    const url = await server.createDatabase();
    const table = 'fusionauth_sessions.event';
    const isHeld = `select from pg_locks where relation = '${table}'::regclass and mode = 'AccessExclusiveLock' and granted`;
    const held = server.query(url, `begin; lock table ${table}; select pg_sleep(60)`).catch(() => undefined);
    await expect.poll(async () => (await server.query(url, isHeld)).rowCount).toBe(1);
    expect(await refusalOf(url, { DATABASE_STATEMENT_TIMEOUT_MS: '300' })).toEqual(
      sentence('is held up \\(57014\\): .* Look for the lock'),
    );
    await server.query(url, `select pg_terminate_backend(pid) from pg_stat_activity where query like 'begin; lock%'`);
    await held;
  });

  it('where a table is gone', async () => {
    const url = await server.createDatabase();
    await server.query(url, 'drop table fusionauth_sessions.event cascade');
    expect(await refusalOf(url)).toEqual(sentence('lacks something that a migration has made'));
  });

  it('where the role may open no further connection', async () => {
    const url = await server.createDatabase();
    const role = `role_${nameOf(url)}`;
    await server.query(url, `create role ${role} login password 'the-password' connection limit 0`);
    expect(await refusalOf(url.replace('postgres:postgres', `${role}:the-password`))).toEqual(
      sentence('has no connection left. .*CONNECTION LIMIT of the role'),
    );
  });

  describe.skipIf(!hasPgBouncer())('behind PgBouncer', () => {
    it.each([
      ['that refuses the parameters of connections', '', (url: URL) => url, 'is a pooler .*ignore_startup_parameters'],
      ['that refuses the password', undefined, withPassword, 'refuses the password'],
      ['that has no such database', undefined, withDatabase, ': there is no database of this name'],
      [
        'that gives no connection in time',
        'ignore_startup_parameters = statement_timeout\nmax_client_conn = 0',
        (url: URL) => url,
        'ends the connection .* in its log',
      ],
    ])('%s', async (_what, settings, change, says) => {
      const url = new URL(await server.createDatabase());
      await using pooler = await startPgBouncer(Number(url.port), settings);
      url.port = String(pooler.port);
      expect(await refusalOf(change(url).href)).toEqual(sentence(says));
    });
  });
});

function withPassword(url: URL): URL {
  url.password = 'another';
  return url;
}

function withDatabase(url: URL): URL {
  url.pathname = '/nowhere';
  return url;
}
