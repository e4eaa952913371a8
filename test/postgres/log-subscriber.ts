import { StoreUnavailableError } from '../../src/domain/errors.js';
import type { SessionEvent } from '../../src/domain/session-event.js';
import type { InProcessEventFeed } from '../../src/in-process/event-feed.js';
import type { ModelLog } from './log-model.js';

/** Whoever follows a replica as clients do: comes back after the last event, and begins anew when that is refused. */
export class Subscriber {
  /** Pairs of events of which the second came right after the first, and should not have. */
  readonly silentGaps: string[] = [];
  last: number | undefined;
  #lastId: string | null = null;
  #isClosed = false;
  #seen = 0;
  #events: AsyncIterableIterator<SessionEvent> | null = null;
  readonly #running: Promise<void>;

  constructor(
    private readonly feed: InProcessEventFeed,
    private readonly log: ModelLog,
  ) {
    this.last = log.rows.at(-1)?.uid;
    this.#running = this.#follow();
  }

  /** Resolves when nothing more comes. */
  async settled(): Promise<void> {
    for (let seen = -1; seen !== this.#seen; ) {
      seen = this.#seen;
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#events?.return?.();
    this.feed.close();
    await this.#running;
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#events = await this.feed.subscribe(() => true, this.#lastId);
        for await (const event of this.#events) this.#take(event);
      } catch (error) {
        this.#seen++;
        // What it has missed it reads from the replica, and goes on with whatever comes.
        if (this.#lastId === null || !(error instanceof StoreUnavailableError)) {
          this.#lastId = null;
          this.last = undefined;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  #take(event: SessionEvent): void {
    this.#seen++;
    const row = this.log.find(event.occurredAt);
    if (row === undefined) throw new TypeError('An event that never was');
    if (this.last !== undefined && row.before !== this.last) this.silentGaps.push(`${this.last} -> ${row.uid}`);
    this.last = row.uid;
    this.#lastId = event.id;
  }
}
