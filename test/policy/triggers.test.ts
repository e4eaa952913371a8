import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/domain/policy/policy.js';
import { callApi } from '../support/api-client.js';
import { policyOf, ruleOf, runsOf, startPolicyService, until } from '../support/policies.js';
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

describe('a sweep that fails says why, as far as FusionAuth has said it', () => {
  it.each<[401 | 503, string]>([
    [401, 'FusionAuth shows login records only to API keys that belong to no tenant'],
    [503, 'users whom no event has named wait for the next time'],
  ])('with the answer %i', async (status, cause) => {
    service = await startPolicyService({ events: 'none', policy: null });
    service.emulator.faults.add({ path: '/api/system/login-record/search', fault: { kind: 'status', status } });
    await using sweeping = await startPolicyService({
      events: 'none',
      beside: service,
      env: { POLICY_SWEEP_INTERVAL_SECONDS: '1' },
    });
    const said = () => [...sweeping.startLogs, ...sweeping.logs].map(({ msg }) => `${msg}`);
    const ofSweep = () => said().find((msg) => msg.startsWith('sign-ins could not be'));
    await until(() => ofSweep() !== undefined);
    expect(ofSweep()).toBe(`sign-ins could not be looked through: ${cause}`);
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
    const isLookedAt = () => runsOf(service).some(({ userId }) => userId === user.id);
    await confirm(user.sessions.map(({ id }) => id));
    policy = policyOf([ruleOf({ mode: 'observe' })], { mode: 'observe', version: 'one that observes' });
    await newcomer();
    await until(async () => {
      await confirm(user.liveIds());
      return isLookedAt();
    });
    expect(user.liveIds()).toHaveLength(3);
    policy = policyOf([ruleOf()], { version: 'one that enforces' });
    await newcomer();
    await until(async () => {
      await confirm(user.liveIds());
      return user.liveIds().length === 2;
    });
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
