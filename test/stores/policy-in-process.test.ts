import { expect, it } from 'vitest';
import { InProcessPolicyJobs } from '../../src/in-process/policy-jobs.js';
import { InProcessPolicySweeps } from '../../src/in-process/policy-sweeps.js';
import { InProcessRevocationAllowance } from '../../src/in-process/revocation-allowance.js';
import { InProcessSignInReservations } from '../../src/in-process/sign-in-reservations.js';
import { requestOf, userOf } from '../support/policy-requests.js';
import { describePolicyStores, type PolicyStores } from './policy-stores-contract.js';

/** Replicas within one process share the objects. */
describePolicyStores('in process', async (count) => {
  const stores: PolicyStores = {
    policyJobs: new InProcessPolicyJobs({ maxJobs: 1_000 }),
    policySweeps: new InProcessPolicySweeps(),
    revocationAllowance: new InProcessRevocationAllowance(),
    signInReservations: new InProcessSignInReservations(),
  };
  return { replicas: [stores, ...Array.from({ length: count - 1 }, () => stores)], close: async () => undefined };
});

it('holds no more users than it may, leaves a tenth to sign-ins, and says how many it refused', async () => {
  const jobs = new InProcessPolicyJobs({ maxJobs: 10 });
  const users = Array.from({ length: 20 }, (_, index) => index);
  expect(await jobs.schedule(users.map((user) => requestOf(user, { trigger: 'sweep' })))).toBe(11);
  expect(await jobs.schedule([requestOf(0, { trigger: 'sweep' })])).toBe(0);
  expect(await jobs.schedule([requestOf(100), requestOf(101)])).toBe(1);
  expect((await jobs.backlog()).waiting).toEqual({ live: 1, background: 9 });
  const { jobs: claimed } = await jobs.claim({ live: 9, background: 99 });
  expect(claimed.map(({ userId }) => userId)).toContain(userOf(100));
});

it('claims users in the order in which they are due, among very many and while they are moved', async () => {
  let now = 0;
  const jobs = new InProcessPolicyJobs({ maxJobs: 10_000, elapsedMs: () => now });
  const order = Array.from({ length: 3_000 }, (_, index) => (index * 1_237) % 3_000);
  await jobs.schedule(order.map((user) => requestOf(user, { afterMs: 10_000 + user })));
  await jobs.schedule(order.map((user) => requestOf(user, { afterMs: user })));
  expect((await jobs.claim({ live: 1, background: 0 })).nextDueMs).toBe(1);
  now = 3_000;
  const claimed: string[] = [];
  for (let rounds = 0; rounds < 60; rounds++) {
    claimed.push(...(await jobs.claim({ live: 50, background: 0 })).jobs.map(({ userId }) => userId));
  }
  expect(claimed).toEqual(Array.from({ length: 2_999 }, (_, index) => userOf(index + 1)));
});

it('grants again what is older than a minute, and never more within any minute', async () => {
  let now = 500;
  const allowance = new InProcessRevocationAllowance(() => now);
  const take = async (count: number) => (await allowance.take({ tenantId: null, count, perMinute: 10 })).granted;
  expect(await take(6)).toBe(6);
  now = 30_000;
  expect(await take(6)).toBe(4);
  now = 60_400;
  expect(await take(1)).toBe(0);
  now = 61_000;
  expect(await take(9)).toBe(6);
});

it('gives a turn that is not advanced to the next one', async () => {
  let now = 0;
  const sweeps = new InProcessPolicySweeps(() => now);
  const first = await sweeps.begin(1_000);
  now = 59_000;
  expect(await sweeps.begin(1_000)).toBeNull();
  now = 60_001;
  expect(await sweeps.begin(1_000)).not.toBeNull();
  expect(await first?.advance(5)).toBe(false);
});
