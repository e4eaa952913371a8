import { describe, expect, it } from 'vitest';
import { LogReader } from '../../src/postgres/log-reader.js';
import { createModelMemory, modelLog, modelSource, publishAndRead } from './log-model.js';

/** Answers every statement of a model at once. */
const atOnce = { schedule: <Result>(task: Promise<Result>) => task };

describe('a reader that is woken', () => {
  /** Over a model of the log that answers at once. */
  async function openModel() {
    const log = modelLog();
    const source = modelSource(log, atOnce);
    let looks = 0;
    const memory = createModelMemory(log, (id) => reader.positionOf(id));
    const reader: LogReader = new LogReader({
      source: {
        isWritable: true,
        maxRememberedEvents: source.maxRememberedEvents,
        head: () => source.head(),
        readAfter(position) {
          looks++;
          return source.readAfter(position);
        },
        rememberedUpTo: (position) => source.rememberedUpTo(position),
        beginEpoch: (seen, known) => source.beginEpoch(seen, known),
      },
      feed: memory.feed,
      memory,
      createMemory: memory.createLocal,
      toleranceMs: Number.POSITIVE_INFINITY,
      elapsedMs: () => 0,
      onRead: () => undefined,
      onRestart: () => undefined,
      onAbsence: () => undefined,
    });
    await reader.start();
    return {
      log,
      reader,
      /** How often it has looked at the log until it has nothing to do. */
      async looks() {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return looks;
      },
      [Symbol.asyncDispose]: () => reader.close(),
    };
  }

  it('looks once for what it has published itself, whether its notification comes before, meanwhile or after', async () => {
    await using model = await openModel();
    const { log, reader } = model;
    log.publish(1);
    await reader.reach(1);
    reader.wake(1);
    expect(await model.looks()).toBe(1);
    log.publish(1);
    reader.wake(2);
    await reader.reach(2);
    expect(await model.looks()).toBe(2);
    log.publish(1);
    const reaching = reader.reach(3);
    reader.wake(3);
    await reaching;
    expect(await model.looks()).toBe(3);
  });

  it('reads what it publishes by the same statement, also where the notification comes first', async () => {
    await using model = await openModel();
    const { log, reader } = model;
    const publication = { count: 1, isLost: false };
    const publishing = reader.publishing((after) => publishAndRead(log, atOnce, { ...publication, after }));
    reader.wake(1);
    await publishing;
    expect([reader.position, await model.looks()]).toEqual([1, 0]);
    // Others have published meanwhile.
    log.publish(1);
    await reader.publishing((after) => publishAndRead(log, atOnce, { ...publication, after }));
    expect([reader.position, await model.looks()]).toEqual([3, 0]);
  });

  it('lets no publication that fails keep it from looking', async () => {
    await using model = await openModel();
    const { log, reader } = model;
    const publishing = reader.publishing((after) => publishAndRead(log, atOnce, { count: 1, isLost: true, after }));
    const reading = reader.catchUp();
    await expect(publishing).rejects.toThrow('not available');
    await reading;
    expect([reader.position, await model.looks()]).toEqual([1, 1]);
  });

  it('looks again where what it reads at the moment is older than what the notification says', async () => {
    await using model = await openModel();
    const { log, reader } = model;
    log.publish(1);
    const reading = reader.catchUp();
    await null;
    // The statement under way has been answered already.
    queueMicrotask(() => log.publish(1));
    reader.wake(2);
    await reading;
    await model.looks();
    expect(reader.position).toBe(2);
  });

  it('looks where the notification says less than it has read, or nothing: that may be another history', async () => {
    await using model = await openModel();
    const { log, reader } = model;
    log.publish(2);
    await reader.reach(2);
    reader.wake(1);
    expect(await model.looks()).toBe(2);
    reader.wake(null);
    expect(await model.looks()).toBe(3);
  });
});
