import { describe, expect, it } from 'vitest';
import { LongOperations } from '../../src/application/operation/long-operations.js';
import { Work } from '../../src/application/operation/work.js';
import type { Caller } from '../../src/domain/caller.js';

/** Two places for long operations, and two for very long ones. */
const tinyHeap = 1;

function operationOf(name: string, units: number) {
  const work = new Work({ maxUnits: Number.POSITIVE_INFINITY, maxResponseBytes: Number.POSITIVE_INFINITY });
  work.lookAtSessions(units);
  const caller: Caller = {
    kind: 'service',
    name,
    expiresAt: null,
    permissions: new Set(),
    tenantIds: null,
    applicationIds: null,
  };
  const abort = new AbortController();
  return { work, caller, abort, time: { deadline: 0, signal: abort.signal } };
}

/** Whether each has been admitted by now. */
async function admitted(waits: readonly (Promise<void> | undefined)[]): Promise<readonly boolean[]> {
  const done = waits.map((wait) => wait === undefined);
  waits.forEach((wait, index) => {
    void wait?.then(() => {
      done[index] = true;
    });
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

describe('operations that fill memory with their answers', () => {
  it('run in a bounded number, and the next one as soon as one is over', async () => {
    const long = new LongOperations(tinyHeap);
    const operations = Array.from({ length: 4 }, () => operationOf('a', 10_000));
    const waits = operations.map((operation) => long.admit(operation));
    expect(await admitted(waits)).toEqual([true, true, false, false]);
    operations[0]?.work.end();
    expect(await admitted(waits)).toEqual([true, true, true, false]);
  });

  it('let short ones pass', async () => {
    const long = new LongOperations(tinyHeap);
    for (let count = 0; count < 5; count++) void long.admit(operationOf('a', 10_000));
    expect(long.admit(operationOf('a', 100))).toBeUndefined();
  });

  it('take turns by caller', async () => {
    const long = new LongOperations(tinyHeap);
    const busy = Array.from({ length: 5 }, () => operationOf('busy', 10_000));
    const waits = busy.map((operation) => long.admit(operation));
    const other = long.admit(operationOf('other', 10_000));
    busy[0]?.work.end();
    busy[1]?.work.end();
    expect(await admitted([...waits, other])).toEqual([true, true, true, false, false, true]);
  });

  it('give back a place that they get when they are over already', async () => {
    const long = new LongOperations(tinyHeap);
    const [first, second, gone, last] = Array.from({ length: 4 }, () => operationOf('a', 10_000));
    const waits = [first, second, gone, last].map((operation) => operation && long.admit(operation));
    gone?.work.end();
    first?.work.end();
    expect(await admitted(waits)).toEqual([true, true, true, true]);
  });

  it('never wait for each other in a circle when they become very long', async () => {
    const long = new LongOperations(tinyHeap);
    const operations = Array.from({ length: 3 }, () => operationOf('a', 10_000));
    const first = operations.map((operation) => long.admit(operation));
    expect(await admitted(first)).toEqual([true, true, false]);
    for (const { work } of operations) work.lookAtSessions(60_000);
    const second = operations.map((operation) => long.admit(operation));
    expect(await admitted(second)).toEqual([true, true, false]);
    for (const { work } of operations.slice(0, 2)) work.end();
    expect(await admitted(second)).toEqual([true, true, true]);
  });

  it('wait for a place no longer than they may go on, and leave it to the next one when it comes', async () => {
    const long = new LongOperations(tinyHeap);
    const operations = Array.from({ length: 4 }, () => operationOf('a', 10_000));
    const [first, , late] = operations;
    const waits = operations.map((operation) => long.admit(operation));
    late?.abort.abort();
    expect(await admitted(waits)).toEqual([true, true, true, false]);
    late?.work.end();
    first?.work.end();
    expect(await admitted(waits)).toEqual([true, true, true, true]);
  });
});
