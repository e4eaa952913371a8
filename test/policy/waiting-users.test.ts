import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/domain/policy/policy.js';
import type { PolicyInForce } from '../../src/domain/ports/policy-in-force.js';
import { callApi } from '../support/api-client.js';
import { deliverTo, policyOf, ruleOf, runsOf, startPolicyService, until } from '../support/policies.js';
import type { TestService } from '../support/service.js';

let service: TestService;
afterEach(() => service[Symbol.asyncDispose]());

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
    // A run is logged after what it ends has ended.
    const ending = () => runsOf(service).filter(({ ended }) => ended > 0);
    await until(() => ending().length > 0);
    expect(ending()).toMatchObject([{ triggers: ['sweep'], ended: 1 }]);
  });

  it('is limited by the sweep once the clock of the service, which was ten days fast, is right again', async () => {
    const clock = { aheadMs: 10 * 86_400_000, now: () => Date.now() + clock.aheadMs };
    service = await startPolicyService({ events: 'none', clock, env: { POLICY_SWEEP_INTERVAL_SECONDS: '1' } });
    const { emulator } = service;
    const lookedThrough = () => emulator.calls.count({ path: '/api/system/login-record/search' });
    await until(() => lookedThrough() > 3);
    clock.aheadMs = 0;
    const user = service.user({ sessions: 2 });
    const { refreshTokenId } = await user.login();
    await until(async () => {
      emulator.clock.advance(1_000);
      await delay(100);
      return user.liveIds().length === 2;
    });
    expect(user.liveIds()[0]).toBe(refreshTokenId);
  });

  it('is limited by the sweep although the first one begins before FusionAuth has said what its clock shows', async () => {
    service = await startPolicyService({ events: 'none', policy: null });
    const { emulator } = service;
    const slow = emulator.faults.add({ path: '/api/*', fault: { kind: 'latency', minMs: 300, maxMs: 300 } });
    const clock = { now: () => emulator.clock.now() + 86_400_000 };
    const env = { POLICY_SWEEP_INTERVAL_SECONDS: '1' };
    await using sweeping = await startPolicyService({ events: 'none', beside: service, clock, env });
    await until(() => emulator.calls.count({ path: '/api/system/login-record/search' }) > 1);
    slow.remove();
    const user = service.user({ sessions: 2 });
    await user.login();
    emulator.clock.advance(20_000);
    await until(() => user.liveIds().length === 2);
    await until(() => runsOf(sweeping).some(({ ended }) => ended === 1));
  });

  async function startTestServiceWith(policies: PolicyInForce): Promise<TestService> {
    return startPolicyService({ events: ['user.login.success'], policies });
  }

  async function signInWithoutSession(loginId: string): Promise<void> {
    const body = { loginId, password: 'password', applicationId: service.shop.id, noJWT: true };
    await callApi(service.emulator, 'POST', '/api/login', { body });
  }
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
