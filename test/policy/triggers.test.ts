import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/domain/policy/policy.js';
import type { PolicyInForce } from '../../src/domain/ports/policy-in-force.js';
import { callApi } from '../support/api-client.js';
import { deliverTo, policyOf, ruleOf, runsOf, startPolicyService, until } from '../support/policies.js';
import { startTestService, type TestService } from '../support/service.js';
import { exchangeRefreshToken, type SignedIn } from '../support/users.js';

let service: TestService;
afterEach(() => service[Symbol.asyncDispose]());

const newest = (user: { readonly liveIds: () => readonly string[] }, count: number) => user.liveIds().slice(0, count);

describe('alone, with every other one lost', () => {
  it('a sign-in limits the user once its session is there', async () => {
    service = await startPolicyService({ events: ['user.login.success'] });
    const user = service.user({ sessions: 3 });
    const { refreshTokenId } = await user.login();
    await until(() => user.liveIds().length === 2);
    expect(newest(user, 2)).toEqual([refreshTokenId, user.sessions[2]?.id]);
  });

  it('a sign-in limits the user also when the session takes its time', async () => {
    service = await startPolicyService({ events: ['user.login.success'] });
    const user = service.user({ sessions: 2 });
    // Without its own session: as for a code that is redeemed later.
    await callApi(service.emulator, 'POST', '/api/login', {
      body: { loginId: user.email, password: 'password', applicationId: service.shop.id, noJWT: true },
    });
    await until(() => runsOf(service).length === 2);
    user.addSession();
    await until(() => runsOf(service).some(({ outcome }) => outcome === 'complete'));
    expect(user.liveIds()).toHaveLength(2);
    expect(runsOf(service).filter(({ ended }) => ended > 0)).toMatchObject([{ outcome: 'complete', ended: 1 }]);
  });

  it.each(['user.registration.create', 'user.registration.create.complete'])(
    'the event %s limits a user whose session begins with a registration',
    async (type) => {
      service = await startPolicyService({ events: [type] });
      const user = service.user({ sessions: 2, applicationIds: [] });
      const answer = await callApi(service.emulator, 'POST', `/api/user/registration/${user.id}`, {
        body: { registration: { applicationId: service.shop.id } },
      });
      const { refreshTokenId } = answer.json() as SignedIn;
      await until(() => user.liveIds().length === 2);
      expect(newest(user, 2)).toEqual([refreshTokenId, user.sessions[1]?.id]);
      await until(() => runsOf(service).some(({ ended }) => ended === 1));
      expect(runsOf(service)[0]?.triggers).toEqual(['registration']);
    },
  );

  it('the first exchange of a session limits its user, and later ones do nothing', async () => {
    service = await startPolicyService({ events: ['jwt.refresh'] });
    const user = service.user({ sessions: 3 });
    const token = user.sessions[2]?.token ?? '';
    await exchangeRefreshToken(service.emulator, token);
    await until(() => user.liveIds().length === 2);
    await until(() => runsOf(service).length === 1);
    for (let times = 0; times < 3; times++) await exchangeRefreshToken(service.emulator, token);
    await service.emulator.events.settled();
    await delay(300);
    expect(runsOf(service)).toMatchObject([{ triggers: ['refresh'], ended: 1 }]);
  });

  it('the first sight of a session by a resource server limits its user, and later ones do nothing', async () => {
    service = await startPolicyService({ events: 'none' });
    const user = service.user({ sessions: 3 });
    const confirm = () =>
      service.data('query ($ids: [ID!]!) { liveSessions(ids: $ids, maxAgeSeconds: 1) { status } }', {
        ids: user.sessions.slice(1).map(({ id }) => id),
      });
    await confirm();
    await until(() => user.liveIds().length === 2);
    await until(() => runsOf(service).length > 0);
    const runs = runsOf(service).length;
    await delay(1_100);
    await confirm();
    await delay(300);
    expect(runsOf(service)).toHaveLength(runs);
    expect(newest(user, 2)).toEqual([user.sessions[2]?.id, user.sessions[1]?.id]);
  });

  it('a sweep limits whoever the login records name', async () => {
    service = await startPolicyService({ events: 'none', policy: null });
    const users = Array.from({ length: 3 }, () => service.user({ sessions: 2 }));
    for (const user of users) await user.login();
    service.emulator.clock.advance(20_000);
    await using sweeping = await startPolicyService({
      events: 'none',
      beside: service,
      env: { POLICY_SWEEP_INTERVAL_SECONDS: '1' },
    });
    await until(() => users.every((user) => user.liveIds().length === 2));
    await until(() => runsOf(sweeping).length >= 3);
    expect(runsOf(sweeping).every(({ triggers }) => triggers.includes('sweep'))).toBe(true);
    // A month back, of which little is told.
    expect(service.emulator.calls.count({ path: '/api/system/login-record/search' })).toBeLessThan(30);
  });
});

describe('a session that is known', () => {
  it('is looked at again when another policy has come into force', async () => {
    let policy: Policy | null = null;
    service = await startTestService({
      policies: { current: async () => policy },
      env: { POLICY_SWEEP_INTERVAL_SECONDS: '0', LOG_LEVEL: 'debug' },
    });
    const user = service.user({ sessions: 3 });
    const confirm = (ids: readonly string[]) =>
      service.data('query ($ids: [ID!]!) { liveSessions(ids: $ids, maxAgeSeconds: 1) { status } }', { ids });
    const newcomer = () => confirm([service.user({ sessions: 1 }).sessions[0]?.id ?? '']);
    await confirm(user.sessions.map(({ id }) => id));
    for (const mode of ['observe', 'enforce'] as const) {
      policy = policyOf([ruleOf({ mode })], { mode, version: `version of ${mode}` });
      await newcomer();
      const runs = runsOf(service).length;
      await until(async () => {
        await delay(300);
        await confirm(user.liveIds());
        return runsOf(service).length > runs + 1;
      });
      expect(user.liveIds()).toHaveLength(mode === 'observe' ? 3 : 2);
    }
  });
});

describe('all of them together', () => {
  it('end nothing twice, and cost one sign-in no more than a run for each trigger', async () => {
    service = await startPolicyService({ env: { POLICY_SWEEP_INTERVAL_SECONDS: '1', POLICY_RUNS_PER_SECOND: '1000' } });
    const { emulator } = service;
    const user = service.user({ sessions: 2 });
    emulator.calls.clear();
    const { refreshToken, refreshTokenId } = await user.login();
    await exchangeRefreshToken(emulator, refreshToken);
    await service.data(
      'query ($ids: [ID!]!, $userIds: [ID!]!) { liveSessions(ids: $ids, userIds: $userIds) { status } }',
      {
        ids: [refreshTokenId],
        userIds: [user.id],
      },
    );
    await until(() => user.liveIds().length === 2);
    emulator.clock.advance(20_000);
    await until(() => runsOf(service).some(({ triggers }) => triggers.includes('sweep')));
    await delay(500);
    expect(user.liveIds()[0]).toBe(refreshTokenId);
    const calls = emulator.calls.all().filter(({ path }) => path.startsWith('/api/jwt/refresh'));
    expect(calls.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    // Its exchange, the question of the resource server, and a list for each run: sign-in, refresh, first sight, sweep.
    expect(runsOf(service).length).toBeLessThanOrEqual(4);
    expect(calls.filter(({ method }) => method === 'GET').length).toBeLessThanOrEqual(1 + 4);
    expect(runsOf(service).reduce((sum, { ended }) => sum + ended, 0)).toBe(1);
  });
});

describe('a user who waits', () => {
  it('is looked at under the policy of that moment, not of the sign-in', async () => {
    let policy: Policy | null = policyOf([ruleOf({ allow: 3 })]);
    service = await startTestServiceWith({ current: async () => policy });
    const user = service.user({ sessions: 2 });
    await signInWithoutSession(user.email);
    await until(() => runsOf(service).length >= 1);
    policy = policyOf([ruleOf({ allow: 1 })], { version: 'fedcba987654' });
    const { id } = user.addSession();
    await until(() => user.liveIds().length === 1);
    expect(user.liveIds()).toEqual([id]);
  });

  it('loses nothing where the policy was taken away meanwhile', async () => {
    let policy: Policy | null = policyOf([ruleOf({ allow: 2 })]);
    service = await startTestServiceWith({ current: async () => policy });
    const user = service.user({ sessions: 2 });
    await signInWithoutSession(user.email);
    await until(() => runsOf(service).length >= 1);
    policy = null;
    user.addSession();
    const looks = runsOf(service).length;
    await until(() => runsOf(service).length > looks);
    expect(user.liveIds()).toHaveLength(3);
  });

  it('is limited although the clock of the service is four minutes fast', async () => {
    const clock = { now: () => Date.now() + 240_000 };
    service = await startPolicyService({ events: ['user.login.success'], clock });
    const user = service.user({ sessions: 2 });
    const { refreshTokenId } = await user.login();
    await until(() => user.liveIds().length === 2);
    expect(user.liveIds()[0]).toBe(refreshTokenId);
  });

  it.each([-1, 1])('is limited by the sweep where the clock of the service is %i days off', async (days) => {
    const clock = { now: () => Date.now() + days * 86_400_000 };
    // Events that seem to be that old, or from the future, are refused.
    service = await startPolicyService({ clock, env: { POLICY_SWEEP_INTERVAL_SECONDS: '1' } });
    const user = service.user({ sessions: 2 });
    const { refreshTokenId } = await user.login();
    await until(async () => {
      service.emulator.clock.advance(1_000);
      await delay(100);
      return user.liveIds().length === 2;
    });
    expect(user.liveIds()[0]).toBe(refreshTokenId);
    expect(runsOf(service).filter(({ ended }) => ended > 0)).toMatchObject([{ triggers: ['sweep'], ended: 1 }]);
  });

  async function startTestServiceWith(policies: PolicyInForce): Promise<TestService> {
    return startPolicyService({ events: ['user.login.success'], policies });
  }

  async function signInWithoutSession(loginId: string): Promise<void> {
    const body = { loginId, password: 'password', applicationId: service.shop.id, noJWT: true };
    await callApi(service.emulator, 'POST', '/api/login', { body });
  }
});

describe('without a policy', () => {
  it('nothing is scheduled, asked or run', async () => {
    service = await startPolicyService({ policy: null, env: { POLICY_SWEEP_INTERVAL_SECONDS: '1' } });
    const user = service.user({ sessions: 3 });
    const { refreshToken } = await user.login();
    await exchangeRefreshToken(service.emulator, refreshToken);
    await service.emulator.events.settled();
    service.emulator.calls.clear();
    await delay(1_500);
    expect(service.emulator.calls.all()).toEqual([]);
    expect(runsOf(service)).toEqual([]);
    expect(user.liveIds()).toHaveLength(4);
  });
});

describe('a run', () => {
  it('ends every session above the limit, not one for each sign-in', async () => {
    service = await startPolicyService();
    const user = service.user({ sessions: 30 });
    await user.login();
    await until(() => user.liveIds().length === 2);
    await until(() => runsOf(service).length > 0);
    expect(runsOf(service)[0]).toMatchObject({ ended: 29 });
  });

  it('is made of two sign-ins at once until both sessions were there', async () => {
    service = await startPolicyService({ policy: policyOf([ruleOf({ allow: 1 })]) });
    const user = service.user();
    const [one, other] = await Promise.all([user.login(), user.login()]);
    await until(() => user.liveIds().length === 1);
    expect([one.refreshTokenId, other.refreshTokenId]).toContain(user.liveIds()[0]);
  });

  it('that FusionAuth does not answer is made again', async () => {
    service = await startPolicyService();
    const user = service.user({ sessions: 2 });
    service.emulator.faults.add({
      method: 'GET',
      path: '/api/jwt/refresh',
      times: 3,
      fault: { kind: 'status', status: 503 },
    });
    await user.login();
    await until(() => user.liveIds().length === 2);
    expect(runsOf(service).map(({ outcome }) => outcome)).toContain('failed');
  });

  it('of a user who was deleted meanwhile is done', async () => {
    service = await startPolicyService();
    const user = service.user({ sessions: 2 });
    await user.login();
    await callApi(service.emulator, 'DELETE', `/api/user/${user.id}?hardDelete=true`);
    await until(() => runsOf(service).length > 0);
    expect(runsOf(service)[0]?.outcome).not.toBe('failed');
  });

  it('of an exempt user looks for no session, and ends none', async () => {
    const exempt = { applicationId: null, userIds: [], roles: ['service'], groupIds: [], whenMoreThan: null };
    service = await startPolicyService({ policy: policyOf([ruleOf()], { exempt: [exempt] }) });
    const user = service.user({ sessions: 5 });
    for (const registration of service.emulator.store.users.get(user.id)?.registrations ?? []) {
      registration.roles = ['service'];
    }
    await user.login();
    await until(() => runsOf(service).length > 0);
    expect(runsOf(service)).toMatchObject([{ outcome: 'complete', ended: 0 }]);
    expect(user.liveIds()).toHaveLength(6);
  });
});

describe('maxRevocationsPerMinute', () => {
  it('bounds what ends also where it is not known to which tenant a user belongs', async () => {
    service = await startPolicyService({
      policy: policyOf([ruleOf()], { maxRevocationsPerMinute: 4 }),
      events: 'none',
      env: { POLICY_SWEEP_INTERVAL_SECONDS: '1' },
    });
    const users = Array.from({ length: 6 }, () => service.user({ sessions: 3 }));
    // Login records name no tenant, and events do.
    for (const user of users.slice(0, 3)) await user.login();
    deliverTo(service);
    for (const user of users.slice(3)) await user.login();
    await until(() => runsOf(service).filter(({ triggers }) => triggers.includes('signIn')).length >= 3);
    service.emulator.clock.advance(20_000);
    await until(() => runsOf(service).filter(({ triggers }) => `${triggers}` === 'sweep').length >= 3);
    expect(users.reduce((sum, user) => sum + user.liveIds().length, 0)).toBe(6 * 4 - 4);
  });

  it('bounds what ends, goes on observing when it is used up, and says so', async () => {
    service = await startPolicyService({ policy: policyOf([ruleOf()], { maxRevocationsPerMinute: 5 }) });
    const users = Array.from({ length: 4 }, () => service.user({ sessions: 4 }));
    for (const user of users) await user.login();
    await until(() => runsOf(service).length >= 4);
    const live = users.map((user) => user.liveIds().length);
    expect(live.reduce((sum, count) => sum + count, 0)).toBe(4 * 5 - 5);
    expect(runsOf(service).some(({ outcome }) => outcome === 'heldBack')).toBe(true);
    const lines = service.logs.filter(({ msg }) => msg.startsWith('the policy may end no more sessions'));
    expect(lines[0]).toMatchObject({ level: 'warn' });
  });
});
