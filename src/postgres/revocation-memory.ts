import { StoreUnavailableError } from '../domain/errors.js';
import type { SessionId } from '../domain/ids.js';
import type {
  RememberedEnding,
  RememberedRevocation,
  RevocationMemory,
  RevocationRange,
} from '../domain/ports/revocation-memory.js';
import type { SessionLog } from '../domain/ports/session-log.js';
import type { TokenIdentity } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import type { SessionEvent } from '../domain/session-event.js';
import type { InProcessRevocationMemory } from '../in-process/revocation-memory.js';
import type { Database } from './database.js';
import type { KeptEntries } from './kept-entries.js';
import type { LostTail } from './lost-tail.js';
import type { PublicationsUnderWay } from './publications-under-way.js';
import { type EndingRow, endingOf } from './rows.js';

interface PostgresRevocationMemoryParts {
  readonly database: Database;
  readonly kept: KeptEntries;
  readonly underWay: Pick<PublicationsUnderWay, 'covers' | 'settled'>;
  readonly lostTail: LostTail;
  /** The newest events that this process has read. */
  readonly lastEvents: () => readonly SessionEvent[];
  /** Has an event read that another replica has read, by the id of its revocation. Rejects when the log is away. */
  readonly reachEvent: (id: string | null) => Promise<void>;
  /** How long the ending of a session is remembered, in milliseconds. */
  readonly endingMaxAgeMs: number;
  readonly now: () => Instant;
}

/** Keeps the revocations of the log in the memory of this process, and asks the database for endings. */
export class PostgresRevocationMemory implements RevocationMemory {
  /** False while the memory may lag behind what other replicas have published. */
  isCurrent = false;
  #completeSince = 0;
  /** The instant that is recorded here, and not yet in the database. */
  #unsaid: Instant | null = null;
  #attendedSince: Instant = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: PostgresRevocationMemoryParts,
    private local: InProcessRevocationMemory,
  ) {}

  /** Sets the instant that the database has for all replicas. */
  completeFrom(instant: Instant): void {
    this.#completeSince = instant;
  }

  /** Since when this replica takes reports of FusionAuth. */
  get attendedSince(): Instant {
    return this.#attendedSince;
  }

  /** Null once it is known that another replica took reports until then. */
  attend(since: Instant | null): void {
    this.#attendedSince = since ?? Number.NEGATIVE_INFINITY;
  }

  remember(revocation: RememberedRevocation, position: number, at: Instant): void {
    this.local.remember(revocation, position, at);
  }

  /**
   * Answers from another memory from now on. @param mayHaveLost Whether the database may have lost revocations that
   * this memory knows.
   */
  restart(local: InProcessRevocationMemory, mayHaveLost: boolean): void {
    if (mayHaveLost) this.parts.lostTail.keep(this.local, this.parts.lastEvents());
    this.local = local;
  }

  /** Publishes again the revocations that the database has lost. @throws StoreUnavailableError */
  publishLost(log: Pick<SessionLog, 'publish'>): Promise<void> {
    return this.parts.lostTail.publish(log, this.local);
  }

  async list(range: RevocationRange, onLookedAt?: (entries: number) => void): Promise<readonly RememberedRevocation[]> {
    this.#requireCurrent();
    await this.parts.underWay.settled();
    await this.parts.reachEvent(range.after);
    return this.local.list(range, onLookedAt);
  }

  async completeSince(): Promise<Instant> {
    this.#requireCurrent();
    return Math.max(this.#completeSince, this.#attendedSince, this.#unsaid ?? 0, await this.local.completeSince());
  }

  async missedBefore(instant: Instant): Promise<void> {
    this.#unsaid = Math.max(this.#unsaid ?? instant, instant);
    await this.sayMissed();
  }

  /** Whether an instant is not recorded for all replicas yet. */
  get hasUnsaid(): boolean {
    return this.#unsaid !== null;
  }

  /** Records for all replicas an instant that could not be recorded before. @throws StoreUnavailableError */
  async sayMissed(): Promise<void> {
    const instant = this.#unsaid;
    if (instant === null) return;
    await this.parts.database.query('update $schema.log_head set complete_since = greatest(complete_since, $1)', [
      new Date(instant),
    ]);
    this.#completeSince = Math.max(this.#completeSince, instant);
    if (this.#unsaid === instant) this.#unsaid = null;
  }

  covers(token: TokenIdentity): boolean {
    const { kept, lostTail, underWay } = this.parts;
    return this.local.covers(token) || underWay.covers(token) || kept.covers(token) || lostTail.covers(token);
  }

  async findEnded(id: SessionId): Promise<RememberedEnding | null> {
    const { database, endingMaxAgeMs, now, underWay } = this.parts;
    await underWay.settled();
    const rows = await database.query<EndingRow>(
      'select * from $schema.ending where session_id = $1 and recorded_at >= $2',
      [id, new Date(now() - endingMaxAgeMs)],
    );
    const [row] = rows;
    return row === undefined ? null : endingOf(row);
  }

  #requireCurrent(): void {
    if (!this.isCurrent) throw new StoreUnavailableError();
  }
}
