import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idsOf } from '../support/enforcement.js';
import type { TestService } from '../support/service.js';
import { type EnforcePolicyAnswer, enforcePolicy, policyLimits } from './operations.js';
import { type PolicyFileScene, shopId, startPolicyFileScene } from './policy-file-scene.js';

let scene: PolicyFileScene;
let service: TestService;
let path: string;

const setPolicy: PolicyFileScene['setPolicy'] = (...policy) => scene.setPolicy(...policy);
const userWithDevices: PolicyFileScene['userWithDevices'] = (...types) => scene.userWithDevices(...types);

beforeAll(async () => {
  scene = await startPolicyFileScene();
  ({ service, path } = scene);
});

beforeEach(() => service.emulator.calls.clear());

afterEach(() => service.emulator.faults.clear());

afterAll(() => scene[Symbol.asyncDispose]());

describe('facts of the user', () => {
  it('are read anew: a role that is given after the login holds from the next enforcement on', async () => {
    await setPolicy('  - { name: admins, allow: 1, when: { roles: [admin] } }\n  - { name: rest, allow: 3 }');
    const alice = service.user({ sessions: 3 });
    expect((await enforcePolicy(service, alice.id)).revokedSessions).toEqual([]);
    const registration = service.emulator.store.users
      .get(alice.id)
      ?.registrations.find((one) => one.applicationId === shopId);
    if (registration === undefined) throw new Error('Not registered');
    registration.roles = ['admin'];
    service.emulator.calls.clear();
    const answer = await enforcePolicy(service, alice.id);
    expect(answer.revokedSessions).toHaveLength(2);
    expect(answer.rules).toEqual(['admins', 'rest']);
    expect(service.emulator.calls.count({ path: `/api/user/${alice.id}` })).toBe(1);
  });

  it('that cannot be read end nothing', async () => {
    await setPolicy('  - { name: admins, allow: 1, when: { roles: [admin] } }');
    const alice = service.user({ sessions: 3 });
    service.emulator.faults.add({
      method: 'GET',
      path: `/api/user/${alice.id}`,
      fault: { kind: 'status', status: 500 },
    });
    await expect(enforcePolicy(service, alice.id)).rejects.toThrow('UPSTREAM_UNAVAILABLE');
    expect(alice.liveIds()).toHaveLength(3);
  });

  it('exempt users: of those with more sessions than whenMoreThan nothing ends', async () => {
    await setPolicy('  - { name: one, allow: 1, sso: end-all }', 'enforce', 'exempt: { whenMoreThan: 3 }');
    const bot = service.user({ sessions: 3, ssoSessions: 1 });
    expect((await enforcePolicy(service, bot.id)).revokedSessions).toEqual([]);
    expect(bot.liveIds()).toHaveLength(4);
  });
});

describe('sessionPolicy', () => {
  it('has the limits of a user, the rule, the version and what would end', async () => {
    const version = await setPolicy(
      '  - { name: phones, allow: 1, counts: { deviceTypes: [MOBILE] } }\n  - { name: rest, allow: 5 }',
    );
    const alice = userWithDevices('MOBILE', 'TV', 'MOBILE');
    const [old, tv, newest] = idsOf(alice.sessions);
    expect(await policyLimits(service, alice.id)).toMatchObject({
      version,
      mode: 'ENFORCE',
      limits: [
        {
          rule: 'phones',
          mode: 'ENFORCE',
          maxSessions: 1,
          deviceTypes: ['MOBILE'],
          sessionIds: [newest, old],
          surplusSessionIds: [old],
        },
        {
          rule: 'rest',
          maxSessions: 5,
          scope: 'USER',
          overflow: 'END_OLDEST',
          sessionIds: [tv],
          surplusSessionIds: [],
        },
      ],
    });
    expect(alice.liveIds()).toHaveLength(3);
  });
});

describe('a policy file', () => {
  it('that cannot be used any more leaves the last good policy in force, and readiness and log say so', async () => {
    const version = await setPolicy('  - { name: one, allow: 1 }');
    await writeFile(path, 'version: 1\nmode: enforce\nrules: []');
    await service.reload();
    const alice = service.user({ sessions: 2 });
    const answer: EnforcePolicyAnswer = await enforcePolicy(service, alice.id);
    expect(answer).toMatchObject({ version, rules: ['one'] });
    expect(answer.revokedSessions).toHaveLength(1);
    const ready = await service.fetch('/health/ready');
    expect(await ready.json()).toMatchObject({ warnings: ['POLICY_NOT_USABLE'] });
    const said = service.logs.filter((line) => `${line.msg}`.includes('cannot be used'));
    expect(said.at(-1)).toMatchObject({ problems: [`${path}:3:8: rules: must hold at least one rule`] });
    await setPolicy('  - { name: one, allow: 1 }');
    expect(await (await service.fetch('/health/ready')).json()).not.toHaveProperty('warnings');
  });

  it('is read anew when it changes, once it is no longer being written', async () => {
    await writeFile(path, 'version: 1\nmode: observe\nrules: [{ name: changed, allow: 7 }]');
    const alice = service.user();
    await expect
      .poll(async () => (await policyLimits(service, alice.id)).limits)
      .toMatchObject([{ rule: 'changed', maxSessions: 7 }]);
  });
});
