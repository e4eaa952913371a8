import pg from 'pg';
import type { Database } from './database.js';

/** How long to wait before the connection is opened again, in milliseconds. The last delay repeats. */
const delaysMs = [500, 1_000, 2_000, 5_000];

/**
 * Listens for notifications that wake readers of the log. A lost one, as behind a pooler that gives each transaction
 * another connection, costs only the time until the next poll.
 */
export class WakeUps {
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(
    private readonly database: Database,
    /** Called with the end of the log, or null when it is not known. */
    private readonly wake: (position: number | null) => void,
  ) {}

  async start(): Promise<void> {
    if (this.#isClosed) return;
    const client = new pg.Client(this.database.connections.config);
    this.#client = client;
    let isOver = false;
    const again = () => {
      if (isOver) return;
      isOver = true;
      client.end().catch(() => undefined);
      if (this.#client === client) this.#client = null;
      if (this.#isClosed) return;
      const delayMs = delaysMs[Math.min(this.#failures++, delaysMs.length - 1)];
      this.#timer = setTimeout(() => void this.start(), delayMs);
      this.#timer.unref();
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', ({ payload }) => this.wake(positionIn(payload)));
    try {
      await client.connect();
      await client.query('listen fusionauth_sessions');
      this.#failures = 0;
      // Events may have come while nobody listened.
      this.wake(null);
    } catch {
      again();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }
}

/** The position in a notification. The previous version names none, and an erasure changes none. */
function positionIn(payload: string | undefined): number | null {
  return payload !== undefined && /^\d{1,15}$/.test(payload) ? Number(payload) : null;
}
