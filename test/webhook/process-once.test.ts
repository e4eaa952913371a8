import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ClaimedIds } from '../../src/domain/claimed-ids.js';
import type { FusionAuthEvent } from '../../src/domain/fusionauth-event.js';
import { parseUserId } from '../../src/domain/ids.js';
import { ProcessOnce, type ProcessOnceOptions } from '../../src/webhook/process-once.js';

const occurredAt = Date.UTC(2026, 10, 25);
const userId = parseUserId('20000000-0000-4000-8000-000000000001');
if (userId === undefined) throw new Error('No user id');

const eventOf = (number: number): FusionAuthEvent => ({
  kind: 'userDeleted',
  id: `00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`,
  occurredAt,
  tenantId: null,
  userId,
});

interface Trial {
  readonly once: ProcessOnce;
  /** The ids of the events that began to be handled. */
  readonly begun: readonly string[];
  /** The ids of the events that were published, each by the claim of its delivery. */
  readonly published: readonly string[];
  readonly failures: readonly unknown[];
}

/** @param work What handling an event takes, before it is published. */
function trial(work: () => Promise<void>, options: Partial<ProcessOnceOptions> = {}): Trial {
  const begun: string[] = [];
  const published: string[] = [];
  const failures: unknown[] = [];
  const deliveries = new ClaimedIds({ now: () => occurredAt }, 100);
  const once = new ProcessOnce({
    async handle({ id }) {
      begun.push(id);
      await work();
      if (!deliveries.claim({ id, expiresAt: occurredAt + 300_000 })) return 'known';
      published.push(id);
      return 'published';
    },
    onFailure: (error) => failures.push(error),
    timeoutMs: 1_000,
    maxConcurrent: 10,
    ...options,
  });
  return { once, begun, published, failures };
}

const succeed = async () => undefined;

describe('an event', () => {
  it('is published once, and its duplicates are not', async () => {
    const { once, published } = trial(succeed);
    expect(await once.process(eventOf(1))).toBe('handled');
    expect(await once.process(eventOf(1))).toBe('duplicate');
    expect(await once.process(eventOf(2))).toBe('handled');
    expect(published).toHaveLength(2);
  });

  it('that is delivered many times at once is handled once', async () => {
    const { once, begun } = trial(() => wait(20));
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => once.process(eventOf(1))));
    expect(begun).toHaveLength(1);
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 49 }, () => 'duplicate'), 'handled']);
  });

  it('whose handling failed is handled again', async () => {
    let works = false;
    const { once, begun, failures } = trial(async () => {
      if (!works) throw new Error('Not now');
    });
    expect(await Promise.all([once.process(eventOf(1)), once.process(eventOf(1))])).toEqual(['failed', 'failed']);
    expect([begun.length, failures.length]).toEqual([1, 1]);
    works = true;
    expect(await once.process(eventOf(1))).toBe('handled');
    expect(await once.process(eventOf(1))).toBe('duplicate');
  });

  it('whose handling throws at once, not by a promise, is handled again', async () => {
    let works = false;
    const { once } = trial(() => {
      if (!works) throw new Error('Not now');
      return Promise.resolve();
    });
    expect(await once.process(eventOf(1))).toBe('failed');
    works = true;
    expect(await once.process(eventOf(1))).toBe('handled');
  });

  it('that takes too long is left to go on; the next delivery joins it', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { once, published } = trial(() => finished, { timeoutMs: 20 });
    expect(await once.process(eventOf(1))).toBe('late');
    const second = once.process(eventOf(1));
    finish();
    expect(await second).toBe('duplicate');
    expect(await once.process(eventOf(1))).toBe('duplicate');
    expect(published).toHaveLength(1);
  });

  it('that fails after nobody waits any more is reported once, and handled again', async () => {
    let fail: (error: Error) => void = () => undefined;
    const failing = new Promise<void>((_resolve, reject) => {
      fail = reject;
    });
    let isFirst = true;
    const { once, failures } = trial(() => (isFirst ? failing : Promise.resolve()), { timeoutMs: 20 });
    expect(await once.process(eventOf(1))).toBe('late');
    isFirst = false;
    fail(new Error('Late'));
    await wait(1);
    expect(failures).toEqual([new Error('Late')]);
    expect(await once.process(eventOf(1))).toBe('handled');
  });

  it('is not handled while too many are, and is once there is room', async () => {
    const finish: (() => void)[] = [];
    const { once, begun } = trial(() => new Promise<void>((resolve) => void finish.push(resolve)), {
      maxConcurrent: 2,
      timeoutMs: 20,
    });
    expect(await Promise.all([1, 2].map((number) => once.process(eventOf(number))))).toEqual(['late', 'late']);
    expect(await once.process(eventOf(3))).toBe('busy');
    finish[0]?.();
    await wait(1);
    expect(await once.process(eventOf(3))).toBe('late');
    expect(begun).toHaveLength(3);
  });
});
