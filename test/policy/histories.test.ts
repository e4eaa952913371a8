import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Policy } from '../../src/domain/policy/policy.js';
import { callApi } from '../support/api-client.js';
import { deliverTo, policyOf, ruleOf, runsOf, startPolicyService, until } from '../support/policies.js';
import { sharedPostgres } from '../support/postgres.js';
import type { TestService } from '../support/service.js';
import { exchangeRefreshToken } from '../support/users.js';

/**
 * Random histories of sign-ins, registrations, exchanges, logouts and faults at three replicas, with a policy as the
 * only enforcement, which changes meanwhile. Once all is quiet each user is within every budget, the newest sessions are
 * those that stay, and nobody who is exempt or under the strictest limit there was has lost one. More of them with POLICY_HISTORIES=200.
 */
const numRuns = Number(process.env['POLICY_HISTORIES'] ?? 12);

const phones = ruleOf({ name: 'phones', deviceTypes: ['MOBILE'], allow: 1 });
const exempt = { applicationId: null, userIds: [], roles: ['service'], groupIds: [], whenMoreThan: null };
const usualAllow = 2;
let versions = 0;
function policyAllowing(allow: number): Policy {
  const others = ruleOf({ name: 'others', allow, per: 'application' });
  const version = `version-${++versions}`;
  return policyOf([phones, others], { version, exempt: [exempt], maxRevocationsPerMinute: 100_000 });
}
let policy = policyAllowing(usualAllow);

const replicas: TestService[] = [];
beforeAll(async () => {
  const url = await (await sharedPostgres()).createDatabase();
  for (let index = 0; index < 3; index++) {
    const [first] = replicas;
    const replica = await startPolicyService({
      policies: { current: async () => policy },
      events: 'none',
      env: { DATABASE_URL: url, POLICY_RUNS_PER_SECOND: '1000' },
      ...(first === undefined ? {} : { beside: first }),
    });
    replicas.push(replica);
    deliverTo(replica);
  }
}, 60_000);
afterAll(async () => {
  for (const service of replicas.toReversed()) await service[Symbol.asyncDispose]();
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('signIn' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('elsewhere' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refresh' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('logout' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fault' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('together' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('twins' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), user: fc.nat(2), device: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('policy' as const), user: fc.nat(2), device: fc.nat(2) }) },
);

const deviceTypes = ['MOBILE', 'DESKTOP', undefined];

it('leave every user within every budget, and nobody with less than that', async () => {
  const [service] = replicas;
  if (service === undefined) throw new TypeError('No replica');
  const { emulator, shop, console: desk } = service;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const users = Array.from({ length: 3 }, () => service.user());
      const [bot] = users;
      for (const one of emulator.store.users.get(bot?.id ?? '')?.registrations ?? []) one.roles = ['service'];
      const made = new Map<string, { id: string; budget: string; at: number }[]>();
      const ended = new Set<string>();
      const deleted = new Set<string>();
      let strictest = usualAllow;
      const signIn = async (index: number, device: number, applicationId: string) => {
        const user = users[index];
        if (user === undefined || deleted.has(user.id)) return;
        const type = deviceTypes[device];
        const metaData = type === undefined ? {} : { metaData: { device: { type } } };
        const body = { loginId: user.email, password: 'password', applicationId, ...metaData };
        const answer = await callApi(emulator, 'POST', '/api/login', { body });
        const { refreshTokenId } = answer.json() as { refreshTokenId: string };
        const at = emulator.store.sessions.get(refreshTokenId)?.session.insertInstant ?? emulator.clock.now();
        const budget = type === 'MOBILE' ? 'phones' : applicationId;
        made.set(user.id, [...(made.get(user.id) ?? []), { id: refreshTokenId, budget, at }]);
      };
      for (const { kind, user, device } of steps) {
        const one = users[user];
        const latest = made.get(one?.id ?? '')?.at(-1);
        switch (kind) {
          case 'signIn':
            await signIn(user, device, shop.id);
            break;
          case 'elsewhere':
            await signIn(user, device, desk.id);
            break;
          case 'together':
            await Promise.all([signIn(user, device, shop.id), signIn(user, device, shop.id)]);
            break;
          case 'refresh': {
            const token = emulator.store.sessions.get(latest?.id ?? '')?.session.token;
            if (token !== undefined) await exchangeRefreshToken(emulator, token);
            break;
          }
          case 'logout':
            if (latest === undefined) break;
            await callApi(emulator, 'DELETE', `/api/jwt/refresh/${latest.id}`);
            ended.add(latest.id);
            break;
          case 'twins': {
            if (one === undefined || deleted.has(one.id)) break;
            const at = emulator.clock.now();
            const twins = [1, 2].map(() => one.addSession({ insertInstant: at }).id);
            made.set(one.id, [...(made.get(one.id) ?? []), ...twins.map((id) => ({ id, budget: shop.id, at }))]);
            break;
          }
          case 'delete':
            if (one === undefined || deleted.has(one.id)) break;
            deleted.add(one.id);
            await callApi(emulator, 'DELETE', `/api/user/${one.id}?hardDelete=true`);
            break;
          case 'policy':
            strictest = Math.min(strictest, device + 1);
            policy = policyAllowing(device + 1);
            break;
          case 'fault':
            emulator.faults.add({
              path: '/api/jwt/refresh',
              method: 'GET',
              times: 1,
              fault: { kind: 'status', status: 503 },
            });
            break;
        }
      }
      policy = policyAllowing(usualAllow);
      // Whoever has more than this policy allows is limited by what shows a session from now on.
      for (const index of users.keys()) await signIn(index, 1, shop.id);
      await emulator.events.settled();
      await until(async () => (await isQuiet()) && users.every((user) => isWithin(user, made, user === bot)));
      for (const user of users) {
        const live = new Set(user.liveIds());
        const sessions = made.get(user.id) ?? [];
        if (deleted.has(user.id)) continue;
        if (user === bot) {
          expect(sessions.filter(({ id }) => !ended.has(id)).every(({ id }) => live.has(id))).toBe(true);
          continue;
        }
        for (const budget of new Set(sessions.map((one) => one.budget))) {
          const inIt = sessions.filter((one) => one.budget === budget);
          const allowed = budget === 'phones' ? 1 : strictest;
          // A session that was among the newest at every moment may have ended by a logout only.
          const newest = inIt.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).slice(0, allowed);
          for (const { id } of newest) expect(live.has(id) || ended.has(id)).toBe(true);
        }
      }
    }),
    { numRuns, endOnFailure: true },
  );
}, 300_000);

function isWithin(
  user: { readonly id: string; readonly liveIds: () => readonly string[] },
  made: ReadonlyMap<string, readonly { readonly id: string; readonly budget: string }[]>,
  isExempt: boolean,
): boolean {
  if (isExempt) return true;
  const live = new Set(user.liveIds());
  const sessions = (made.get(user.id) ?? []).filter(({ id }) => live.has(id));
  const count = (budget: string) => sessions.filter((one) => one.budget === budget).length;
  return sessions.every(({ budget }) => count(budget) <= (budget === 'phones' ? 1 : 2));
}

/** No user waits but for sign-ins whose session somebody has ended. */
async function isQuiet(): Promise<boolean> {
  const runs = replicas.flatMap(runsOf).length;
  await new Promise((resolve) => setTimeout(resolve, 150));
  return replicas.flatMap(runsOf).length === runs;
}
