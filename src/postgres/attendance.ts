import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './database.js';

interface AttendanceOptions {
  readonly database: Database;
  /** Called when no other replica took reports of FusionAuth at the moment when this one began. */
  readonly onGap: () => Promise<void>;
}

const beatMs = 1_000;

/** How long to look for an earlier replica, in milliseconds: longer than two beats take. */
const maxLookMs = 3_500;

/**
 * Tracks which replicas take reports of FusionAuth. While one of them does, no report is missed. A replica that finds
 * no other one that was there before it, and still is, knows that some may have been missed.
 */
export class Attendance {
  readonly #replica = randomUUID();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: AttendanceOptions) {}

  /**
   * Announces that this replica takes reports from now on, and finds out whether another one did until now.
   * @returns whether one did. Rejects when the database cannot be asked.
   */
  async begin(): Promise<boolean> {
    const { database, onGap } = this.options;
    await this.#beat(false);
    this.#timer = setInterval(() => void this.#beat(null).catch(() => undefined), beatMs);
    this.#timer.unref();
    const deadline = performance.now() + maxLookMs;
    while (performance.now() < deadline) {
      const others = await database.query(
        `select from $schema.attendance other join $schema.attendance me on me.replica = $1
        where other.replica <> me.replica and other.is_settled and other.seen_at > me.began_at`,
        [this.#replica],
      );
      if (others.length > 0) {
        await this.#beat(true);
        return true;
      }
      await delay(beatMs / 4, undefined, { ref: false, signal: this.#closing.signal });
    }
    await onGap();
    await this.#beat(true);
    return false;
  }

  /** How many replicas have lately announced that they take reports. Rejects when the database cannot be asked. */
  async count(): Promise<number> {
    const rows = await this.options.database.query<{ readonly replicas: string }>(
      `select count(*) as replicas from $schema.attendance
      where seen_at > clock_timestamp() - $1 * interval '1 ms'`,
      [maxLookMs],
    );
    return Number(rows[0]?.replicas ?? 0);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.options.database
      .query('delete from $schema.attendance where replica = $1', [this.#replica])
      .catch(() => undefined);
  }

  /** @param isSettled Whether the gap before this replica is recorded; null to leave that unchanged. */
  async #beat(isSettled: boolean | null): Promise<void> {
    await this.options.database.query(
      `insert into $schema.attendance (replica, began_at, seen_at, is_settled)
      values ($1, clock_timestamp(), clock_timestamp(), coalesce($2, false))
      on conflict (replica) do update set seen_at = clock_timestamp(),
        is_settled = coalesce($2, attendance.is_settled)`,
      [this.#replica, isSettled],
    );
  }
}
