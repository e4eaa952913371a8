import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './database.js';

interface AttendanceOptions {
  readonly database: Database;
  /**
   * Called when no other replica took reports of FusionAuth at the moment when this one began. Called again until it
   * resolves.
   */
  readonly onGap: () => Promise<void>;
  /**
   * Called when another replica did until then, which may have recorded a gap of its own just before. Called again until
   * it resolves.
   */
  readonly onUnbroken: () => Promise<void>;
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
  /** Whether a gap before this replica is recorded, or there was none. Others rely on it only then. */
  #isSettled = false;

  constructor(private readonly options: AttendanceOptions) {}

  /**
   * Announces that this replica takes reports from now on, and finds out whether another one did until now. While the
   * database cannot be asked, it tries again each second.
   * Rejects when it is closed meanwhile.
   */
  async begin(): Promise<void> {
    this.#timer = setInterval(() => void this.#beat().catch(() => undefined), beatMs);
    this.#timer.unref();
    const isUnbroken = await this.#untilAnswered(() => this.#isUnbroken());
    await this.#untilAnswered(isUnbroken ? this.options.onUnbroken : this.options.onGap);
    this.#isSettled = true;
    await this.#beat().catch(() => undefined);
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

  /** Whether another replica took reports before this one began, and still does. */
  async #isUnbroken(): Promise<boolean> {
    await this.#beat();
    const deadline = performance.now() + maxLookMs;
    while (performance.now() < deadline) {
      const others = await this.options.database.query(
        `select from $schema.attendance other join $schema.attendance me on me.replica = $1
        where other.replica <> me.replica and other.is_settled and other.seen_at > me.began_at`,
        [this.#replica],
      );
      if (others.length > 0) return true;
      await this.#wait(beatMs / 4);
    }
    return false;
  }

  async #untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch {
        await this.#wait(beatMs);
      }
    }
  }

  /** Rejects when this is closed. */
  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { ref: false, signal: this.#closing.signal });
  }

  /** Other replicas remove the row of one that the database has not seen for a minute, so this may write it anew. */
  async #beat(): Promise<void> {
    await this.options.database.query(
      `insert into $schema.attendance (replica, began_at, seen_at, is_settled)
      values ($1, clock_timestamp(), clock_timestamp(), $2)
      on conflict (replica) do update set seen_at = clock_timestamp(), is_settled = $2`,
      [this.#replica, this.#isSettled],
    );
  }
}
