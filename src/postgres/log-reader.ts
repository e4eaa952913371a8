import { StoreUnavailableError } from '../domain/errors.js';
import type { Instant } from '../domain/session.js';
import type { SessionEvent } from '../domain/session-event.js';
import type { InProcessEventFeed } from '../in-process/event-feed.js';
import type { InProcessRevocationMemory } from '../in-process/revocation-memory.js';
import { SealedPositions } from '../stores/sealed-positions.js';
import type { Database } from './database.js';
import type { PostgresRevocationMemory } from './revocation-memory.js';
import { type EventRow, eventColumns, eventOf } from './rows.js';

export interface LogReaderParts {
  readonly database: Database;
  readonly feed: InProcessEventFeed;
  readonly memory: PostgresRevocationMemory;
  /** A memory to fill anew. */
  readonly createMemory: () => InProcessRevocationMemory;
  readonly maxRememberedEvents: number;
  readonly now: () => Instant;
  /** Called when some of what was published may be lost, and all that is known is read again. */
  readonly onRestart: (reason: RestartReason) => void;
  /** Called whenever the log was read, and the database takes what is written. */
  readonly onRead: () => void;
  /** How long the log may be out of reach before whoever follows it is cut off, in milliseconds. */
  readonly toleranceMs: number;
}

export type RestartReason = 'start' | 'epoch' | 'below' | 'hole';

const pollIntervalMs = 1_000;
const pageEntries = 1_000;

/** How long a publisher waits until this process has read what it published, in milliseconds. */
const maxReachMs = 2_000;

/** Revocations are read for as much longer as clocks may differ, in milliseconds. */
const clockSlackMs = 60_000;

interface HeadRow {
  readonly head: string;
  readonly epoch: string;
  readonly id_key: Buffer;
  readonly known_fingerprint: string;
  readonly fingerprint: string;
  readonly complete_since: Date;
  readonly is_read_only: boolean;
  readonly events: readonly JsonRow[] | null;
}

type JsonRow = Omit<EventRow, 'occurred_at' | 'recorded_at' | 'issued_before' | 'refuse_until'> & {
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly issued_before: string | null;
  readonly refuse_until: string | null;
};

const head =
  "h.position as head, h.epoch, h.id_key, h.fingerprint as known_fingerprint, $schema.server_fingerprint() as fingerprint, h.complete_since, current_setting('transaction_read_only') = 'on' as is_read_only";

/** Reads the log, in order, into the feed and the memory of this process: whenever it is woken, and each second. */
export class LogReader {
  #position = 0;
  #epoch = '';
  #ids = new SealedPositions({ key: new Uint8Array(32), epoch: 0n });
  #reading: Promise<void> | null = null;
  /** How many have asked for a look, and how many of them have had it. */
  #asked = 0;
  #answered = 0;
  #lastReadAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly parts: LogReaderParts) {}

  /** Everything up to here has been read. */
  get position(): number {
    return this.#position;
  }

  idOf(position: number): string {
    return this.#ids.idOf(position);
  }

  /** What an id of this epoch stands for, of an event or of something else that is numbered; null for no such id. */
  numberOf(id: string): number | null {
    return this.#ids.positionOf(id);
  }

  /** Null for what is no id of an event that has been read. */
  positionOf(id: string): number | null {
    const position = this.numberOf(id);
    return position !== null && position >= 1 && position <= this.#position ? position : null;
  }

  /** @throws StoreUnavailableError when the log cannot be read. */
  async start(): Promise<void> {
    await this.#restart('start');
    this.#becomeCurrent();
    this.#timer = setInterval(() => void this.catchUp().catch(() => undefined), pollIntervalMs);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#reading?.catch(() => undefined);
  }

  /** There may be something to read. */
  wake(): void {
    void this.catchUp().catch(() => undefined);
  }

  /** Resolves when everything that was published before the call has been read. @throws StoreUnavailableError */
  async catchUp(): Promise<void> {
    const asked = ++this.#asked;
    while (this.#answered < asked && !this.#isClosed) {
      this.#reading ??= this.#readAll().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
  }

  /** Resolves when the position has been read, or cannot be in a bounded time. Never rejects. */
  async reach(position: number): Promise<void> {
    const deadline = performance.now() + maxReachMs;
    while (this.#position < position && performance.now() < deadline && !this.#isClosed) {
      try {
        await this.catchUp();
      } catch {
        return;
      }
    }
  }

  async #readAll(): Promise<void> {
    const asked = this.#asked;
    try {
      while (!this.#isClosed && (await this.#readPage()));
      this.#becomeCurrent();
      this.#answered = asked;
    } catch (error) {
      this.#noteAbsence();
      throw error;
    }
  }

  /** @returns true when there is more. */
  async #readPage(): Promise<boolean> {
    const page = await this.#query(
      `select ${head}, (select json_agg(e) from (
        select ${eventColumns} from $schema.event where position > $1 order by position limit ${pageEntries}) e) as events
      from $schema.log_head h`,
      [this.#position],
    );
    if (page.fingerprint !== page.known_fingerprint) {
      await this.#beginEpoch(page.epoch);
      return true;
    }
    if (page.epoch !== this.#epoch) return this.#restart('epoch');
    if (Number(page.head) < this.#position) {
      await this.#beginEpoch(page.epoch);
      return true;
    }
    this.parts.memory.completeFrom(page.complete_since.getTime());
    const events = (page.events ?? []).map(rowOf);
    for (const row of events) {
      if (Number(row.position) !== this.#position + 1) return this.#restart('hole');
      this.#apply(row);
    }
    if (this.#position < Number(page.head) && events.length === 0) return this.#restart('hole');
    return events.length === pageEntries;
  }

  #apply(row: EventRow): void {
    const position = Number(row.position);
    const event = eventOf(row, this.#ids.idOf(position));
    const { memory, feed } = this.parts;
    // Remembered first, so that whoever receives the event and asks then finds it.
    if (event.revocation !== null) {
      memory.remember({ ...event.revocation, tenantId: event.tenantId }, position, row.recorded_at.getTime());
    }
    this.#position = position;
    feed.publish(event, position);
  }

  /** Reads all that is needed anew, and cuts everybody off who follows: some of what they follow may be lost. */
  async #restart(reason: RestartReason): Promise<true> {
    const { feed, memory, createMemory, onRestart } = this.parts;
    const page = await this.#query(`select ${head}, null as events from $schema.log_head h`, []);
    const ids = new SealedPositions({ key: page.id_key, epoch: BigInt(page.epoch) });
    const local = createMemory();
    const remembered: { event: SessionEvent; position: number }[] = [];
    for await (const row of this.#allUpTo(Number(page.head))) {
      const position = Number(row.position);
      const event = eventOf(row, ids.idOf(position));
      if (event.revocation !== null) {
        local.remember({ ...event.revocation, tenantId: event.tenantId }, position, row.recorded_at.getTime());
      }
      remembered.push({ event, position });
    }
    if (reason !== 'start') feed.cutOff(new StoreUnavailableError());
    this.#epoch = page.epoch;
    this.#ids = ids;
    this.#position = Number(page.head);
    memory.restart(local);
    memory.completeFrom(page.complete_since.getTime());
    feed.restart(this.#position, remembered.slice(firstWithoutGap(remembered, this.#position)));
    onRestart(reason);
    return true;
  }

  /** The newest events, and older ones whose revocation still matters, in order. */
  async *#allUpTo(position: number): AsyncGenerator<EventRow> {
    const { database, maxRememberedEvents, now } = this.parts;
    const oldest = new Date(now() - clockSlackMs);
    for (let after = 0; ; ) {
      const rows = await database.probe<EventRow>(
        `select ${eventColumns} from $schema.event
        where position > $1 and position <= $2 and (position > $2 - $3::bigint or refuse_until > $4)
        order by position limit ${pageEntries}`,
        [after, position, maxRememberedEvents, oldest],
      );
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageEntries) return;
      after = Number(last.position);
    }
  }

  /** What was published may be lost. Of replicas that notice, one says so for all. */
  async #beginEpoch(seen: string): Promise<void> {
    const { database, now } = this.parts;
    await database.query('select $schema.begin_epoch_1($1, $2)', [seen, new Date(now())]);
  }

  async #query(text: string, values: unknown[]): Promise<HeadRow> {
    const rows = await this.parts.database.probe<HeadRow>(text, values);
    const [row] = rows;
    if (row === undefined) throw new StoreUnavailableError({ cause: new Error('The log has no head') });
    this.parts.database.found(!row.is_read_only, row.is_read_only ? new Error('The database is read-only') : null);
    return row;
  }

  #becomeCurrent(): void {
    this.#lastReadAt = performance.now();
    this.parts.memory.isCurrent = true;
    this.parts.feed.refuse(null);
    if (this.parts.database.isAvailable) this.parts.onRead();
  }

  #noteAbsence(): void {
    if (performance.now() - this.#lastReadAt < this.parts.toleranceMs) return;
    this.parts.memory.isCurrent = false;
    this.parts.feed.refuse(new StoreUnavailableError());
    this.parts.feed.cutOff(new StoreUnavailableError());
  }
}

/** Events before a gap cannot be resumed after. */
function firstWithoutGap(events: readonly { readonly position: number }[], head: number): number {
  let index = events.length;
  let next = head;
  while (index > 0 && events[index - 1]?.position === next) {
    index--;
    next--;
  }
  return index;
}

function rowOf(row: JsonRow): EventRow {
  return {
    ...row,
    occurred_at: new Date(row.occurred_at),
    recorded_at: new Date(row.recorded_at),
    issued_before: row.issued_before === null ? null : new Date(row.issued_before),
    refuse_until: row.refuse_until === null ? null : new Date(row.refuse_until),
  };
}
