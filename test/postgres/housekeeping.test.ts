import { expect, it } from 'vitest';
import { Database } from '../../src/postgres/database.js';
import { Housekeeping } from '../../src/postgres/housekeeping.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';

it('deletes what it can where a part of it fails, and says that this part has', async () => {
  const { createDatabase, query } = await sharedPostgres();
  const url = await createDatabase();
  await query(
    url,
    `create function fail() returns trigger language plpgsql as $$ begin raise 'never done'; end $$;
    create trigger fail before delete on fusionauth_sessions.ending execute function fail();
    insert into fusionauth_sessions.delivery values ('old', now() - interval '1 day'), ('new', now() + interval '1 day')`,
  );
  const database = new Database({ ...postgresOptions(url), onAvailability: () => undefined });
  const housekeeping = new Housekeeping({
    database,
    maxRememberedEvents: 100,
    endingMaxAgeMs: 1_000,
    historyRetentionMs: 1_000,
    now: () => Date.now(),
    onFailure: () => undefined,
  });
  await expect(housekeeping.run()).rejects.toMatchObject({ cause: { message: 'never done' } });
  const { rows } = await query(url, 'select id from fusionauth_sessions.delivery');
  expect(rows).toEqual([{ id: 'new' }]);
  await database.close();
});
