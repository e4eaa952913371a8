import { InvalidInputError } from '../domain/errors.js';
import type { HistoryEntry, HistoryFilter, SessionHistory } from '../domain/ports/session-history.js';
import type { Instant } from '../domain/session.js';
import type { Database } from './database.js';
import type { LogReader } from './log-reader.js';
import { type EndingRow, endingOf } from './rows.js';

export interface PostgresSessionHistoryParts {
  readonly database: Database;
  readonly reader: LogReader;
  /** How long endings are kept, in milliseconds. */
  readonly retentionMs: number;
  readonly now: () => Instant;
}

/** Endings as the log has recorded them, by their positions. */
export class PostgresSessionHistory implements SessionHistory {
  constructor(private readonly parts: PostgresSessionHistoryParts) {}

  async list(filter: HistoryFilter, first: number, after: string | null): Promise<readonly HistoryEntry[]> {
    const { database, reader } = this.parts;
    const before = after === null ? null : reader.positionOf(after);
    if (after !== null && before === null) {
      throw new InvalidInputError(['after'], 'after names no entry of the history that is still kept. Ask without it.');
    }
    const conditions: string[] = [];
    const values: unknown[] = [];
    const require = (condition: string, value: unknown) => {
      if (value !== null) conditions.push(`${condition} $${values.push(value)}`);
    };
    require('position <', before);
    require('user_id =', filter.userId);
    require('session_id =', filter.sessionId);
    require('application_id =', filter.applicationId);
    require('actor_name =', filter.actorName);
    require('reason =', filter.reason);
    require('recorded_at >=', new Date(Math.max(filter.since ?? 0, await this.keptSince())));
    require('recorded_at <', filter.until === null ? null : new Date(filter.until));
    const rows = await database.query<EndingRow & { readonly position: string; readonly recorded_at: Date }>(
      `select * from $schema.ending where ${conditions.join(' and ')} order by position desc limit $${values.push(first)}`,
      values,
    );
    return rows.map((row) => ({
      ...endingOf(row),
      id: reader.idOf(Number(row.position)),
      recordedAt: row.recorded_at.getTime(),
    }));
  }

  async keptSince(): Promise<Instant> {
    return this.parts.now() - this.parts.retentionMs;
  }
}
