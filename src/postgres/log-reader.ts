import { StoreUnavailableError } from '../domain/errors.js';
import type { Instant } from '../domain/session.js';
import type { InProcessEventFeed } from '../in-process/event-feed.js';
import type { InProcessRevocationMemory } from '../in-process/revocation-memory.js';
import { SealedPositions } from '../stores/sealed-positions.js';
import { loadUpTo, looksOf, readAnew } from './log-history.js';
import type { LogSource } from './log-source.js';
import type { PostgresRevocationMemory } from './revocation-memory.js';
import { type EventRow, eventOf } from './rows.js';

interface LogReaderParts {
  readonly source: LogSource;
  readonly feed: Pick<InProcessEventFeed, 'publish' | 'restart' | 'cutOff' | 'refuse'>;
  readonly memory: Pick<PostgresRevocationMemory, 'remember' | 'restart' | 'completeFrom' | 'isCurrent'>;
  /** A memory to fill anew. */
  readonly createMemory: () => InProcessRevocationMemory;
  /** Called when some of what was published may be lost, and all that is known is read again. */
  readonly onRestart: (reason: RestartReason) => void;
  /** Called whenever the log was read, and the database takes what is written. */
  readonly onRead: () => void;
  /** Called when the log has been out of reach for so long that whoever follows it is cut off. */
  readonly onAbsence: () => void;
  /** How long the log may be out of reach before whoever follows it is cut off, in milliseconds. */
  readonly toleranceMs: number;
}

type RestartReason = 'start' | 'epoch' | 'below' | 'hole';

const pollIntervalMs = 1_000;

/** How long a publisher waits until this process has read what it published, in milliseconds. */
const maxReachMs = 2_000;

/** Reads the log, in order, into the feed and the memory of this process: whenever it is woken, and each second. */
export class LogReader {
  #position = 0;
  /** What the event there looked like; null when it was not read. */
  #last: string | null = null;
  #epoch = '';
  #completeSince: Instant = 0;
  #erasures = '';
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

  /** How long ago everything there was had been read, in milliseconds. */
  get lagMs(): number {
    return performance.now() - this.#lastReadAt;
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

  /** There may be something to read. @param position How far the log reaches, as far as whoever wakes knows. */
  wake(position: number | null): void {
    void this.#awake(position).catch(() => undefined);
  }

  /** Resolves when everything that was published before the call has been read. @throws StoreUnavailableError */
  async catchUp(): Promise<void> {
    const asked = ++this.#asked;
    while (this.#answered < asked && !this.#isClosed) await this.#look();
  }

  /** Resolves when the position has been read, or cannot be in a bounded time. Never rejects. */
  async reach(position: number): Promise<void> {
    const deadline = performance.now() + maxReachMs;
    while (this.#position < position && performance.now() < deadline && !this.#isClosed) {
      try {
        await this.#look();
      } catch {
        return;
      }
    }
  }

  async #awake(position: number | null): Promise<void> {
    // It was read before its notification came, as by whoever has published it.
    if (position === this.#position) return;
    // What is read at the moment may be that. A position below is of another history.
    if (position !== null && position > this.#position && this.#reading !== null) {
      await this.#reading;
      if (this.#position >= position) return;
    }
    await this.catchUp();
  }

  /** One look at the log: the one under way, or another. */
  #look(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
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
    const { source, memory } = this.parts;
    const { head, last, events, isFull } = await source.readAfter(this.#position);
    if (head.fingerprint !== head.knownFingerprint) {
      await source.beginEpoch(head.epoch, this.#completeSince);
      return true;
    }
    // It only ever grows: an epoch that was begun is lost with what it said.
    if (head.completeSince < this.#completeSince) {
      await source.beginEpoch(head.epoch, this.#completeSince);
      return true;
    }
    this.#completeSince = head.completeSince;
    if (head.epoch !== this.#epoch) return this.#restart('epoch');
    // Another history, also one that has grown as long meanwhile.
    if (head.position < this.#position || (last !== null && this.#last !== null && looksOf(last) !== this.#last)) {
      await source.beginEpoch(head.epoch, this.#completeSince);
      return true;
    }
    // Whether it is the same history cannot be seen any more.
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
    // Remembered first, so that whoever receives the event and asks then finds it.
    if (event.revocation !== null) {
      memory.remember({ ...event.revocation, tenantId: event.tenantId }, position, row.recorded_at.getTime());
    }
    this.#position = position;
    feed.publish(event, position);
  }

  /** Reads all that is needed anew, and cuts everybody off who follows: some of what they follow may be lost. */
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
    // After a hole nobody can tell what came before: whoever comes back begins anew.
    feed.restart(position, reason === 'hole' ? [] : remembered);
    onRestart(reason);
    return true;
  }

  /** Forgets what was erased: what is remembered is read anew, and whoever follows goes on. */
  async #reload(erasures: string): Promise<void> {
    const { source, createMemory, feed, memory } = this.parts;
    const { local, remembered } = await loadUpTo(this.#position, this.#ids, source, createMemory);
    this.#erasures = erasures;
    memory.restart(local, false);
    feed.restart(this.#position, remembered);
  }

  #becomeCurrent(): void {
    const { source, memory, feed, onRead } = this.parts;
    this.#lastReadAt = performance.now();
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
