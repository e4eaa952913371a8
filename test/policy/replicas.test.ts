import { afterEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/domain/policy/policy.js';
import { deliverTo, policyOf, ruleOf, runsOf, startPolicyService, until } from '../support/policies.js';
import { sharedPostgres } from '../support/postgres.js';
import type { TestService } from '../support/service.js';

const open: TestService[] = [];
afterEach(async () => {
  for (const service of open.splice(0).toReversed()) await service[Symbol.asyncDispose]();
});

/** Replicas over one database; FusionAuth delivers to those that are named. */
async function start(
  count: number,
  policy: Policy,
  deliverToThese: readonly number[],
): Promise<readonly TestService[]> {
  const url = await (await sharedPostgres()).createDatabase();
  const replicas: TestService[] = [];
  for (let index = 0; index < count; index++) {
    const [first] = replicas;
    const replica = await startPolicyService({
      policy,
      events: 'none',
      env: { DATABASE_URL: url },
      ...(first === undefined ? {} : { beside: first }),
    });
    open.push(replica);
    replicas.push(replica);
    if (deliverToThese.includes(index)) deliverTo(replica);
  }
  return replicas;
}

function first(replicas: readonly TestService[]): TestService {
  const [one] = replicas;
  if (one === undefined) throw new TypeError('No replica');
  return one;
}

describe('replicas over one database', () => {
  it('share what one of them was told, and make one run of what all of them were told', async () => {
    const replicas = await start(2, policyOf([ruleOf()]), [0, 1]);
    const users = Array.from({ length: 5 }, () => first(replicas).user({ sessions: 3 }));
    for (const user of users) await user.login();
    await until(() => users.every((user) => user.liveIds().length === 2));
    const ended = () => replicas.flatMap(runsOf).reduce((sum, run) => sum + run.ended, 0);
    await until(() => replicas.flatMap(runsOf).filter((run) => run.ended > 0).length >= 5);
    expect(ended()).toBe(5 * 2);
  });

  it('go on with what one of them left that drains between the event and the enforcement', async () => {
    const replicas = await start(2, policyOf([ruleOf()]), [0]);
    const [leaving, staying] = replicas;
    if (leaving === undefined || staying === undefined) throw new TypeError('Two replicas');
    // The other one looks for jobs from its first event on.
    const early = staying.user({ sessions: 3 });
    deliverTo(staying);
    await early.login();
    await until(() => early.liveIds().length === 2);
    await leaving.drain();
    const user = leaving.user({ sessions: 3 });
    await user.login();
    await until(() => user.liveIds().length === 2);
    await until(() => runsOf(staying).some(({ ended }) => ended === 2));
  });

  it('end together no more than maxRevocationsPerMinute', async () => {
    const policy = policyOf([ruleOf({ allow: 1 })], { maxRevocationsPerMinute: 7 });
    const replicas = await start(2, policy, [0, 1]);
    const users = Array.from({ length: 6 }, () => first(replicas).user({ sessions: 3 }));
    await Promise.all(users.map((user) => user.login()));
    const live = () => users.reduce((sum, user) => sum + user.liveIds().length, 0);
    // Those that may end sessions can still be at it when others are held back.
    await until(() => replicas.flatMap(runsOf).filter(({ outcome }) => outcome === 'heldBack').length > 2);
    await until(() => live() <= 6 * 4 - 7);
    expect(live()).toBe(6 * 4 - 7);
  });

  it('let in no more users than deny-new has places, whichever of them is asked', async () => {
    const policy = policyOf([ruleOf({ allow: 2, overflow: 'denyNew' })]);
    const replicas = await start(2, policy, [0]);
    const service = first(replicas);
    service.emulator.store.enableEvents(['user.login.success'], 'AbsoluteMajority');
    const user = service.user();
    const sign = () =>
      user.login().then(
        () => true,
        () => false,
      );
    const [there] = replicas.slice(1);
    if (there === undefined) throw new TypeError('Two replicas');
    // Each delivery to the next replica, as behind a balancer.
    let next = 0;
    const [webhook] = service.emulator.store.webhooks.values();
    if (webhook === undefined) throw new TypeError('A webhook');
    Object.defineProperty(webhook, 'url', {
      get: () => `${replicas[next++ % replicas.length]?.url}/webhooks/fusionauth`,
    });
    const answers = await Promise.all(Array.from({ length: 8 }, sign));
    expect(answers.filter((isIn) => isIn)).toHaveLength(2);
    expect(user.liveIds()).toHaveLength(2);
  });
});
