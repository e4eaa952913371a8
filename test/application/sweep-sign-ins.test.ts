import { expect, it } from 'vitest';
import { SweepSignIns } from '../../src/application/policy/sweep-sign-ins.js';
import { parseUserId, type UserId } from '../../src/domain/ids.js';
import { sweepTurnMs } from '../../src/domain/ports/policy-sweeps.js';
import type { SignInRecords } from '../../src/domain/ports/sign-in-records.js';
import { InProcessPolicySweeps } from '../../src/in-process/policy-sweeps.js';
import { silentPolicy } from '../support/telemetry.js';

const now = Date.parse('2026-01-31T12:00:00Z');
const intervalMs = 3_600_000;

/** The users of as many sign-ins, which all happened in the hour before now. */
const userIds = Array.from({ length: 1_200 }, (_, index) => {
  const id = parseUserId(`b0000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
  if (id === undefined) throw new TypeError('Not an id');
  return id;
});

/** Replicas that take turns at one store. */
function sweepingReplicas() {
  let elapsedMs = 0;
  const sweeps = new InProcessPolicySweeps(() => elapsedMs);
  const scheduled = new Set<UserId>();
  const start = (onList: (skip: number) => void = () => undefined) => {
    const records: SignInRecords = {
      async list({ since, until, skip, first }) {
        onList(skip);
        const isLate = since > now - 60_000 || until < now - 60_000;
        return isLate
          ? { userIds: [], total: 0 }
          : { userIds: userIds.slice(skip, skip + first), total: userIds.length };
      },
    };
    return new SweepSignIns({
      sweeps,
      records,
      jobs: {
        revive: async () => 0,
        backlog: async () => ({ waiting: { live: 0, background: 0 }, dead: 0, overdueMs: 0 }),
      },
      worker: {
        begin: () => undefined,
        async schedule(requests) {
          for (const { userId } of requests) scheduled.add(userId);
        },
      },
      isInForce: async () => true,
      tenantId: null,
      clock: { now: () => now },
      intervalMs,
      lookBackMs: 3_600_000,
      telemetry: silentPolicy,
    });
  };
  return {
    start,
    scheduled,
    pass(ms: number) {
      elapsedMs += ms;
    },
  };
}

it('another replica sweeps what one that stops half-way has not read, and soon', async () => {
  const { start, scheduled, pass } = sweepingReplicas();
  const stopping: SweepSignIns = start((skip) => {
    if (skip === 500) stopping.stop();
  });
  await stopping.execute();
  expect(scheduled.size).toBeLessThan(userIds.length);
  pass(sweepTurnMs);
  await start().execute();
  expect(scheduled.size).toBe(userIds.length);
});

it('no replica sweeps again before the interval is over', async () => {
  const { start, scheduled, pass } = sweepingReplicas();
  await start().execute();
  expect(scheduled.size).toBe(userIds.length);
  const skipped: number[] = [];
  pass(intervalMs - 1);
  await start((skip) => skipped.push(skip)).execute();
  expect(skipped).toEqual([]);
});
