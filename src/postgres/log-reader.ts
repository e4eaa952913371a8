import { StoreUnavailableError } from '../domain/errors.js';
import type { Instant } from '../domain/session.js';
import type { InProcessEventFeed } from '../in-process/event-feed.js';
import type { InProcessRevocationMemory } from '../in-process/revocation-memory.js';
import { SealedPositions } from '../stores/sealed-positions.js';
import { loadUpTo, looksOf, readAnew } from './log-history.js';
import { LogLooks } from './log-looks.js';
import type { LogPage, LogSource } from './log-source.js';
import type { PostgresRevocationMemory } from './revocation-memory.js';
import { type EventRow, eventOf } from './rows.js';

interface LogReaderParts {
  readonly source: LogSource;
  readonly feed: Pick<InProcessEventFeed, 'publish' | 'restart' | 'cutOff' | 'refuse'>;
  readonly memory: Pick<PostgresRevocationMemory, 'remember' | 'restart' | 'completeFrom' | 'isCurrent'>;
  /** A memory to fill anew. */
  readonly createMemory: () => InProcessRevocationMemory;
  /** Called when published events may be lost, and everything is read again. */
  readonly onRestart: (reason: RestartReason) => void;
  /** Called whenever the log was read and the database accepts writes. */
  readonly onRead: () => void;
  /** Called when the log has been out of reach for so long that subscribers are cut off. */
  readonly onAbsence: () => void;
  /** How long the log may be out of reach before subscribers are cut off, in milliseconds. */
  readonly toleranceMs: number;
  /** Milliseconds on a clock that only goes forward, by which absences are measured. */
  readonly elapsedMs: () => number;
}

type RestartReason = 'start' | 'epoch' | 'below' | 'hole';

const pollIntervalMs = 1_000;

/** How long a publisher waits until this process has read what it published, in milliseconds. */
const maxReachMs = 2_000;

/** Reads the log, in order, into the feed and the memory of this process: when it is woken, and each second. */
export class LogReader {
  #position = 0;
  /** The fingerprint of the event at that position; null when it was not read. */
  #last: string | null = null;
  #epoch = '';
  #completeSince: Instant = 0;
  #erasures = '';
  #ids = new SealedPositions({ key: new Uint8Array(32), epoch: 0n });
  readonly #looks = new LogLooks((first) => this.#readAll(first));
  #lastReadAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly parts: LogReaderParts) {}

  /** Everything up to here has been read. */
  get position(): number {
    return this.#position;
  }

  /** How long ago the whole log had been read, in milliseconds. */
  get lagMs(): number {
    return this.parts.elapsedMs() - this.#lastReadAt;
  }

  idOf(position: number): string {
    return this.#ids.idOf(position);
  }

  /** The number in an id of this epoch; null for any other text. */
  numberOf(id: string): number | null {
    return this.#ids.positionOf(id);
  }

  /** The position of an event, by its id; null for a text that is no id of an event read so far. */
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
    await this.#looks.close();
  }

  /** Has the log read. @param position The end of the log, as far as the caller knows. */
  wake(position: number | null): void {
    void this.#awake(position).catch(() => undefined);
  }

  /** Resolves when everything that was published before the call has been read. @throws StoreUnavailableError */
  async catchUp(): Promise<void> {
    await this.#looks.fresh();
  }

  /**
   * Has an event read that another replica has read before this one, by its id. Does nothing for any other text.
   * @throws StoreUnavailableError
   */
  async reachEvent(id: string): Promise<void> {
    const position = this.numberOf(id);
    if (position !== null && position > this.#position) await this.catchUp();
  }

  /** Resolves when the position has been read, or cannot be in a bounded time. Never rejects. */
  async reach(position: number): Promise<void> {
    const deadline = performance.now() + maxReachMs;
    while (this.#position < position && performance.now() < deadline && !this.#isClosed) {
      try {
        await this.#looks.one();
      } catch {
        return;
      }
    }
  }

  /**
   * Publishes by a statement that also reads the log, so that this process need not read its own entries back by
   * another one.
   * @param publish Is given the position to read after, or null to read nothing.
   */
  publishing<Result extends { readonly page: LogPage | null }>(
    publish: (after: number | null) => Promise<Result>,
  ): Promise<Result> {
    return this.#looks.publishing((reads) => publish(reads ? this.#position : null));
  }

  async #awake(position: number | null): Promise<void> {
    // The event was read before its notification came, as in the replica that published it.
    if (position === this.#position) return;
    // The reading under way may include it. A lower position is of another history.
    if (position !== null && position > this.#position && this.#looks.underWay !== null) {
      await this.#looks.underWay;
      if (this.#position >= position) return;
    }
    await this.catchUp();
  }

  async #readAll(first: LogPage | null): Promise<void> {
    const { source } = this.parts;
    try {
      let page = first;
      while (!this.#isClosed && (await this.#take(page ?? (await source.readAfter(this.#position))))) page = null;
      this.#becomeCurrent();
    } catch (error) {
      this.#noteAbsence();
      throw error;
    }
  }

  /** Applies what follows the position. @returns true when there is more. */
  async #take({ head, last, events, isFull }: LogPage): Promise<boolean> {
    const { source, memory } = this.parts;
    if (head.fingerprint !== head.knownFingerprint) {
      await source.beginEpoch(head.epoch, this.#completeSince);
      return true;
    }
    // The instant only ever grows. A lower one shows that an epoch, with its record, was lost.
    if (head.completeSince < this.#completeSince) {
      await source.beginEpoch(head.epoch, this.#completeSince);
      return true;
    }
    this.#completeSince = head.completeSince;
    if (head.epoch !== this.#epoch) return this.#restart('epoch');
    // Another history, even if it has reached the same length.
    if (head.position < this.#position || (last !== null && this.#last !== null && looksOf(last) !== this.#last)) {
      await source.beginEpoch(head.epoch, this.#completeSince);
      return true;
    }
    // Nothing shows any more whether it is the same history.
    if (last === null && this.#last !== null) return this.#restart('hole');
    memory.completeFrom(head.completeSince);
    for (const row of events) {
      if (Number(row.position) !== this.#position + 1) return this.#restart('hole');
      this.#apply(row);
    }
    const newest = events.at(-1);
    if (newest !== undefined) this.#last = looksOf(newest);
    if (this.#position < head.position && events.length === 0) return this.#restart('hole');
    if (isFull) return true;
    if (head.erasures !== this.#erasures) await this.#reload(head.erasures);
    return false;
  }

  #apply(row: EventRow): void {
    const position = Number(row.position);
    const event = eventOf(row, this.#ids.idOf(position));
    const { memory, feed } = this.parts;
    // Remembered first, so that a subscriber of the event finds the revocation.
    if (event.revocation !== null) {
      memory.remember({ ...event.revocation, tenantId: event.tenantId }, position, row.recorded_at.getTime());
    }
    this.#position = position;
    feed.publish(event, position);
  }

  /** Reads everything anew, and cuts all subscribers off, because events may be lost. */
  async #restart(reason: RestartReason): Promise<true> {
    const { source, createMemory, feed, memory, onRestart } = this.parts;
    const { head, ids, local, remembered, last } = await readAnew(source, createMemory, this.#completeSince);
    const { position, epoch, completeSince, erasures } = head;
    if (reason !== 'start') feed.cutOff(new StoreUnavailableError());
    this.#epoch = epoch;
    this.#erasures = erasures;
    this.#ids = ids;
    this.#position = position;
    this.#last = last;
    memory.restart(local, reason !== 'start');
    this.#completeSince = Math.max(this.#completeSince, completeSince);
    memory.completeFrom(completeSince);
    // After a hole, nothing shows which events came before it, so subscribers that come back begin anew.
    feed.restart(position, reason === 'hole' ? [] : remembered);
    onRestart(reason);
    return true;
  }

  /** Forgets erased users: reads the memory anew, while subscribers go on. */
  async #reload(erasures: string): Promise<void> {
    const { source, createMemory, feed, memory } = this.parts;
    const { local, remembered } = await loadUpTo(this.#position, this.#ids, source, createMemory);
    this.#erasures = erasures;
    memory.restart(local, false);
    feed.restart(this.#position, remembered);
  }

  #becomeCurrent(): void {
    const { source, memory, feed, onRead } = this.parts;
    this.#lastReadAt = this.parts.elapsedMs();
    memory.isCurrent = true;
    feed.refuse(null);
    if (source.isWritable) onRead();
  }

  #noteAbsence(): void {
    const { memory, feed, toleranceMs, onAbsence } = this.parts;
    if (this.lagMs < toleranceMs) return;
    if (memory.isCurrent) onAbsence();
    memory.isCurrent = false;
    feed.refuse(new StoreUnavailableError());
    feed.cutOff(new StoreUnavailableError());
  }
}
