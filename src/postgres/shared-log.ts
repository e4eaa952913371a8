import type { SessionEventFeed } from '../domain/ports/session-event-feed.js';
import type { Instant } from '../domain/session.js';
import { settlesWithin } from '../domain/within.js';
import { InProcessEventFeed } from '../in-process/event-feed.js';
import { InProcessRevocationMemory } from '../in-process/revocation-memory.js';
import type { InProcessStoresOptions } from '../in-process/stores.js';
import { AnnouncedEndings } from './announced-endings.js';
import type { Database, DatabaseOptions } from './database.js';
import { KeptEntries } from './kept-entries.js';
import { LogReader } from './log-reader.js';
import { PostgresLogSource } from './log-source.js';
import { LostTail } from './lost-tail.js';
import { PublicationsUnderWay } from './publications-under-way.js';
import { PostgresRevocationMemory } from './revocation-memory.js';
import { PostgresSessionLog } from './session-log.js';

export interface SharedLogOptions extends InProcessStoresOptions, Pick<DatabaseOptions, 'elapsedMs'> {
  /** How long the database may be away before subscribers are cut off, in milliseconds. */
  readonly outageToleranceMs: number;
}

/** The log that replicas share, and the parts of this process that its reader fills. */
export interface SharedLog {
  readonly log: PostgresSessionLog;
  readonly reader: LogReader;
  readonly memory: PostgresRevocationMemory;
  /** The events for subscribers of this process. */
  readonly local: InProcessEventFeed;
  /** The same for subscribers that may come from another replica, which was ahead of this one. */
  readonly feed: SessionEventFeed;
  readonly underWay: PublicationsUnderWay;
  /** The endings that operations of this process have announced, whose publications come soon. */
  readonly announced: AnnouncedEndings;
  /** The time by which entries expire. */
  readonly earliestNow: () => Instant;
  /** Writes what could not be written at its time, within a bounded time. Never rejects. */
  flush(): Promise<void>;
}

/** How many endings are kept while the database is away, of about 2 kB each. */
const maxKeptEntries = 10_000;

/** How long the last writes may take when the service stops, in milliseconds. */
const maxFlushMs = 2_000;

/** Nothing is read before the reader starts. */
export function createSharedLog(database: Database, options: SharedLogOptions): SharedLog {
  const { telemetry, maxRememberedEvents, endedSessionMemoryMs: endingMaxAgeMs } = options;
  const { elapsedMs = () => performance.now() } = options;
  const now = () => options.clock.now();
  const kept = new KeptEntries(maxKeptEntries);
  const underWay = new PublicationsUnderWay(elapsedMs);
  const announced = new AnnouncedEndings();
  const lostTail = new LostTail();
  const source = new PostgresLogSource({ database, maxRememberedEvents, now });
  const earliestNow = () => source.earliestNow;
  // The reader fills the feed and the memory, and they ask it for positions.
  const positionOf = (id: string): number | null => reader.positionOf(id);
  const reachEvent = async (id: string | null) => (id === null ? undefined : reader.reachEvent(id));
  const local = new InProcessEventFeed({ ...options, positionOf });
  const createMemory = () => createLocalMemory(options, earliestNow, positionOf);
  const lastEvents = () => local.remembered;
  const memoryParts = { database, kept, underWay, lostTail, lastEvents, reachEvent, endingMaxAgeMs, now };
  const memory = new PostgresRevocationMemory(memoryParts, createMemory());
  const reader: LogReader = new LogReader({
    source,
    feed: local,
    memory,
    createMemory,
    toleranceMs: options.outageToleranceMs,
    elapsedMs,
    onRead: () => {
      if (kept.size > 0 || memory.hasUnsaid || !lostTail.isEmpty) void publishKept();
    },
    onRestart: (reason) => {
      if (reason !== 'start') telemetry.eventsMayBeLost(reason);
    },
    onAbsence: () => telemetry.eventsOutOfReach(),
  });
  const onLost = () => void memory.missedBefore(now()).catch(() => undefined);
  const log = new PostgresSessionLog({ database, reader, kept, underWay, announced, now, onLost });
  const publishKept = oneAtATime(async () => {
    await log.publishKept();
    await memory.sayMissed();
    await memory.publishLost(log);
  });
  return {
    log,
    reader,
    memory,
    local,
    underWay,
    announced,
    earliestNow,
    feed: {
      async subscribe(matches, after, last) {
        await reachEvent(after);
        return local.subscribe(matches, after, last);
      },
    },
    async flush() {
      const flushed = log.settled().then(() => (kept.size > 0 ? log.publishKept() : undefined));
      await settlesWithin(
        flushed.catch(() => undefined),
        maxFlushMs,
      );
      if (kept.size > 0) telemetry.keptRevocationsDropped(kept.size);
    },
  };
}

function createLocalMemory(
  { maxRememberedRevocations: maxEntries, endedSessionMemoryMs: endingMaxAgeMs, telemetry }: SharedLogOptions,
  now: () => Instant,
  positionOf: (id: string) => number | null,
): InProcessRevocationMemory {
  const onForgotten = (completeSince: Instant) => telemetry.completenessMoved(completeSince);
  const memory = new InProcessRevocationMemory({ clock: { now }, maxEntries, endingMaxAgeMs, positionOf, onForgotten });
  // The instant since which the memory is complete comes from the database.
  memory.begin(Number.NEGATIVE_INFINITY);
  return memory;
}

/** Work that is left out while it is still under way. Never rejects: what has failed is for the next time. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let isUnderWay = false;
  return async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    await work().catch(() => undefined);
    isUnderWay = false;
  };
}
