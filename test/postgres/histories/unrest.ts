import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { RoleSetting, Table } from './disturbances.js';

const endEachMs = 50;

/** What others do in the database meanwhile. */
export class Unrest {
  constructor(private readonly url: string) {}

  /** Ends some connection of the service every {@link endEachMs}. */
  async endConnections(forMs: number): Promise<void> {
    const end = `select pg_terminate_backend(pid) from (
      select pid from pg_stat_activity where application_name = 'fusionauth-sessions' order by random() limit 1) one`;
    await this.#during(async (client) => {
      const deadline = performance.now() + forMs;
      while (performance.now() < deadline) {
        await client.query(end);
        await delay(endEachMs);
      }
    });
  }

  async lockTable(table: Table, forMs: number): Promise<void> {
    await this.#during(async (client) => {
      await client.query(`begin; lock table fusionauth_sessions.${table} in access exclusive mode`);
      await delay(forMs);
      await client.query('rollback');
    });
  }

  async vacuumFull(): Promise<void> {
    await this.#during((client) => client.query('vacuum full'));
  }

  async roleSetting({ name, value }: RoleSetting, forMs: number): Promise<void> {
    const changed = (setting: string) =>
      this.#during(async (client) => {
        await client.query(`alter role postgres ${setting}`);
        await client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fusionauth-sessions'",
        );
      });
    if (!(await changed(`set ${name} = ${value}`))) return;
    await delay(forMs);
    while (!(await changed(`reset ${name}`))) await delay(endEachMs);
  }

  /** @returns false where the database went away meanwhile, and nothing more happened. */
  async #during(work: (client: pg.Client) => Promise<unknown>): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, statement_timeout: 10_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await work(client);
      return true;
    } catch (error) {
      if (!isOfOutage(error)) throw error;
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function isOfOutage(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|57|25P|40P01|55P03)/.test(error.code ?? '');
}
