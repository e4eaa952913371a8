import type { Instant } from '../domain/session.js';
import type { Database } from './database.js';
import { continueErasures } from './erasure.js';

interface HousekeepingOptions {
  readonly database: Database;
  readonly maxRememberedEvents: number;
  readonly endingMaxAgeMs: number;
  readonly historyRetentionMs: number;
  readonly now: () => Instant;
  readonly onFailure: (error: unknown) => void;
}

const intervalMs = 60_000;

/** How many rows one statement deletes, and how many statements one run makes for a table. */
const batchRows = 1_000;
const maxBatches = 20;

/** Revocations are kept for as much longer as clocks may differ, in milliseconds. */
const clockSlackMs = 60_000;

/** Deletes rows that are no longer needed, in small steps. Any number of replicas may do so at the same time. */
export class Housekeeping {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(private readonly options: HousekeepingOptions) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.run()
        .catch((error: unknown) => this.options.onFailure(error))
        .finally(() => {
          this.#running = null;
        });
    }, intervalMs);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Deletes what it can. @throws StoreUnavailableError when a part of it failed. */
  async run(): Promise<void> {
    const { now, maxRememberedEvents, endingMaxAgeMs, historyRetentionMs } = this.options;
    const at = (ageMs: number) => new Date(now() - ageMs);
    const failures: unknown[] = [];
    // A part that never gets done, as for want of a right, does not keep the others from it.
    const part = (done: Promise<void>) => done.catch((error: unknown) => failures.push(error));
    await part(
      this.#deleteAll(
        'event',
        'position',
        `position <= (select position from $schema.log_head) - $1 and (refuse_until is null or refuse_until < $2)`,
        [maxRememberedEvents, at(clockSlackMs)],
      ),
    );
    await part(
      this.#deleteAll('ending', 'session_id', 'recorded_at < $1 and tokens_expire_by < $2', [
        at(Math.max(endingMaxAgeMs, historyRetentionMs)),
        at(clockSlackMs),
      ]),
    );
    await part(this.#deleteAll('failed_revocation', 'history_number', 'recorded_at < $1', [at(historyRetentionMs)]));
    await part(continueErasures(this.options.database, now()));
    await part(this.#deleteAll('delivery', 'id', 'expires_at < $1', [at(clockSlackMs)]));
    await part(
      this.#deleteAll(
        'session_claim',
        'session_id',
        `(role = 'hold' and busy_until < now()) or (role = 'end' and doubt_until < now() - interval '1 hour')`,
        [],
      ),
    );
    await part(this.#deleteAll('sign_in_reservation', 'user_id', `changed_at < now() - interval '1 hour'`, []));
    await part(
      this.#deleteAll('revocation_grant', 'tenant', `second < extract(epoch from now() - interval '1 hour')`, []),
    );
    await part(this.#deleteAll('confirmation', 'turn', `taken_at < now() - interval '1 hour'`, []));
    await part(this.#deleteAll('attendance', 'replica', `seen_at < now() - interval '1 minute'`, []));
    if (failures.length > 0) throw failures[0];
  }

  async #deleteAll(table: string, key: string, condition: string, values: unknown[]): Promise<void> {
    for (let batch = 0; batch < maxBatches && !this.#isClosed; batch++) {
      const deleted = await this.options.database.query(
        `delete from $schema.${table} where (${condition}) and ${key} in (
          select ${key} from $schema.${table} where ${condition} limit ${batchRows} for update skip locked) returning 1`,
        values,
      );
      if (deleted.length < batchRows) return;
    }
  }
}
