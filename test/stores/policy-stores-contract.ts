import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSessionId, parseTenantId } from '../../src/domain/ids.js';
import type { ClaimedPolicyJob, NextPolicyRun, PolicyJobs } from '../../src/domain/ports/policy-jobs.js';
import type { SignInReservation } from '../../src/domain/ports/sign-in-reservations.js';
import type { Stores } from '../../src/domain/ports/stores.js';
import { InProcessPolicyJobs } from '../../src/in-process/policy-jobs.js';
import { requestOf, userOf } from '../support/policy-requests.js';
import { play, step } from './policy-jobs-steps.js';

/** What one replica sees of a store, as far as policies need it. */
export type PolicyStores = Pick<Stores, 'policyJobs' | 'policySweeps' | 'revocationAllowance' | 'signInReservations'>;

/** Opens one empty store for so many replicas. */
export type OpenPolicyStores = (replicas: number) => Promise<{
  readonly replicas: readonly [PolicyStores, ...PolicyStores[]];
  readonly close: () => Promise<void>;
}>;

const all = { live: 100, background: 100 };

export const again: NextPolicyRun = { afterMs: 0, awaited: [], looks: 0, attempts: 0, isDead: false };

/** What every adapter of the ports of policies promises, with one replica and with several. */
export function describePolicyStores(name: string, open: OpenPolicyStores, { numRuns = 50 } = {}): void {
  async function opened(count: number) {
    const { replicas, close } = await open(count);
    const [first, second = first] = replicas;
    return { replicas, first, second, [Symbol.asyncDispose]: close };
  }

  describe(`${name}: policy jobs`, () => {
    it('gives a user who was scheduled many times to one replica, once, with all that was asked for', async () => {
      await using stores = await opened(2);
      const [tenantId, sessionId] = [parseTenantId(uuid(1)) ?? null, parseSessionId(uuid(2)) ?? null];
      const requests = [
        requestOf(1, { awaited: { key: 'b', at: 20 } }),
        requestOf(1, { trigger: 'refresh', sessionId, tenantId }),
        requestOf(1, { trigger: 'signIn', awaited: { key: 'a', at: 10 } }),
        requestOf(1, { trigger: 'signIn', awaited: { key: 'b', at: 99 } }),
      ];
      for (const [index, request] of requests.entries()) await jobsOf(stores, index).schedule([request]);
      const claimed = await Promise.all(stores.replicas.map(({ policyJobs }) => policyJobs.claim(all)));
      const jobs = claimed.flatMap((one) => one.jobs);
      expect(jobs).toHaveLength(1);
      expect(jobs[0]).toMatchObject({ userId: userOf(1), tenantId, sessionId, lane: 'live', looks: 0, attempts: 0 });
      expect([...(jobs[0]?.triggers ?? [])].sort()).toEqual(['refresh', 'signIn']);
      expect(jobs[0]?.awaited).toEqual([
        { key: 'a', at: 10 },
        { key: 'b', at: 20 },
      ]);
    });

    it('makes one more run of what is scheduled during a run, after it, however often', async () => {
      await using stores = await opened(2);
      const { first, second } = stores;
      await first.policyJobs.schedule([requestOf(1)]);
      const job = await onlyJob(first.policyJobs);
      for (let count = 0; count < 3; count++) await jobsOf(stores, count).schedule([requestOf(1)]);
      expect((await second.policyJobs.claim(all)).jobs).toEqual([]);
      await first.policyJobs.settle(job, null);
      const next = await onlyJob(second.policyJobs);
      await second.policyJobs.settle(next, null);
      expect((await first.policyJobs.claim(all)).jobs).toEqual([]);
    });

    it('gives each of many users to one replica although all of them claim at the same moment', async () => {
      await using stores = await opened(3);
      const users = Array.from({ length: 40 }, (_, index) => index);
      await Promise.all(users.map((user) => jobsOf(stores, user).schedule([requestOf(user)])));
      const seen: string[] = [];
      while (seen.length < users.length) {
        const most = { live: 3, background: 1 };
        const claims = await Promise.all(stores.replicas.map(({ policyJobs }) => policyJobs.claim(most)));
        for (const { jobs } of claims) {
          expect(jobs.length).toBeLessThanOrEqual(3);
          seen.push(...jobs.map(({ userId }) => userId));
        }
      }
      expect(seen.toSorted()).toEqual(users.map(userOf).toSorted());
    });

    it('claims what is due, the lanes apart, what has been due for longest first, and says when the next is due', async () => {
      await using stores = await opened(1);
      const { policyJobs } = stores.first;
      await policyJobs.schedule([requestOf(1, { trigger: 'sweep' })]);
      await policyJobs.schedule([requestOf(2, { trigger: 'firstSight' })]);
      await policyJobs.schedule([requestOf(3, { afterMs: 60_000 })]);
      await policyJobs.schedule([requestOf(4)]);
      const { jobs, nextDueMs } = await policyJobs.claim({ live: 5, background: 1 });
      expect(jobs.map(({ userId }) => userId).toSorted()).toEqual([userOf(1), userOf(4)]);
      expect(nextDueMs).toBeLessThanOrEqual(60_000);
      expect((await policyJobs.claim({ live: 5, background: 0 })).jobs).toEqual([]);
      expect((await onlyJob(policyJobs)).userId).toBe(userOf(2));
    });

    it('takes the earliest of several times, moves a user into the lane that is claimed first, and cuts no back-off short', async () => {
      await using stores = await opened(1);
      const { policyJobs } = stores.first;
      await policyJobs.schedule([requestOf(1, { trigger: 'sweep', afterMs: 60_000 })]);
      await policyJobs.schedule([requestOf(1, { trigger: 'call' })]);
      await policyJobs.schedule([requestOf(1, { trigger: 'sweep', afterMs: 60_000 })]);
      const job = await onlyJob(policyJobs);
      expect(job.lane).toBe('live');
      await policyJobs.schedule([requestOf(1)]);
      await policyJobs.settle(job, { ...again, afterMs: 60_000, attempts: 1 });
      await policyJobs.schedule([requestOf(1)]);
      const { jobs, nextDueMs } = await policyJobs.claim(all);
      expect(jobs).toEqual([]);
      expect(nextDueMs).toBeGreaterThan(50_000);
    });

    it('keeps what is given up until its user is scheduled again, or it is revived', async () => {
      await using stores = await opened(1);
      const { policyJobs } = stores.first;
      await policyJobs.schedule([requestOf(1), requestOf(2)]);
      for (const job of (await policyJobs.claim(all)).jobs) {
        await policyJobs.settle(job, { ...again, attempts: 9, isDead: true });
      }
      expect(await policyJobs.claim(all)).toEqual({ jobs: [], nextDueMs: null });
      await policyJobs.schedule([requestOf(1, { trigger: 'call' })]);
      expect(await onlyJob(policyJobs)).toMatchObject({ userId: userOf(1), attempts: 0 });
      expect(await policyJobs.revive()).toBe(1);
      expect(await onlyJob(policyJobs)).toMatchObject({ userId: userOf(2), attempts: 0, lane: 'background' });
    });

    it('remembers of the sign-ins of one user the newest', async () => {
      await using stores = await opened(1);
      const { policyJobs } = stores.first;
      for (let at = 0; at < 20; at++) await policyJobs.schedule([requestOf(1, { awaited: { key: `${at}`, at } })]);
      const { awaited } = await onlyJob(policyJobs);
      expect(awaited.map(({ at }) => at)).toEqual(Array.from({ length: 16 }, (_, index) => index + 4));
    });

    it('does, for every history of one user, what one map in one process does', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
          await using stores = await opened(1);
          const model = new InProcessPolicyJobs({ maxJobs: 10 });
          expect(await play(stores.first.policyJobs, steps)).toEqual(await play(model, steps));
        }),
        { numRuns },
      );
    });
  });

  describe(`${name}: the allowance of revocations`, () => {
    it('grants no more than the limit, however many ask at once and in how many replicas', async () => {
      await using stores = await opened(2);
      const request = { tenantId: null, count: 7, perMinute: 50 };
      const asked = Array.from({ length: 12 }, (_, index) =>
        (stores.replicas[index % 2] ?? stores.first).revocationAllowance.take(request),
      );
      const answers = await Promise.all(asked);
      expect(answers.reduce((sum, { granted }) => sum + granted, 0)).toBe(50);
      for (const { granted, retryAfterMs } of answers) {
        if (granted === 7) expect(retryAfterMs).toBe(0);
        else expect(retryAfterMs).toBeGreaterThan(55_000);
        expect(retryAfterMs).toBeLessThanOrEqual(61_000);
      }
    });

    it('counts each tenant for itself, and follows a limit that is changed', async () => {
      await using stores = await opened(2);
      const tenantId = parseTenantId(uuid(7)) ?? null;
      const take = (id: typeof tenantId, count: number, perMinute: number) =>
        stores.second.revocationAllowance.take({ tenantId: id, count, perMinute });
      expect((await stores.first.revocationAllowance.take({ tenantId, count: 5, perMinute: 5 })).granted).toBe(5);
      expect((await take(null, 3, 5)).granted).toBe(3);
      expect((await take(tenantId, 3, 5)).granted).toBe(0);
      expect((await take(tenantId, 3, 7)).granted).toBe(2);
      expect((await take(tenantId, 3, 1)).granted).toBe(0);
    });
  });

  describe(`${name}: turns at the login records`, () => {
    it('gives the turn to one replica at a time, and the watermark to whoever is next', async () => {
      await using stores = await opened(2);
      const { first, second } = stores;
      const turns = await Promise.all([first.policySweeps.begin(0), second.policySweeps.begin(0)]);
      const [turn, ...others] = turns.filter((one) => one !== null);
      expect(others).toEqual([]);
      expect(turn?.since).toBeNull();
      expect(await turn?.advance(2_000)).toBe(true);
      expect(await turn?.advance(1_000)).toBe(true);
      expect(await second.policySweeps.begin(0)).toBeNull();
      await turn?.end();
      expect(await first.policySweeps.begin(60_000)).toBeNull();
      expect((await second.policySweeps.begin(0))?.since).toBe(1_000);
      expect(await turn?.advance(9_000)).toBe(false);
    });
  });

  describe(`${name}: reservations of sign-ins`, () => {
    it('lets changes of one user come one after the other, also from several replicas', async () => {
      await using stores = await opened(2);
      const enter = (index: number) =>
        (stores.replicas[index % 2] ?? stores.first).signInReservations.change(userOf(1), (held) =>
          held.length < 3 ? { answer: true, held: [...held, reservationOf(index)] } : { answer: false, held },
        );
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => enter(index)));
      expect(answers.filter((isIn) => isIn)).toHaveLength(3);
      const held = await stores.second.signInReservations.change(userOf(1), (now) => ({ answer: now, held: [] }));
      expect(held).toHaveLength(3);
      expect(await stores.first.signInReservations.change(userOf(1), (now) => ({ answer: now, held: now }))).toEqual(
        [],
      );
    });
  });

  function jobsOf(stores: Awaited<ReturnType<typeof opened>>, index: number): PolicyJobs {
    return (stores.replicas[index % stores.replicas.length] ?? stores.first).policyJobs;
  }
}

function uuid(number: number): string {
  return `c0000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`;
}

function reservationOf(index: number): SignInReservation {
  return { id: `${index}`, budget: 'all', at: index, expiresAt: index + 1_000, sessionId: null };
}

export async function onlyJob(jobs: PolicyJobs): Promise<ClaimedPolicyJob> {
  const { jobs: claimed } = await jobs.claim(all);
  const [job, ...others] = claimed;
  if (job === undefined || others.length > 0) throw new Error(`${claimed.length} jobs are due, not one`);
  return job;
}
