import { expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/postgres/database.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';

/** A database that answers whoever reads, and takes no rows while its disk is full. */
async function withDisk() {
  const server = await sharedPostgres();
  const url = await server.createDatabase();
  await server.query(
    url,
    `create table public.full_disk (); create table public.some (one int);
    create function no_space() returns trigger language plpgsql as $$ begin
      if to_regclass('public.full_disk') is null then return new; end if;
      raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
    end $$;
    create trigger no_space before insert on public.some for each row execute function no_space()`,
  );
  const said: boolean[] = [];
  let elapsedMs = 0;
  const database = new Database({
    ...postgresOptions(url),
    elapsedMs: () => elapsedMs,
    onAvailability: (isAvailable) => said.push(isAvailable),
  });
  onTestFinished(() => database.close());
  return {
    database,
    said,
    /** As each second: the log is read, and something is written where the database counts as being there. */
    async second() {
      elapsedMs += 1_000;
      await database.probe('select 1');
      database.found(true);
      const wasAvailable = database.isAvailable;
      await database.query('insert into public.some values (1)').catch(() => undefined);
      return wasAvailable;
    },
    empty: () => server.query(url, 'drop table public.full_disk'),
  };
}

it('counts a database as away, and says so a few times a minute, that answers for hours and takes nothing', async () => {
  const { said, second } = await withDisk();
  let available = 0;
  for (let seconds = 0; seconds < 300; seconds++) if (await second()) available++;
  expect(said.length).toBeLessThan(60);
  expect(available).toBeLessThan(30);
});

it('counts it as being there within seconds of its disk having room again, and at once where it was out of reach', async () => {
  const { database, said, second, empty } = await withDisk();
  for (let seconds = 0; seconds < 60; seconds++) await second();
  await empty();
  for (let seconds = 0; seconds < 15; seconds++) await second();
  expect([database.isAvailable, said.at(-1)]).toEqual([true, true]);
  for (let seconds = 0; seconds < 10; seconds++) expect(await second()).toBe(true);
  for (let outages = 0; outages < 5; outages++) {
    database.found(false, new Error('connect ECONNREFUSED'));
    expect(await second()).toBe(true);
  }
});
