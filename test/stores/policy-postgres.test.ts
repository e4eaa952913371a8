import { beforeAll, expect, it } from 'vitest';
import { InProcessPolicyJobs } from '../../src/in-process/policy-jobs.js';
import type { Database } from '../../src/postgres/database.js';
import { Database as PostgresDatabase } from '../../src/postgres/database.js';
import { migrate } from '../../src/postgres/migrations.js';
import { PostgresPolicyJobs } from '../../src/postgres/policy-jobs.js';
import { PostgresPolicySweeps } from '../../src/postgres/policy-sweeps.js';
import { PostgresRevocationAllowance } from '../../src/postgres/revocation-allowance.js';
import { PostgresSignInReservations } from '../../src/postgres/sign-in-reservations.js';
import { requestOf, userOf } from '../support/policy-requests.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { again, describePolicyStores, type OpenPolicyStores, onlyJob } from './policy-stores-contract.js';

let server: PostgresServer;
let url: string;
beforeAll(async () => {
  server = await sharedPostgres();
  url = await server.createDatabase();
  await using database = openDatabase();
  await migrate(database.database);
});

const tables = ['policy_job', 'revocation_grant', 'sign_in_reservation'];

function openDatabase() {
  const database = new PostgresDatabase({ ...postgresOptions(url), onAvailability: () => undefined });
  return { database, [Symbol.asyncDispose]: () => database.close() };
}

function storesIn(database: Database) {
  const local = new InProcessPolicyJobs({ maxJobs: 1_000 });
  return {
    policyJobs: new PostgresPolicyJobs({ database, local, maxJobs: 1_000 }),
    policySweeps: new PostgresPolicySweeps(database),
    revocationAllowance: new PostgresRevocationAllowance(database),
    signInReservations: new PostgresSignInReservations(database),
  };
}

/** The tables are emptied, which takes less time than a database of its own. */
async function emptied(): Promise<void> {
  await server.query(url, `truncate ${tables.map((table) => `fusionauth_sessions.${table}`).join(', ')}`);
  await server.query(
    url,
    'update fusionauth_sessions.policy_sweep set swept_until = null, holder = null, held_until = null, ended_at = null',
  );
}

const open: OpenPolicyStores = async (count) => {
  await emptied();
  const databases = Array.from({ length: count }, openDatabase);
  const [first, ...others] = databases.map(({ database }) => storesIn(database));
  if (first === undefined) throw new TypeError('No replica');
  return {
    replicas: [first, ...others],
    close: async () => {
      await Promise.all(databases.map((one) => one[Symbol.asyncDispose]()));
    },
  };
};

describePolicyStores('in a database', open, { numRuns: 25 });

it('gives a job whose replica was killed to another one, as one more attempt, and keeps what came meanwhile', async () => {
  await emptied();
  await using one = openDatabase();
  await using other = openDatabase();
  const [killed, survivor] = [storesIn(one.database), storesIn(other.database)];
  await killed.policyJobs.schedule([requestOf(1, { awaited: { key: 'a', at: 1 } })]);
  const lost = await onlyJob(killed.policyJobs);
  await survivor.policyJobs.schedule([requestOf(1, { trigger: 'sweep' })]);
  expect((await survivor.policyJobs.claim({ live: 9, background: 9 })).jobs).toEqual([]);
  await claimsLapse();
  const taken = await onlyJob(survivor.policyJobs);
  expect(taken).toMatchObject({ userId: userOf(1), attempts: 1, awaited: lost.awaited, triggers: ['signIn'] });
  // What the one that was taken for dead says later changes nothing.
  await killed.policyJobs.settle(lost, { ...again, attempts: 5 });
  await survivor.policyJobs.settle(taken, null);
  expect(await onlyJob(survivor.policyJobs)).toMatchObject({ triggers: ['sweep'], attempts: 0 });
});

it('leaves a job to the replica that renews its claim', async () => {
  await emptied();
  await using one = openDatabase();
  await using other = openDatabase();
  const [worker, rival] = [storesIn(one.database), storesIn(other.database)];
  await worker.policyJobs.schedule([requestOf(1)]);
  const job = await onlyJob(worker.policyJobs);
  for (let count = 0; count < 8; count++) {
    await claimsLapse();
    await worker.policyJobs.renew([job]);
    expect((await rival.policyJobs.claim({ live: 1, background: 1 })).jobs).toEqual([]);
  }
});

it('keeps scheduling and running in the process while the database is away', async () => {
  await emptied();
  await using one = openDatabase();
  const { policyJobs, revocationAllowance } = storesIn(one.database);
  await policyJobs.schedule([requestOf(1)]);
  one.database.found(false);
  expect(await policyJobs.schedule([requestOf(2)])).toBe(0);
  const own = await onlyJob(policyJobs);
  expect(own.userId).toBe(userOf(2));
  await expect(revocationAllowance.take({ tenantId: null, count: 1, perMinute: 9 })).rejects.toThrow('not available');
  one.database.found(true);
  await policyJobs.renew([own]);
  await policyJobs.settle(own, { ...again });
  const { jobs } = await policyJobs.claim({ live: 9, background: 9 });
  expect(jobs.map(({ userId }) => userId).toSorted()).toEqual([userOf(1), userOf(2)]);
});

it('counts what waits, and refuses what is beyond', async () => {
  await emptied();
  await using one = openDatabase();
  const local = new InProcessPolicyJobs({ maxJobs: 10 });
  const jobs = new PostgresPolicyJobs({ database: one.database, local, maxJobs: 5 });
  await storesIn(one.database).policyJobs.schedule(
    [1, 2, 3, 4, 5].map((user) => requestOf(user, { trigger: 'sweep' })),
  );
  expect((await jobs.backlog()).waiting).toEqual({ live: 0, background: 5 });
  expect(await jobs.schedule([requestOf(6)])).toBe(1);
});

/** As time does when nobody renews them: how long that takes is not left to the machine. */
async function claimsLapse(): Promise<void> {
  await server.query(url, 'update fusionauth_sessions.policy_job set due_at = now() where is_claimed');
}
