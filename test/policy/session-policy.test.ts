import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idsOf } from '../support/enforcement.js';
import type { TestService } from '../support/service.js';
import { enforcePolicy } from './operations.js';
import { minuteMs, type PolicyFileScene, shopId, startPolicyFileScene } from './policy-file-scene.js';

let scene: PolicyFileScene;
let service: TestService;

const setPolicy: PolicyFileScene['setPolicy'] = (...policy) => scene.setPolicy(...policy);
const userWithDevices: PolicyFileScene['userWithDevices'] = (...types) => scene.userWithDevices(...types);

beforeAll(async () => {
  scene = await startPolicyFileScene();
  ({ service } = scene);
});

beforeEach(() => service.emulator.calls.clear());

afterEach(() => service.emulator.faults.clear());

afterAll(() => scene[Symbol.asyncDispose]());

const calls = (method: string) => service.emulator.calls.count({ method });

describe('enforcePolicy', () => {
  it('leaves as many sessions as the rule allows, and says which rule of which policy ended the others', async () => {
    const version = await setPolicy('  - { name: two, allow: 2 }');
    const alice = service.user({ sessions: 4 });
    const [a, b, c, d] = idsOf(alice.sessions);
    service.emulator.calls.clear();
    const answer = await enforcePolicy(service, alice.id, d);
    expect(answer).toMatchObject({ outcome: 'COMPLETE', version, rules: ['two'], failures: [] });
    const policyRule = { name: 'two', version };
    expect(answer.revokedSessions).toMatchObject([
      { sessionId: a, policyRule, reason: 'SESSION_LIMIT_EXCEEDED', initiatingEntity: 'POLICY' },
      { sessionId: b, policyRule },
    ]);
    expect(alice.liveIds()).toEqual([d, c]);
    expect(calls('DELETE')).toBe(2);
    expect(service.emulator.calls.count({ method: 'GET', path: '/api/jwt/refresh' })).toBe(1);
    expect(service.emulator.calls.count({ path: `/api/user/${alice.id}` })).toBe(0);

    const { sessionHistory } = await service.data<{ sessionHistory: { entries: readonly unknown[] } }>(
      'query ($userId: ID!) { sessionHistory(filter: { userId: $userId }) { entries { sessionId policyRule { name version } } } }',
      { userId: alice.id },
    );
    expect(sessionHistory.entries).toEqual(
      expect.arrayContaining([
        { sessionId: a, policyRule },
        { sessionId: b, policyRule },
      ]),
    );
    const audited = service.logs.filter((line) => line.msg === 'audit').at(-1);
    expect(audited).toMatchObject({ audit: { policyRule, actorKind: 'service' } });
  });

  it('ends nothing under observe, and publishes once what would have ended', async () => {
    const version = await setPolicy('  - { name: one, allow: 1 }', 'observe');
    const alice = service.user({ sessions: 3 });
    const [a, b] = idsOf(alice.sessions);
    const answer = await enforcePolicy(service, alice.id);
    const rule = { name: 'one', version };
    expect(answer).toMatchObject({
      outcome: 'COMPLETE',
      revokedSessions: [],
      wouldEnd: [{ rule, sessionIds: [a, b] }],
    });
    expect(alice.liveIds()).toHaveLength(3);
    expect(calls('DELETE')).toBe(0);
  });

  it('while the session is not there, ends nothing and says so', async () => {
    await setPolicy('  - { name: one, allow: 1 }');
    const alice = service.user({ sessions: 3 });
    const unknown = 'c0000000-0000-4000-8000-0000000000ff';
    expect(await enforcePolicy(service, alice.id, unknown)).toMatchObject({
      outcome: 'SESSION_NOT_SEEN',
      revokedSessions: [],
    });
    expect(alice.liveIds()).toHaveLength(3);
  });

  it('finds nothing to do for a user that was deleted meanwhile', async () => {
    await setPolicy('  - { name: admins, allow: 1, when: { roles: [admin] } }');
    const gone = 'b0000000-0000-4000-8000-0000000000ff';
    expect(await enforcePolicy(service, gone)).toMatchObject({ outcome: 'COMPLETE', rules: [], revokedSessions: [] });
  });

  it('ends all surplus at once of a user who has 272 sessions too many', async () => {
    await setPolicy('  - { name: three, allow: 3 }');
    const alice = service.user({ sessions: 275 });
    const answer = await enforcePolicy(service, alice.id);
    expect(answer.outcome).toBe('COMPLETE');
    expect(answer.revokedSessions).toHaveLength(272);
    expect(alice.liveIds()).toEqual([...idsOf(alice.sessions.slice(-3))].reverse());
  });

  it('needs session:enforce, and is refused to callers bound to applications', async () => {
    const alice = service.user();
    const mutation = 'mutation ($userId: ID!) { enforcePolicy(userId: $userId) { outcome } }';
    const refused = await service.query(mutation, { userId: alice.id }, { key: service.key(['session:read']) });
    expect(refused.body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('budgets', () => {
  it('of devices stand beside the rest: a session without a type, or of the type UNKNOWN, falls to the rest', async () => {
    await setPolicy('  - { name: phones, allow: 1, counts: { deviceTypes: [MOBILE] } }\n  - { name: rest, allow: 2 }');
    const alice = userWithDevices(null, 'MOBILE', 'UNKNOWN', 'MOBILE', null);
    const [unknown, phone, other, newPhone, newest] = idsOf(alice.sessions);
    const answer = await enforcePolicy(service, alice.id);
    expect(answer.revokedSessions).toMatchObject([
      { sessionId: unknown, policyRule: { name: 'rest' } },
      { sessionId: phone, policyRule: { name: 'phones' } },
    ]);
    expect(alice.liveIds()).toEqual([newest, newPhone, other]);
  });

  it('of applications that share a user are apart, and a deleted application limits nobody', async () => {
    const deleted = 'a0000000-0000-4000-8000-0000000000dd';
    await setPolicy(
      `  - { name: gone, allow: 1, when: { applications: [${deleted}] } }\n  - { name: shop, allow: 1, when: { applications: [${shopId}] } }`,
    );
    const alice = service.user({ sessions: 2 });
    const others = [1, 2, 3].map(() => alice.addSession({ applicationId: service.console.id }).id);
    const answer = await enforcePolicy(service, alice.id);
    expect(answer.revokedSessions).toMatchObject([{ policyRule: { name: 'shop' } }]);
    expect(alice.liveIds()).toEqual(expect.arrayContaining(others));
  });

  it('for each application hold in all of them', async () => {
    await setPolicy('  - { name: each, allow: 1, per: application }');
    const alice = service.user({ sessions: 2 });
    for (let count = 0; count < 2; count++) alice.addSession({ applicationId: service.console.id });
    expect((await enforcePolicy(service, alice.id)).revokedSessions).toHaveLength(2);
    expect(alice.liveIds()).toHaveLength(2);
  });

  it('count no SSO session, which follows the first rule that is about it', async () => {
    await setPolicy(
      '  - { name: phones, allow: 9, counts: { deviceTypes: [MOBILE] }, sso: end-all }\n  - { name: rest, allow: 1 }',
    );
    const alice = service.user({ sessions: 1, ssoSessions: 2 });
    const answer = await enforcePolicy(service, alice.id);
    expect(answer.revokedSessions).toHaveLength(2);
    expect(answer.revokedSessions[0]).toMatchObject({ applicationId: null, policyRule: { name: 'phones' } });
    expect(alice.liveIds()).toEqual(idsOf(alice.sessions));
  });

  it('of which sessions end by use let those stay that were used last', async () => {
    await setPolicy('  - { name: used, allow: 1, overflow: end-least-recently-used }');
    const alice = service.user();
    const at = service.emulator.clock.now();
    const used = alice.addSession({ insertInstant: at - 9 * minuteMs, device: { lastAccessedInstant: at - 1 } });
    alice.addSession({ insertInstant: at - 5 * minuteMs, device: { lastAccessedInstant: at - 4 * minuteMs } });
    await enforcePolicy(service, alice.id);
    expect(alice.liveIds()).toEqual([used.id]);
  });
});
