import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { session } from '../support/sessions.js';

/** Migrations that every release brings: replicas of the version before must be able to go on beside them. */
const firstReleased = '0008';

const folder = new URL('../../src/postgres/migrations/', import.meta.url);
const migrations = readdirSync(folder).filter((name) => name >= firstReleased);

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

it.each(migrations)('%s takes nothing away that the version before uses', (name) => {
  const statements = readFileSync(new URL(name, folder), 'utf8').replace(/\$\$[\s\S]*?\$\$/g, '');
  expect(statements).not.toMatch(/\b(drop|rename|truncate)\b/i);
  // A column that the version before does not write needs a default.
  expect(statements).not.toMatch(/add column(?![^,;]*default)[^,;]*not null/i);
  expect(statements).not.toMatch(/set not null|add constraint|create unique/i);
});

it('takes the claims of a replica of the version before, which says nothing of what it has settled', async () => {
  const url = await server.createDatabase({ isEmpty: true });
  const stores = await createPostgresStores(postgresOptions(url));
  const [one, other] = [1, 2].map((number) => session({ number }));
  const claim = (id = '') =>
    server.query(url, 'select fusionauth_sessions.claim_1($1) as collision', [
      JSON.stringify({
        holder: '2e3fd6c4-3c73-4b9e-8d3e-8b8a3e4c1a11',
        userId: one?.userId,
        rule: 'unconditional',
        lookedAt: 0,
        keeps: [],
        ends: [{ id, applicationId: null, tenantId: null, replacedBySessionId: null }],
        busyMs: 1_000,
        doubtMs: 1_000,
        reason: 'USER_REQUEST',
        actorKind: 'service',
        actorUserId: null,
        actorName: 'shop',
        comment: null,
        requestId: 'request',
      }),
    ]);
  for (const id of [one?.id, other?.id]) expect((await claim(id)).rows).toEqual([{ collision: null }]);
  const { rows } = await server.query(url, 'select session_id from fusionauth_sessions.session_claim');
  // As it was: a holder that claims again replaces what it has claimed.
  expect(rows).toEqual([{ session_id: other?.id }]);
  await stores[Symbol.asyncDispose]();
});
