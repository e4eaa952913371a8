import { StoreUnavailableError } from '../domain/errors.js';
import type { Instant } from '../domain/session.js';
import type { Database } from './database.js';
import { type EventRow, eventColumns } from './rows.js';

/** The log, as its reader sees it. Every method rejects with a StoreUnavailableError when the log cannot be read. */
export interface LogSource {
  /** False while the database is known to accept no writes. */
  readonly isWritable: boolean;
  /** How many of the newest events are for subscribers that come back. */
  readonly maxRememberedEvents: number;
  head(): Promise<LogHead>;
  /** The head together with what follows a position, in order: a page of {@link LogPage.isFull}, or all. */
  readAfter(position: number): Promise<LogPage>;
  /** The newest events up to a position, and older ones whose revocation still matters, in order. */
  rememberedUpTo(position: number): AsyncIterable<EventRow>;
  /**
   * Begins a new epoch, because events until now, or until a later known instant, may be lost. Of several replicas that
   * see the same epoch, one begins the next.
   */
  beginEpoch(seen: string, known: Instant): Promise<void>;
}

export interface LogHead {
  /** That of the newest event. */
  readonly position: number;
  /** A new one when earlier events may be lost. */
  readonly epoch: string;
  /** The key that seals the ids of events. */
  readonly idKey: Uint8Array;
  /** The incarnation of the server on which the epoch was begun, and the one that answers. */
  readonly knownFingerprint: string;
  readonly fingerprint: string;
  readonly completeSince: Instant;
  /** How often something was erased. */
  readonly erasures: string;
}

export interface LogPage {
  readonly head: LogHead;
  /** The event at the position that was asked after; null when it is not kept any more. */
  readonly last: EventRow | null;
  readonly events: readonly EventRow[];
  /** Whether there may be more. */
  readonly isFull: boolean;
}

interface PostgresLogSourceOptions {
  readonly database: Database;
  readonly maxRememberedEvents: number;
  readonly now: () => Instant;
}

/** How many events a page holds at most. */
export const pageEntries = 1_000;

/** Revocations are read for as much longer as clocks may differ, in milliseconds. */
const clockSlackMs = 60_000;

interface HeadRow {
  readonly position: string;
  readonly epoch: string;
  readonly id_key: Buffer;
  readonly known_fingerprint: string;
  readonly fingerprint: string;
  readonly complete_since: Date;
  readonly erasures: string;
  readonly is_read_only: boolean;
  /** The time of the database. */
  readonly at: Date;
}

/** The columns of a page, as functions of the database return them. */
export interface PageRow extends HeadRow {
  readonly last: JsonRow | null;
  readonly events: readonly JsonRow[] | null;
}

type JsonRow = Omit<EventRow, 'occurred_at' | 'recorded_at' | 'issued_before' | 'refuse_until'> & {
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly issued_before: string | null;
  readonly refuse_until: string | null;
};

const headColumns =
  "h.position, h.epoch, h.id_key, h.fingerprint as known_fingerprint, $schema.server_fingerprint() as fingerprint, h.complete_since, h.erasures, current_setting('transaction_read_only') = 'on' as is_read_only, clock_timestamp() as at";

/** Reads the tables of the log. Each page also shows whether the database accepts writes. */
export class PostgresLogSource implements LogSource {
  /** How far the clock of this replica is ahead of the one of the database, in milliseconds, as far as is known. */
  #aheadMs = 0;

  constructor(private readonly options: PostgresLogSourceOptions) {}

  /**
   * The earlier of this replica's time and the database's, by which entries expire. A replica whose clock is ahead
   * would otherwise forget revocations that others still have to apply.
   */
  get earliestNow(): Instant {
    return this.options.now() - Math.max(0, this.#aheadMs);
  }

  get isWritable(): boolean {
    return this.options.database.isAvailable;
  }

  get maxRememberedEvents(): number {
    return this.options.maxRememberedEvents;
  }

  async head(): Promise<LogHead> {
    return headOf(await this.#query<HeadRow>(`select ${headColumns} from $schema.log_head h`, []));
  }

  async readAfter(position: number): Promise<LogPage> {
    // One statement, so that head and events are of one moment.
    return pageOf(await this.#query<PageRow>('select * from $schema.read_after_1($1, $2)', [position, pageEntries]));
  }

  async *rememberedUpTo(position: number): AsyncGenerator<EventRow> {
    const { database, maxRememberedEvents } = this.options;
    const oldest = new Date(this.earliestNow - clockSlackMs);
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

  async beginEpoch(seen: string, known: Instant): Promise<void> {
    const { database, now } = this.options;
    await database.query('select $schema.begin_epoch_1($1, $2)', [seen, new Date(Math.max(now(), known))]);
  }

  async #query<Row extends HeadRow>(text: string, values: unknown[]): Promise<Row> {
    const { database, now } = this.options;
    const [row] = await database.probe<Row>(text, values);
    if (row === undefined) throw new StoreUnavailableError({ cause: new Error('The log has no head') });
    // The time of the round trip counts as being ahead, which only makes the replica remember for longer.
    this.#aheadMs = now() - row.at.getTime();
    database.found(!row.is_read_only, row.is_read_only ? new Error('The database is read-only') : null);
    return row;
  }
}

export function pageOf(row: PageRow): LogPage {
  const events = (row.events ?? []).map(rowOf);
  return { head: headOf(row), last: row.last && rowOf(row.last), events, isFull: events.length === pageEntries };
}

function headOf(row: HeadRow): LogHead {
  return {
    position: Number(row.position),
    epoch: row.epoch,
    idKey: row.id_key,
    knownFingerprint: row.known_fingerprint,
    fingerprint: row.fingerprint,
    completeSince: row.complete_since.getTime(),
    erasures: row.erasures,
  };
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
