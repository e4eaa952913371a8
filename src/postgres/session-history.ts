import { StoreUnavailableError } from '../domain/errors.js';
import type { FailedRevocation, HistoryEntry, HistoryFilter, SessionHistory } from '../domain/ports/session-history.js';
import type { Instant } from '../domain/session.js';
import { unknownEntry } from '../in-process/session-history.js';
import { Batches } from './batches.js';
import type { Database } from './database.js';
import { jsonText } from './json-text.js';
import type { LogReader } from './log-reader.js';
import type { PublicationsUnderWay } from './publications-under-way.js';
import { causeColumns, type HistoryRow, historyEntryOf, textOf } from './rows.js';

interface PostgresSessionHistoryParts {
  readonly database: Database;
  readonly reader: LogReader;
  readonly underWay: Pick<PublicationsUnderWay, 'settled'>;
  /** How long entries are kept, in milliseconds. */
  readonly retentionMs: number;
  readonly now: () => Instant;
}

/** How many operations' failures one statement records, and how many operations may wait. */
const maxBatchItems = 100;
const maxWaiting = 1_000;

/** The greatest difference of the clocks of replicas at which entries are still found by time, in milliseconds. */
const maxClocksApartMs = 3_600_000;

/** Conditions on the number of entries that stand for a bound of time, because entries are found by their number. */
const laterThan = (parameter: number) =>
  `history_number > coalesce((select history_number from $schema.ending
    where recorded_at < $${parameter} order by recorded_at desc limit 1), 0)`;
const earlierThan = (parameter: number) =>
  `history_number < coalesce((select history_number from $schema.ending
    where recorded_at > $${parameter} order by recorded_at limit 1), 9223372036854775807)`;

/** Endings as the log has recorded them, and revocations that failed, by their common number. */
export class PostgresSessionHistory implements SessionHistory {
  readonly #batches: Batches<readonly FailedRevocation[], true>;

  constructor(private readonly parts: PostgresSessionHistoryParts) {
    this.#batches = new Batches({
      run: (failures) => this.#recordAll(failures),
      maxItems: maxBatchItems,
      maxWaiting,
      keysOf: () => [],
      refuse: () => new StoreUnavailableError(),
    });
  }

  async list(
    filter: HistoryFilter,
    first: number,
    after: string | null,
    onLookedAt: (entries: number) => void = () => {},
  ): Promise<readonly HistoryEntry[]> {
    const { database, reader, underWay } = this.parts;
    await underWay.settled();
    const before = after === null ? null : reader.numberOf(after);
    if (after !== null && before === null) throw unknownEntry();
    const conditions: string[] = [];
    const values: unknown[] = [];
    const require = (condition: string, value: unknown) => {
      if (value !== null) conditions.push(`${condition} $${values.push(value)}`);
    };
    require('history_number <', before);
    require('user_id =', filter.userId);
    require('session_id =', filter.sessionId);
    require('application_id =', filter.applicationId);
    require('actor_name =', filter.actorName);
    require('actor_user_id =', filter.actorUserId);
    require('request_id =', filter.requestId);
    require('reason =', filter.reason);
    require('outcome =', filter.outcome);
    const since = Math.max(filter.since ?? 0, this.#oldestKept());
    require('recorded_at >=', new Date(since));
    require('recorded_at <', filter.until === null ? null : new Date(filter.until));
    // Entries are numbered in the order of their recording, up to differences of clocks.
    if (filter.since !== null) conditions.push(laterThan(values.push(new Date(since - maxClocksApartMs))));
    if (filter.until !== null) conditions.push(earlierThan(values.push(new Date(filter.until + maxClocksApartMs))));
    const rows = await database.query<HistoryRow>(
      `select * from $schema.history where ${conditions.join(' and ')}
      order by history_number desc limit $${values.push(first)}`,
      values,
    );
    onLookedAt(rows.length);
    return rows.map((row) => historyEntryOf(row, reader.idOf(Number(row.history_number))));
  }

  async keptSince(): Promise<Instant> {
    return Math.max(await this.#readBegun(), this.#oldestKept());
  }

  async recordFailed(failures: readonly FailedRevocation[]): Promise<void> {
    await this.#batches.add(failures);
  }

  #oldestKept(): Instant {
    return this.parts.now() - this.parts.retentionMs;
  }

  /** Read each time: a database that has lost entries, or was made anew, has begun later than was known before. */
  async #readBegun(): Promise<Instant> {
    const rows = await this.parts.database.query<{ readonly history_since: Date }>(
      'select history_since from $schema.log_head',
    );
    const [row] = rows;
    if (row === undefined) throw new StoreUnavailableError({ cause: new Error('The log has no head') });
    return row.history_since.getTime();
  }

  async #recordAll(batch: readonly (readonly FailedRevocation[])[]): Promise<readonly true[]> {
    const failures = batch.flat().map(({ cause, ...session }) => ({
      ...session,
      reason: cause.reason,
      ...causeColumns(cause),
    }));
    const { database, now } = this.parts;
    await database.query('select $schema.record_failed_1($1, $2)', [jsonText(failures), textOf(now())]);
    return batch.map(() => true);
  }
}
