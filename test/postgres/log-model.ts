import { randomUUID } from 'node:crypto';
import type fc from 'fast-check';
import { StoreUnavailableError } from '../../src/domain/errors.js';
import { parseSessionId, parseUserId } from '../../src/domain/ids.js';
import type { RememberedRevocation } from '../../src/domain/ports/revocation-memory.js';
import { InProcessEventFeed } from '../../src/in-process/event-feed.js';
import { InProcessRevocationMemory } from '../../src/in-process/revocation-memory.js';
import type { LogHead, LogPage, LogSource } from '../../src/postgres/log-source.js';
import type { EventRow } from '../../src/postgres/rows.js';

/** How many events a replica remembers, and a page holds: few, so that short schedules reach the limits. */
const maxRememberedEvents = 8;
const pageEntries = 3;

/** The instant of the first publication; each is later than the one before. */
const start = Date.parse('2026-01-31T12:00:00Z');

export interface ModelRow {
  /** Sets it apart from every other publication, in this history and in those that were lost. */
  readonly uid: number;
  /** What was published before it in the same history. */
  readonly before: number;
  readonly position: number;
  readonly event: EventRow;
  /** What the head of the log said when it was published. */
  readonly head: Pick<ModelLog, 'epoch' | 'knownFingerprint' | 'completeSince'>;
}

/** The tables of the log, as a database has them that can lose its tail. */
export interface ModelLog {
  rows: ModelRow[];
  isAway: boolean;
  erasures: number;
  /** What was lost was published before this. */
  mustBeCompleteSince: number;
  epoch: number;
  fingerprint: string;
  knownFingerprint: string;
  completeSince: number;
  /** Positions up to here are not kept. */
  pruned: number;
  now: number;
  publish(count: number): void;
  /** When what was published that some reader has read: the rest is not missed where the server is the same. */
  readonly readInstants: Set<number>;
  lose(count: number, how: { readonly isNoticed: boolean }): void;
  /** Housekeeping. Replicas look many times before it begins, and so see other files than they knew. */
  prune(): void;
  isRewound: boolean;
  /** What was published at an instant, in whichever history. */
  find(at: number): ModelRow | undefined;
}

export function modelLog(): ModelLog {
  const all = new Map<number, ModelRow>();
  let uids = 0;
  const log: ModelLog = {
    rows: [],
    isAway: false,
    erasures: 0,
    mustBeCompleteSince: 0,
    epoch: 1,
    fingerprint: 'timeline 1',
    knownFingerprint: 'timeline 1',
    completeSince: 0,
    pruned: 0,
    now: start,
    readInstants: new Set(),
    isRewound: false,
    publish(count) {
      for (let index = 0; index < count; index++) {
        log.now += 1_000;
        const position = log.rows.length + 1;
        const row = {
          uid: ++uids,
          before: log.rows.at(-1)?.uid ?? 0,
          position,
          event: rowOf(position, log.now),
          head: { epoch: log.epoch, knownFingerprint: log.knownFingerprint, completeSince: log.completeSince },
        };
        all.set(log.now, row);
        log.rows.push(row);
      }
    },
    lose(count, { isNoticed }) {
      const kept = Math.max(0, log.rows.length - count);
      const newest = log.rows
        .slice(kept)
        .map(({ event }) => event.recorded_at.getTime())
        .findLast((at) => isNoticed || log.readInstants.has(at));
      if (newest !== undefined) log.mustBeCompleteSince = newest + 1;
      log.rows = log.rows.slice(0, kept);
      // What the head of the log has said since is lost, too.
      Object.assign(log, log.rows.at(-1)?.head ?? {});
      log.pruned = Math.min(log.pruned, kept);
      log.now += 1_000;
      log.isRewound ||= !isNoticed;
      if (isNoticed) log.fingerprint = `timeline of ${log.now}`;
    },
    prune() {
      if (log.isRewound) return;
      log.pruned = Math.max(0, log.rows.length - maxRememberedEvents);
    },
    find: (at) => all.get(at),
  };
  return log;
}

/** Epochs are drawn by lot: no two are the same. */
let sources = 0;

type Schedule = Pick<fc.Scheduler, 'schedule'>;

/** Every statement is answered when the schedule says so, from the tables as they are at that moment. */
async function statement<Result>(
  log: ModelLog,
  schedule: Schedule,
  label: string,
  answer: () => Result,
): Promise<Result> {
  await schedule.schedule(Promise.resolve(), label);
  if (log.isAway) throw new StoreUnavailableError();
  return answer();
}

function headOf(log: ModelLog): LogHead {
  return {
    position: log.rows.length,
    epoch: String(log.epoch),
    idKey: new Uint8Array(32),
    knownFingerprint: log.knownFingerprint,
    fingerprint: log.fingerprint,
    completeSince: log.completeSince,
    erasures: String(log.erasures),
  };
}

function pageOf(log: ModelLog, position: number): LogPage {
  const kept = log.rows.filter((row) => row.position > Math.max(position, log.pruned)).slice(0, pageEntries);
  return {
    head: headOf(log),
    last: position > log.pruned ? (log.rows[position - 1]?.event ?? null) : null,
    events: kept.map(({ event }) => event),
    isFull: kept.length === pageEntries,
  };
}

/** One statement that publishes so many events, and reads the log after a position, if any, as it is then. */
export function publishAndRead(
  log: ModelLog,
  schedule: Schedule,
  { count, after, isLost }: { readonly count: number; readonly after: number | null; readonly isLost: boolean },
): Promise<{ readonly page: LogPage | null }> {
  return statement(log, schedule, 'publication', () => {
    log.publish(count);
    // Carried out, and the answer does not arrive.
    if (isLost) throw new StoreUnavailableError();
    return { page: after === null ? null : pageOf(log, after) };
  });
}

export function modelSource(log: ModelLog, schedule: Schedule): LogSource {
  let epochs = 1_000 * ++sources;
  const asked = <Result>(label: string, answer: () => Result) => statement(log, schedule, label, answer);
  return {
    get isWritable() {
      return !log.isAway;
    },
    maxRememberedEvents,
    head: () => asked('head', () => headOf(log)),
    readAfter: (position) => asked('page', () => pageOf(log, position)),
    async *rememberedUpTo(upTo) {
      // Pruned or not, what must be refused is kept.
      const rows = await asked('remembered', () => log.rows.filter(({ position }) => position <= upTo));
      for (const { event } of rows) {
        log.readInstants.add(event.recorded_at.getTime());
        yield event;
      }
    },
    beginEpoch: (seen, known) =>
      asked('epoch', () => {
        if (String(log.epoch) !== seen) return;
        log.isRewound = false;
        log.epoch = ++epochs;
        log.knownFingerprint = log.fingerprint;
        log.completeSince = Math.max(log.completeSince, log.now, known);
      }),
  };
}

/** What a replica remembers: the real memory and feed, with what the reader asks of them around it. */
export function createModelMemory({ readInstants }: ModelLog, positionOf: (id: string) => number | null) {
  const createLocal = () => {
    const local = new InProcessRevocationMemory({
      maxEntries: 1_000,
      endingMaxAgeMs: 1_000,
      clock: { now: () => start },
      positionOf,
      onForgotten: () => undefined,
    });
    local.begin(Number.NEGATIVE_INFINITY);
    return local;
  };
  let local = createLocal();
  return {
    feed: new InProcessEventFeed({ maxWaitingEvents: 1_000, maxRememberedEvents, positionOf }),
    createLocal,
    isCurrent: false,
    completeSince: 0,
    completeFrom(instant: number) {
      this.completeSince = instant;
    },
    remember(revocation: RememberedRevocation, position: number, at: number) {
      readInstants.add(at);
      local.remember(revocation, position, at);
    },
    restart(next: InProcessRevocationMemory) {
      local = next;
    },
    covers: ({ event }: ModelRow) =>
      local.covers({ sessionId: event.session_id, userId: event.user_id, applicationIds: [], issuedAtSeconds: 0 }),
  };
}

function rowOf(position: number, at: number): EventRow {
  const sessionId = parseSessionId(randomUUID());
  const userId = parseUserId(randomUUID());
  if (sessionId === undefined || userId === undefined) throw new TypeError('No id');
  return {
    position: String(position),
    type: 'SESSION_REVOKED',
    tenant_id: null,
    user_id: userId,
    application_id: null,
    session_id: sessionId,
    reason: 'OTHER',
    policy: null,
    device: null,
    occurred_at: new Date(at),
    recorded_at: new Date(at),
    issued_before: new Date(at),
    refuse_until: new Date(at + 3_600_000_000),
  };
}
