import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FusionAuthEvent, HearFusionAuthEvent } from '../../src/domain/fusionauth-event.js';
import { parseUserId } from '../../src/domain/ids.js';
import { HearOnce, type HearOnceOptions } from '../../src/webhook/hear-once.js';

let nowMs = Date.UTC(2026, 10, 25);
const clock = { now: () => nowMs };
const userId = parseUserId('20000000-0000-4000-8000-000000000001');
if (userId === undefined) throw new Error('No user id');

const eventOf = (number: number): FusionAuthEvent => ({
  kind: 'userDeleted',
  id: `00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`,
  occurredAt: clock.now(),
  tenantId: null,
  userId,
});

interface Trial {
  readonly once: HearOnce;
  /** The ids of the events that `hear` was called with. */
  readonly calls: readonly string[];
  readonly failures: readonly unknown[];
}

function trial(hear: HearFusionAuthEvent, options: Partial<HearOnceOptions> = {}): Trial {
  const calls: string[] = [];
  const failures: unknown[] = [];
  const once = new HearOnce({
    hear: (event) => {
      calls.push(event.id);
      return hear(event);
    },
    onFailure: (error) => failures.push(error),
    clock,
    timeoutMs: 1_000,
    maxAgeMs: 300_000,
    maxConcurrent: 10,
    maxRemembered: 1_000,
    ...options,
  });
  return { once, calls, failures };
}

const succeed = async () => undefined;

describe('an event', () => {
  it('is heard once, and its duplicates are not', async () => {
    const { once, calls } = trial(succeed);
    expect(await once.tell(eventOf(1))).toBe('heard');
    expect(await once.tell(eventOf(1))).toBe('duplicate');
    expect(await once.tell(eventOf(2))).toBe('heard');
    expect(calls).toHaveLength(2);
  });

  it('that is delivered many times at once is heard once', async () => {
    const { once, calls } = trial(() => wait(20));
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => once.tell(eventOf(1))));
    expect(calls).toHaveLength(1);
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 49 }, () => 'duplicate'), 'heard']);
  });

  it('whose hearing failed is heard again', async () => {
    let works = false;
    const { once, calls, failures } = trial(async () => {
      if (!works) throw new Error('Not now');
    });
    expect(await Promise.all([once.tell(eventOf(1)), once.tell(eventOf(1))])).toEqual(['failed', 'failed']);
    expect([calls.length, failures.length]).toEqual([1, 1]);
    works = true;
    expect(await once.tell(eventOf(1))).toBe('heard');
    expect(await once.tell(eventOf(1))).toBe('duplicate');
  });

  it('whose hearing throws at once, not by a promise, is heard again', async () => {
    let works = false;
    const { once } = trial(() => {
      if (!works) throw new Error('Not now');
      return Promise.resolve();
    });
    expect(await once.tell(eventOf(1))).toBe('failed');
    works = true;
    expect(await once.tell(eventOf(1))).toBe('heard');
  });

  it('that takes too long is left to go on; the next delivery joins it', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { once, calls } = trial(() => finished, { timeoutMs: 20 });
    expect(await once.tell(eventOf(1))).toBe('late');
    const second = once.tell(eventOf(1));
    finish();
    expect(await second).toBe('duplicate');
    expect(await once.tell(eventOf(1))).toBe('duplicate');
    expect(calls).toHaveLength(1);
  });

  it('that fails after nobody waits any more is told of once, and heard again', async () => {
    let fail: (error: Error) => void = () => undefined;
    const failing = new Promise<void>((_resolve, reject) => {
      fail = reject;
    });
    let isFirst = true;
    const { once, failures } = trial(() => (isFirst ? failing : Promise.resolve()), { timeoutMs: 20 });
    expect(await once.tell(eventOf(1))).toBe('late');
    isFirst = false;
    fail(new Error('Late'));
    await wait(1);
    expect(failures).toEqual([new Error('Late')]);
    expect(await once.tell(eventOf(1))).toBe('heard');
  });

  it('is not heard while too many are, and is once there is room', async () => {
    const finish: (() => void)[] = [];
    const { once, calls } = trial(() => new Promise((resolve) => void finish.push(resolve)), {
      maxConcurrent: 2,
      timeoutMs: 20,
    });
    expect(await Promise.all([1, 2].map((number) => once.tell(eventOf(number))))).toEqual(['late', 'late']);
    expect(await once.tell(eventOf(3))).toBe('busy');
    finish[0]?.();
    await wait(1);
    expect(await once.tell(eventOf(3))).toBe('late');
    expect(calls).toHaveLength(3);
  });
});

describe('what is remembered', () => {
  it('is bounded in number: of 100,000 events the newest 1,000', async () => {
    const { once, calls } = trial(succeed);
    for (let number = 0; number < 100_000; number += 1) await once.tell(eventOf(number));
    expect(calls).toHaveLength(100_000);
    for (let number = 99_000; number < 100_000; number += 1) expect(await once.tell(eventOf(number))).toBe('duplicate');
    expect(await once.tell(eventOf(98_999))).toBe('heard');
  });

  it('is forgotten once the event would be too old to be taken, and not before', async () => {
    const { once } = trial(succeed);
    const first = eventOf(1);
    await once.tell(first);
    nowMs += 300_000;
    const second = eventOf(2);
    await once.tell(second);
    expect(await once.tell(first)).toBe('duplicate');
    nowMs += 1;
    await once.tell(eventOf(3));
    expect(await once.tell(first)).toBe('heard');
    expect(await once.tell(second)).toBe('duplicate');
  });

  it('is what was heard: of 100,000 that failed nothing is', async () => {
    let works = false;
    const { once, failures } = trial(async () => {
      if (!works) throw new Error('Not now');
    });
    for (let number = 0; number < 100_000; number += 1) await once.tell(eventOf(number));
    expect(failures).toHaveLength(100_000);
    works = true;
    expect(await once.tell(eventOf(99_999))).toBe('heard');
  });
});
