import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUserId } from '../../src/domain/ids.js';
import type { SessionEvent } from '../../src/domain/session-event.js';
import { Sequence } from '../../src/in-process/sequence.js';
import { FeedOfItsOwn } from '../support/in-process-parts.js';

const options = { maxWaitingEvents: 3, maxRememberedEvents: 10 };
const everything = () => true;

function eventOf(occurredAt: number, user = 1): Omit<SessionEvent, 'id'> {
  return {
    type: 'SESSION_REFRESHED',
    tenantId: null,
    userId: parseUserId(`00000000-0000-0000-0000-${String(user).padStart(12, '0')}`) ?? null,
    applicationId: null,
    sessionId: null,
    reason: null,
    initiatingEntity: null,
    occurredAt,
    revocation: null,
  };
}

/** Reads until there is nothing more, or the end, or an error, which comes last. */
async function readAll(events: AsyncIterator<SessionEvent>, count: number): Promise<readonly unknown[]> {
  const read: unknown[] = [];
  for (let index = 0; index < count; index++) {
    try {
      const { done, value } = await events.next();
      read.push(done === true ? 'end' : value.occurredAt);
    } catch (error) {
      read.push((error as { code: string }).code);
    }
  }
  return read;
}

describe('a feed', () => {
  it('tells every subscriber of what matches, in order, and of nothing before they came', async () => {
    const feed = new FeedOfItsOwn(options);
    feed.append(eventOf(1));
    const all = await feed.subscribe(everything, null);
    const even = await feed.subscribe(({ occurredAt }) => occurredAt % 2 === 0, null);
    for (const at of [2, 3, 4]) feed.append(eventOf(at));
    expect(await readAll(all, 3)).toEqual([2, 3, 4]);
    expect(await readAll(even, 2)).toEqual([2, 4]);
  });

  it('answers those who wait for what comes next, in the order in which they asked', async () => {
    const feed = new FeedOfItsOwn(options);
    const events = await feed.subscribe(everything, null);
    const [first, second] = [events.next(), events.next()];
    feed.append(eventOf(1));
    feed.append(eventOf(2));
    expect([(await first).value.occurredAt, (await second).value.occurredAt]).toEqual([1, 2]);
  });

  it('cuts a slow reader off once what waited has been read, and says so once', async () => {
    const feed = new FeedOfItsOwn(options);
    const events = await feed.subscribe(everything, null);
    for (const at of [1, 2, 3, 4, 5]) feed.append(eventOf(at));
    expect(feed.subscriberCount).toBe(0);
    expect(await readAll(events, 6)).toEqual([1, 2, 3, 'SUBSCRIPTION_OVERFLOW', 'end', 'end']);
  });

  it('keeps nobody back because of a slow reader', async () => {
    const feed = new FeedOfItsOwn(options);
    await feed.subscribe(everything, null);
    const quick = await feed.subscribe(everything, null);
    for (const at of [1, 2, 3, 4, 5, 6]) {
      feed.append(eventOf(at));
      expect(await readAll(quick, 1)).toEqual([at]);
    }
  });

  it('forgets a subscriber who returns, also one who is waiting', async () => {
    const feed = new FeedOfItsOwn(options);
    const events = await feed.subscribe(everything, null);
    const waiting = events.next();
    await events.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(feed.subscriberCount).toBe(0);
    feed.append(eventOf(1));
    expect(await readAll(events, 1)).toEqual(['end']);
  });

  it('ends every subscription when it closes, after what has been told', async () => {
    const feed = new FeedOfItsOwn(options);
    const events = await feed.subscribe(everything, null);
    feed.append(eventOf(1));
    feed.close();
    expect(await readAll(events, 2)).toEqual([1, 'end']);
    expect(feed.subscriberCount).toBe(0);
  });

  it('gives its events ids of their own, which no other process gives', async () => {
    const ids = [];
    for (const feed of [new FeedOfItsOwn(options), new FeedOfItsOwn(options)]) {
      const events = await feed.subscribe(everything, null);
      for (const at of [1, 2]) feed.append(eventOf(at));
      ids.push((await events.next()).value.id, (await events.next()).value.id);
    }
    expect(new Set(ids).size).toBe(4);
  });
});

describe('coming back', () => {
  it('begins after the event that was read last, however many there were before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9 }), async (published, missed) => {
        const feed = new FeedOfItsOwn({ ...options, maxWaitingEvents: 100 });
        const ids: string[] = [];
        const reader = await feed.subscribe(everything, null);
        for (let at = 1; at <= published; at++) {
          feed.append(eventOf(at));
          ids.push((await reader.next()).value.id);
        }
        const lastRead = published - Math.min(missed, published - 1);
        const events = await feed.subscribe(everything, ids[lastRead - 1] ?? '');
        feed.append(eventOf(published + 1));
        const expected = Array.from({ length: published + 1 - lastRead }, (_, index) => lastRead + 1 + index);
        expect(await readAll(events, expected.length)).toEqual(expected);
      }),
    );
  });

  it.each<[string, (ids: readonly string[]) => string]>([
    ['was forgotten', ([first = '']) => first],
    ['is of another process', () => new Sequence().next().id],
    ['never was one', () => 'nonsense'],
    ['never was one, but for its capitals', (ids) => (ids.at(-1) ?? '').toUpperCase()],
    ['never was one, but for a digit more', (ids) => `${ids.at(-1)}0`],
    ['never was one, and empty', () => ''],
  ])('after an event that %s is refused', async (_what, choose) => {
    const feed = new FeedOfItsOwn({ ...options, maxWaitingEvents: 12 });
    const reader = await feed.subscribe(everything, null);
    for (let at = 1; at <= 12; at++) feed.append(eventOf(at));
    const ids: string[] = [];
    for (let at = 1; at <= 12; at++) ids.push((await reader.next()).value.id);
    await reader.return?.();
    const after = choose(ids);
    await expect(feed.subscribe(everything, after)).rejects.toThrow('after names an event that is not remembered');
    expect(feed.subscriberCount).toBe(0);
  });
});
