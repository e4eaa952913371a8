import { afterEach, describe, expect, it } from 'vitest';
import { callApi } from '../support/api-client.js';
import { type PolicyServiceOptions, policyOf, ruleOf, runsOf, startPolicyService, until } from '../support/policies.js';
import type { TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

let service: TestService;
afterEach(() => service[Symbol.asyncDispose]());

const denying = policyOf([ruleOf({ name: 'two-at-most', overflow: 'denyNew' })]);

const start = async (options: PolicyServiceOptions = {}) => {
  service = await startPolicyService({ policy: denying, transactionType: 'AbsoluteMajority', ...options });
  return service.user({ sessions: 1 });
};

/** Signs in, and answers the status. */
async function signIn(user: TestUser, more: object = {}): Promise<number> {
  const body = { loginId: user.email, password: 'password', applicationId: service.shop.id, ...more };
  return (await callApi(service.emulator, 'POST', '/api/login', { body })).status;
}

describe('a sign-in under deny-new', () => {
  it('is refused at the limit, without a trace in FusionAuth, and said', async () => {
    const user = await start();
    expect(await signIn(user)).toBe(200);
    expect(await signIn(user)).toBe(504);
    expect(user.liveIds()).toHaveLength(2);
    expect(service.logs.find(({ msg }) => msg === 'sign-in refused by the policy')).toMatchObject({
      userId: user.id,
      rule: 'two-at-most',
    });
    expect(service.emulator.store.loginRecords.all()).toHaveLength(1);
  });

  it('is let in again once a session has ended', async () => {
    const user = await start();
    expect([await signIn(user), await signIn(user)]).toEqual([200, 504]);
    await callApi(service.emulator, 'DELETE', `/api/jwt/refresh/${user.sessions[0]?.id}`);
    expect(await signIn(user)).toBe(200);
  });

  it('is let in again after a sign-out within the minute for which places are kept', async () => {
    const user = await start();
    const before = new Set(user.liveIds());
    expect([await signIn(user), await signIn(user)]).toEqual([200, 504]);
    await until(() => runsOf(service).some(({ outcome }) => outcome === 'complete'));
    const begun = user.liveIds().find((id) => !before.has(id));
    await callApi(service.emulator, 'DELETE', `/api/jwt/refresh/${begun}`);
    expect(await signIn(user)).toBe(200);
  });

  it('of many at once is let in as often as there are places, and no more', async () => {
    const user = await start();
    const statuses = await Promise.all(Array.from({ length: 6 }, () => signIn(user)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(user.liveIds()).toHaveLength(2);
    // Also where none of the sessions is there yet when the next one asks.
    const other = service.user({ sessions: 1 });
    const waiting = await Promise.all(Array.from({ length: 6 }, () => signIn(other, { noJWT: true })));
    expect(waiting.filter((status) => status === 200)).toHaveLength(1);
  });

  it('keeps a place until its session appears, and no longer than a minute', async () => {
    const user = await start();
    expect(await signIn(user, { noJWT: true })).toBe(200);
    expect(user.liveIds()).toHaveLength(1);
    expect(await signIn(user)).toBe(504);
    service.emulator.clock.advance(61_000);
    expect(await signIn(user)).toBe(200);
  });

  it('keeps its place when another rule comes before the one that denies', async () => {
    let policy = denying;
    service = await startPolicyService({
      policies: { current: async () => policy },
      transactionType: 'AbsoluteMajority',
    });
    const user = service.user({ sessions: 1 });
    expect(await signIn(user, { noJWT: true })).toBe(200);
    policy = policyOf([ruleOf({ name: 'phones', deviceTypes: ['MOBILE'], allow: 9 }), ...denying.rules]);
    expect(await signIn(user)).toBe(504);
  });

  it('is not asked about by other rules, other applications, or devices that are in another budget', async () => {
    const rules = [
      ruleOf({ name: 'phones', deviceTypes: ['MOBILE'], allow: 1, overflow: 'denyNew' }),
      ruleOf({ name: 'rest', allow: 9 }),
    ];
    const user = await start({ policy: policyOf(rules) });
    user.addSession({ device: { type: 'MOBILE' } });
    expect(await signIn(user, { eventInfo: { deviceType: 'MOBILE' } })).toBe(504);
    expect(await signIn(user, { eventInfo: { deviceType: 'DESKTOP' } })).toBe(200);
    expect(await signIn(user)).toBe(200);
  });

  it.each([
    [
      'the policy observes',
      policyOf([ruleOf({ allow: 1, overflow: 'denyNew', mode: 'observe' })], { mode: 'observe' }),
    ],
    ['no policy is in force', null],
  ])('is let in where %s', async (_, policy) => {
    const user = await start({ policy });
    expect(await signIn(user)).toBe(200);
  });

  it('of a registration is not asked about', async () => {
    const user = await start();
    user.addSession();
    const { id: applicationId } = service.emulator.store.addApplication({ name: 'Third' });
    const body = { registration: { applicationId } };
    expect((await callApi(service.emulator, 'POST', `/api/user/registration/${user.id}`, { body })).status).toBe(200);
    expect(user.liveIds()).toHaveLength(3);
  });
});

describe('when FusionAuth cannot be asked', () => {
  const away = { method: 'GET', path: '/api/jwt/refresh', fault: { kind: 'hang' } } as const;
  const quick = { WEBHOOK_HANDLE_TIMEOUT_MS: '900', FUSIONAUTH_REQUEST_TIMEOUT_MS: '300' };

  it('a user is let in by default, and that is said', async () => {
    const user = await start({ env: quick });
    user.addSession();
    service.emulator.faults.add(away);
    expect(await signIn(user)).toBe(200);
    expect(service.logs.some(({ msg }) => msg === 'a sign-in was decided without asking FusionAuth')).toBe(true);
  });

  it('a user is kept out where that is configured', async () => {
    const user = await start({ env: { ...quick, POLICY_SIGN_IN_FAILURE: 'closed' } });
    service.emulator.faults.add(away);
    expect(await signIn(user)).toBe(504);
    expect(user.liveIds()).toHaveLength(1);
  });
});

it('sessions end under other rules also for users who were let in', async () => {
  const rules = [ruleOf({ name: 'phones', deviceTypes: ['MOBILE'], overflow: 'denyNew' }), ruleOf({ allow: 1 })];
  const user = await start({ policy: policyOf(rules) });
  expect(await signIn(user)).toBe(200);
  await until(() => user.liveIds().length === 1);
  await until(() => runsOf(service).length > 0);
});
