import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SetUpFinding } from '../../src/domain/set-up-finding.js';
import { type PostgresServer, sharedPostgres, startPostgres, startStandby } from '../support/postgres.js';
import { unusedUrl } from '../support/raw-server.js';
import { startTestService, type TestService } from '../support/service.js';
import { createWorld, type World } from './world.js';

let server: PostgresServer;
let url: string;
let service: TestService;
let world: World;

/** A busy machine may take its time: that is no finding. */
const patience = { DATABASE_CONNECT_TIMEOUT_MS: '20000', DATABASE_STATEMENT_TIMEOUT_MS: '20000' };

const password = 'secret-of-the-database';

beforeAll(async () => {
  server = await sharedPostgres();
  url = await server.createDatabase();
  service = await startTestService({ env: { DATABASE_URL: url } });
  world = await createWorld(service.url);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

async function lookAt(databaseUrl: string, env: Record<string, string> = {}): Promise<readonly SetUpFinding[]> {
  Object.assign(world.env, { ...patience, DATABASE_URL: databaseUrl, DATABASE_TLS: '', DATABASE_SCHEMA: '', ...env });
  const { findings, output } = await world.diagnose();
  for (const secret of [password, 'postgres:postgres', new URL(databaseUrl).username]) {
    if (secret !== 'postgres') expect(output).not.toContain(secret);
  }
  return findings.filter(({ check }) => check === 'database');
}

const withRole = (databaseUrl: string, role: string) =>
  databaseUrl.replace('postgres:postgres@', `${role}:${password}@`);

async function roleWithout(rights: string): Promise<string> {
  const role = `role_${Math.random().toString(36).slice(2)}`;
  await server.query(url, `create role ${role} login password '${password}'; ${rights.replaceAll('ROLE', role)}`);
  return role;
}

const said = (findings: readonly SetUpFinding[]) => findings.map(({ state, message }) => `${state}: ${message}`);

describe('doctor, of the database', () => {
  it('names version, timeline, latency and the replicas that are there, where all is well', async () => {
    const lines = said(await lookAt(url));
    // A warning comes first.
    expect(lines.toSorted((one, other) => Number(/answers in/.test(one)) - Number(/answers in/.test(other)))).toEqual([
      expect.stringMatching(/^ok: The database is PostgreSQL \d+\.\d+, on timeline [0-9A-F]{8}\.$/),
      'ok: The schema fusionauth_sessions has the tables of this version; replicas of the service that are there: 1.',
      // On a busy machine it may be slow, which is a warning.
      expect.stringMatching(/^(ok|warning): The database answers in [\d.]+ ms[.:]/),
    ]);
  });

  it('says that the service makes its tables, and makes none itself', async () => {
    const empty = await server.createDatabase({ isEmpty: true });
    expect(said(await lookAt(empty)).at(-1)).toMatch(/^ok: The schema fusionauth_sessions lacks \d+ migrations, which/);
    const { rows } = await server.query(empty, "select to_regnamespace('fusionauth_sessions') as found");
    expect(rows).toEqual([{ found: null }]);
  });

  it.each([
    ['no server', async () => url.replace(/:\d+\//, `:${new URL(await unusedUrl()).port}/`), 'nothing listens there'],
    ['another password', async () => withRole(url, 'postgres'), 'refuses the password'],
    ['a database that does not exist', async () => url.replace(/[^/]+$/, 'nowhere'), 'no database of this name'],
  ])('finds %s', async (_what, urlOf, says) => {
    expect(said(await lookAt(await urlOf()))).toEqual([expect.stringMatching(`^problem: .*${says}`)]);
  });

  it('finds a server without TLS where TLS is asked for', async () => {
    expect(said(await lookAt(url, { DATABASE_TLS: 'verified' }))).toEqual([
      expect.stringContaining('does not speak TLS: set DATABASE_TLS=off'),
    ]);
  });

  it('finds a role that may not make the schema', async () => {
    const role = await roleWithout('');
    const found = said(await lookAt(withRole(await server.createDatabase({ isEmpty: true }), role)));
    expect(found[0]).toMatch(/^problem: The role of DATABASE_URL may not make the schema fusionauth_sessions\./);
  });

  it('finds a role that may not use the tables', async () => {
    const role = await roleWithout('grant usage, create on schema fusionauth_sessions to ROLE');
    const found = said(await lookAt(withRole(url, role)));
    expect(found[0]).toMatch(/^problem: The role of DATABASE_URL may not read and change attendance, .* and \d+ more/);
  });

  it('finds nothing amiss with a role that may only use tables that another one has made, while none is lacking', async () => {
    const own = await server.createDatabase();
    const grants = `grant usage on schema fusionauth_sessions to ROLE;
      grant select, insert, update, delete on all tables in schema fusionauth_sessions to ROLE`;
    const role = `role_${Math.random().toString(36).slice(2)}`;
    await server.query(own, `create role ${role} login password '${password}'; ${grants.replaceAll('ROLE', role)}`);
    expect(said(await lookAt(withRole(own, role)))).toContainEqual(
      expect.stringMatching(/^ok: .*tables of this version/),
    );
    await server.query(own, `delete from fusionauth_sessions.migration where name like '0015%'`);
    expect(said(await lookAt(withRole(own, role)))[0]).toMatch(
      /^problem: The role .* may not use the schema .* make tables/,
    );
  });

  it('finds a database that takes no writes', async () => {
    const readOnly = await server.createDatabase({ isEmpty: true });
    await server.query(readOnly, `alter database ${readOnly.split('/').at(-1)} set default_transaction_read_only = on`);
    expect(said(await lookAt(readOnly))[0]).toMatch(/^problem: The database takes no writes/);
  });

  it('finds settings with which the service does not start', async () => {
    const repeatable = await server.createDatabase();
    const name = repeatable.split('/').at(-1);
    await server.query(repeatable, `alter database ${name} set default_transaction_isolation = 'repeatable read'`);
    expect(said(await lookAt(repeatable))).toContainEqual(
      expect.stringMatching(
        /^problem: The database \w+ begins transactions as repeatable read, .* 'read committed'\.$/,
      ),
    );
  });

  it('finds a standby in place of its primary', { timeout: 60_000 }, async () => {
    await using primary = await startPostgres();
    await using standby = await startStandby(primary, primary.port);
    const standbyUrl = `postgres://postgres:postgres@127.0.0.1:${standby.port}/postgres`;
    const found = await vi.waitFor(
      async () => {
        const lines = said(await lookAt(standbyUrl));
        // Nobody can look before it has read what the primary wrote.
        expect(lines.join()).not.toMatch(/is starting, or recovering|nothing listens/);
        return lines;
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(found[0]).toBe('problem: The database is a standby: name the primary in DATABASE_URL.');
  });

  it('finds a host that does not exist', async () => {
    const [found = ''] = said(
      await lookAt('postgres://somebody:x@database.invalid:5432/sessions', { DATABASE_TLS: 'off' }),
    );
    // A resolver that is away itself answers otherwise.
    expect(found).toMatch(
      /^problem: DATABASE_URL \(database\.invalid:5432\/sessions\).*(host that does not exist|Check DNS|in time|cannot be used)/,
    );
  });

  it('finds tables of a newer version', async () => {
    const newer = await server.createDatabase({ isEmpty: true });
    await server.query(
      newer,
      `create schema fusionauth_sessions; create table fusionauth_sessions.migration (id int, name text);
      insert into fusionauth_sessions.migration values (1, '9999_of-tomorrow')`,
    );
    expect(said(await lookAt(newer))[0]).toMatch(/^problem: .*newer version of this program \(9999_of-tomorrow\)/);
  });
});
