import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogReader } from '../../src/postgres/log-reader.js';
import { createModelMemory, type ModelLog, modelLog, modelSource, publishAndRead } from './log-model.js';
import { Subscriber } from './log-subscriber.js';

/** How many schedules are tried: some milliseconds each. LOG_SCHEDULES sets another number. */
const numRuns = Number(process.env['LOG_SCHEDULES'] ?? 300);

type Command =
  | { readonly kind: 'publish'; readonly count: number; readonly wakes: readonly number[] }
  /** A replica publishes, and reads the log by the same statement where it may. */
  | {
      readonly kind: 'publishAndRead';
      readonly reader: number;
      readonly count: number;
      readonly isLost: boolean;
      readonly wakes: readonly number[];
    }
  /** A standby that lacks the last ones takes over. */
  | { readonly kind: 'failOver'; readonly lost: number; readonly more: number }
  /** The files are those of an earlier moment, which the server does not know. */
  | { readonly kind: 'rewind'; readonly lost: number; readonly more: number }
  | { readonly kind: 'away' }
  | { readonly kind: 'back' }
  | { readonly kind: 'poll'; readonly reader: number }
  | { readonly kind: 'prune' }
  | { readonly kind: 'erase' }
  /** So many of the statements under way are answered. */
  | { readonly kind: 'answer'; readonly count: number };

const small = fc.nat(3);
const readers = fc.subarray([0, 1]);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      count: fc.integer({ min: 1, max: 3 }),
      wakes: readers,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('publishAndRead' as const),
      reader: fc.nat(1),
      count: fc.integer({ min: 0, max: 3 }),
      isLost: fc.boolean(),
      wakes: readers,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('failOver' as const), lost: small, more: small }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewind' as const), lost: small, more: small }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'away' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'back' } as const) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('poll' as const), reader: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'prune' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'erase' } as const) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('answer' as const), count: fc.integer({ min: 1, max: 4 }) }) },
);

interface Replica {
  readonly reader: LogReader;
  readonly memory: ReturnType<typeof createModelMemory>;
  readonly subscriber: Subscriber;
  /** How often it has read everything anew. */
  readonly restarts: () => number;
}

async function startReplica(log: ModelLog, schedule: fc.Scheduler, toleranceMs: number): Promise<Replica> {
  const positionOf = (id: string): number | null => reader.positionOf(id);
  const memory = createModelMemory(log, positionOf);
  let restarts = 0;
  const reader: LogReader = new LogReader({
    source: modelSource(log, schedule),
    feed: memory.feed,
    memory,
    createMemory: memory.createLocal,
    toleranceMs,
    elapsedMs: () => 0,
    onRead: () => undefined,
    onRestart: (reason) => {
      if (reason !== 'start') restarts++;
    },
    onAbsence: () => undefined,
  });
  const started = reader.start();
  await untilSettled(schedule, started);
  return { reader, memory, subscriber: new Subscriber(memory.feed, log), restarts: () => restarts };
}

/** Lets statements be answered until something is settled. */
async function untilSettled(schedule: fc.Scheduler, promise: Promise<unknown>): Promise<void> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; !isSettled; turn++) {
    if (turn > 10_000) throw new Error('A reader never gets done');
    if (schedule.count() > 0) await schedule.waitOne();
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

it(
  'no schedule of publications, lost notifications, fail-overs, rewinds and pauses leaves a gap that nobody is told of',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(command, { minLength: 5, maxLength: 40 }),
        fc.constantFrom(0, Number.POSITIVE_INFINITY),
        async (schedule, commands, toleranceMs) => {
          const log = modelLog();
          log.publish(2);
          const replicas = [
            await startReplica(log, schedule, toleranceMs),
            await startReplica(log, schedule, toleranceMs),
          ];
          try {
            for (const one of commands) await perform(one, log, schedule, replicas);
            log.isAway = false;
            for (const { reader } of replicas) await untilSettled(schedule, reader.catchUp());
            // Whoever noticed something has said so by now, and the other one looks once more.
            for (const { reader } of replicas) await untilSettled(schedule, reader.catchUp());
            for (const { subscriber } of replicas) await subscriber.settled();
            const isWhole = !commands.some(({ kind }) => kind === 'failOver' || kind === 'rewind' || kind === 'prune');
            for (const { reader, memory, subscriber, restarts } of replicas) {
              // Nobody is cut off from a log that has lost nothing.
              if (isWhole) expect(restarts()).toBe(0);
              expect(reader.position).toBe(log.rows.length);
              expect(subscriber.silentGaps).toEqual([]);
              // All that the log holds is refused, and what the log has lost is said to be missing.
              expect(log.rows.filter((row) => !memory.covers(row)).map(({ uid }) => uid)).toEqual([]);
              expect(memory.completeSince).toBeGreaterThanOrEqual(log.mustBeCompleteSince);
              expect([log.rows.at(-1)?.uid, undefined]).toContain(subscriber.last);
            }
          } finally {
            for (const { reader, subscriber } of replicas) {
              await Promise.all([untilSettled(schedule, reader.close()), subscriber.close()]);
            }
          }
        },
      ),
      { numRuns },
    );
  },
  30_000 + numRuns * 50,
);

async function perform(
  one: Command,
  log: ModelLog,
  schedule: fc.Scheduler,
  replicas: readonly Replica[],
): Promise<void> {
  switch (one.kind) {
    case 'publish':
      if (!log.isAway) log.publish(one.count);
      for (const index of one.wakes) replicas[index]?.reader.wake(log.rows.length);
      return;
    case 'publishAndRead': {
      const { count, isLost, wakes } = one;
      const reader = replicas[one.reader]?.reader;
      const publishing = reader?.publishing((after) => publishAndRead(log, schedule, { count, after, isLost }));
      publishing?.then(
        () => {
          for (const index of wakes) replicas[index]?.reader.wake(log.rows.length);
        },
        () => undefined,
      );
      return;
    }
    case 'failOver':
      log.lose(one.lost, { isNoticed: true });
      log.publish(one.more);
      return;
    case 'rewind':
      // The server is stopped for it, and statements that are under way fail.
      if (schedule.count() > 0) return;
      log.lose(one.lost, { isNoticed: false });
      log.publish(one.more);
      return;
    case 'away':
      log.isAway = true;
      return;
    case 'back':
      log.isAway = false;
      return;
    case 'poll':
      replicas[one.reader]?.reader.wake(null);
      return;
    case 'prune':
      log.prune();
      return;
    case 'erase':
      log.erasures++;
      return;
    case 'answer':
      for (let count = 0; count < one.count && schedule.count() > 0; count++) await schedule.waitOne();
      await new Promise((resolve) => setImmediate(resolve));
      return;
  }
}
