import type { ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ResultStream } from '../../src/graphql/engine/result-stream.js';
import { FeedOfItsOwn } from '../support/in-process-parts.js';

const describeError = (error: Error): ExecutionResult => ({ data: { told: error.message } });

/** A stream of which results can be given one at a time, and what has become of its source. */
function streamOf() {
  const ending = new AbortController();
  const waiting: ((result: IteratorResult<ExecutionResult>) => void)[] = [];
  const source = {
    returned: 0,
    fail: (_error: Error) => {},
    next: () =>
      new Promise<IteratorResult<ExecutionResult>>((resolve, reject) => {
        waiting.push(resolve);
        source.fail = reject;
      }),
    async return(): Promise<IteratorResult<ExecutionResult>> {
      source.returned++;
      return { done: true, value: undefined };
    },
  };
  const give = (value: ExecutionResult) => waiting.shift()?.({ done: false, value });
  const finish = () => waiting.shift()?.({ done: true, value: undefined });
  return { stream: new ResultStream(source, ending.signal, describeError), source, ending, give, finish };
}

const done = { done: true, value: undefined };

describe('results', () => {
  it('pass through, and end when their source does', async () => {
    const { stream, give, finish } = streamOf();
    const first = stream.next();
    give({ data: { one: 1 } });
    expect(await first).toEqual({ done: false, value: { data: { one: 1 } } });
    const second = stream.next();
    finish();
    expect(await second).toEqual(done);
    expect(await stream.next()).toEqual(done);
  });

  it('reach all who wait at once, in order, and none is lost', async () => {
    const { stream, give, finish } = streamOf();
    const waiting = [stream.next(), stream.next(), stream.next(), stream.next()];
    for (const one of [1, 2]) {
      give({ data: { one } });
      await waiting[one - 1];
    }
    finish();
    expect(await Promise.all(waiting)).toEqual([
      { done: false, value: { data: { one: 1 } } },
      { done: false, value: { data: { one: 2 } } },
      done,
      done,
    ]);
  });

  it('end with the error of their source, put into words', async () => {
    const { stream, source } = streamOf();
    const first = stream.next();
    source.fail(new Error('too slow'));
    expect(await first).toEqual({ done: false, value: { data: { told: 'too slow' } } });
    expect(await stream.next()).toEqual(done);
    expect(source.returned).toBe(1);
  });

  it.each([
    ['while one is waited for', true],
    ['while none is', false],
  ])('end with the reason of an abort %s', async (_when, isWaiting) => {
    const { stream, ending, source } = streamOf();
    const first = isWaiting ? stream.next() : null;
    ending.abort(new Error('expired'));
    expect(await (first ?? stream.next())).toEqual({ done: false, value: { data: { told: 'expired' } } });
    expect(await stream.next()).toEqual(done);
    expect(source.returned).toBe(1);
  });

  it('end without a word when an abort has no reason', async () => {
    const { stream, ending } = streamOf();
    const first = stream.next();
    ending.abort();
    expect(await first).toEqual(done);
  });

  it('are over at once for one who subscribes when it is too late', async () => {
    const ending = new AbortController();
    ending.abort(new Error('expired'));
    const { source } = streamOf();
    const stream = new ResultStream(source, ending.signal, describeError);
    expect(await stream.next()).toEqual({ done: false, value: { data: { told: 'expired' } } });
    expect(source.returned).toBe(1);
  });

  it('return at once, also while one is waited for, and leave nobody listening', async () => {
    const feed = new FeedOfItsOwn({ maxWaitingEvents: 1, maxRememberedEvents: 1 });
    const events = await feed.subscribe(() => true, null);
    const source = { next: () => events.next() as never, return: () => events.return?.() as never };
    const stream = new ResultStream(source, new AbortController().signal, describeError);
    const waiting = stream.next();
    expect(feed.subscriberCount).toBe(1);
    await stream.return();
    expect(await waiting).toEqual(done);
    expect(feed.subscriberCount).toBe(0);
  });
});
