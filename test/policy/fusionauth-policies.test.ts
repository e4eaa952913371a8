import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { keepWithTenant, rulesFor } from './fusionauth-documents.js';
import { enforcePolicy, policyLimits } from './operations.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { SETTINGS_MAX_AGE_MS: '1' } });
});

afterAll(() => service[Symbol.asyncDispose]());

const document = (mode: string, ...rules: readonly object[]) => ({ version: 1, mode, rules });

it('a policy that FusionAuth keeps holds, that of an application before that of the tenant', async () => {
  keepWithTenant(service, document('enforce', { name: 'rest', allow: 2 }));
  service.shop.data = { sessionPolicy: document('enforce', { name: 'shop', allow: 1 }) };
  const alice = service.user({ sessions: 2 });
  const others = [1, 2].map(() => alice.addSession({ applicationId: service.console.id }).id);
  await expect.poll(() => rulesFor(service, alice.id)).toEqual([`shop@${service.shop.id}`, 'rest']);
  const answer = await enforcePolicy(service, alice.id);
  expect(answer.revokedSessions).toMatchObject([
    { sessionId: alice.sessions[0]?.id, policyRule: { name: `shop@${service.shop.id}` } },
  ]);
  expect(new Set(alice.liveIds())).toEqual(new Set([...others, alice.sessions[1]?.id]));
  service.shop.data = {};
});

it('a document that cannot be used leaves its last good one in force, and readiness says so', async () => {
  keepWithTenant(service, document('enforce', { name: 'good', allow: 1 }));
  const alice = service.user({ sessions: 2 });
  await expect.poll(() => rulesFor(service, alice.id)).toEqual(['good']);
  keepWithTenant(service, document('enforce', { name: 'good', allow: 'many' }));
  await expect
    .poll(async () => {
      await rulesFor(service, alice.id);
      return (await service.fetch('/health/ready')).json();
    })
    .toMatchObject({ warnings: ['POLICY_NOT_USABLE'] });
  expect(await rulesFor(service, alice.id)).toEqual(['good']);
  const said = service.logs.filter((line) => `${line.msg}`.includes('cannot be used'));
  expect(said).toHaveLength(1);
  expect((await enforcePolicy(service, alice.id)).revokedSessions).toHaveLength(1);
});

it('a policy is said to be in force once, however many ask for it first at the same time', async () => {
  keepWithTenant(service, document('enforce', { name: 'one', allow: 1 }));
  await using fresh = await startTestService({ beside: service });
  const users = Array.from({ length: 5 }, () => fresh.user());
  await Promise.all(users.map(({ id }) => policyLimits(fresh, id)));
  expect(fresh.logs.filter(({ msg }) => msg === 'session policy in force')).toHaveLength(1);
  keepWithTenant(service, undefined);
});

it('a policy that is taken away limits nobody any more', async () => {
  keepWithTenant(service, document('enforce', { name: 'one', allow: 1 }));
  const alice = service.user({ sessions: 3 });
  await expect.poll(() => rulesFor(service, alice.id)).toEqual(['one']);
  keepWithTenant(service, undefined);
  await expect.poll(() => rulesFor(service, alice.id)).toEqual([]);
  expect(await enforcePolicy(service, alice.id)).toMatchObject({ outcome: 'COMPLETE', version: null });
  expect(alice.liveIds()).toHaveLength(3);
});

it('of a user in two groups the first rule in order decides, whatever the order of the memberships', async () => {
  const { store } = service.emulator;
  const groups = ['d0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000002'];
  keepWithTenant(
    service,
    document(
      'enforce',
      ...groups.map((id, index) => ({ name: `group-${index}`, allow: index + 1, when: { groups: [id] } })),
    ),
  );
  const alice = service.user({ sessions: 3 });
  const user = store.users.get(alice.id);
  if (user === undefined) throw new Error('There is no such user');
  for (const groupId of [...groups].reverse()) {
    user.memberships.push({ id: crypto.randomUUID(), groupId, insertInstant: 1, data: {} });
  }
  await expect.poll(() => rulesFor(service, alice.id)).toEqual(['group-0', 'group-1']);
  await enforcePolicy(service, alice.id);
  expect(alice.liveIds()).toEqual([idsOf(alice.sessions)[2]]);
});

it('whenMoreThan of an application counts its own sessions alone', async () => {
  keepWithTenant(service, document('enforce', { name: 'rest', allow: 9 }));
  service.shop.data = {
    sessionPolicy: { ...document('enforce', { name: 'shop', allow: 1 }), exempt: { whenMoreThan: 3 } },
  };
  const alice = service.user({ sessions: 2 });
  const bot = service.user({ sessions: 4 });
  for (let count = 0; count < 4; count++) alice.addSession({ applicationId: service.console.id });
  await expect.poll(() => rulesFor(service, alice.id)).toEqual([`shop@${service.shop.id}`, 'rest']);
  expect((await enforcePolicy(service, alice.id)).revokedSessions).toHaveLength(1);
  expect((await enforcePolicy(service, bot.id)).revokedSessions).toEqual([]);
  expect(bot.liveIds()).toHaveLength(4);
  service.shop.data = {};
});

it('of a universal application holds for the users of every tenant, each by itself', async () => {
  const { emulator } = service;
  emulator.store.tenantOrThrow(emulator.tenantId).data = {};
  service.shop.data = { sessionPolicy: document('enforce', { name: 'shop', allow: 1 }) };
  // FusionAuth shows an application of all tenants without one.
  const withoutTenant = (one: unknown) => {
    const { tenantId, ...application } = z.looseObject({ id: z.string(), tenantId: z.string() }).parse(one);
    return application.id === service.shop.id ? application : { ...application, tenantId };
  };
  emulator.faults.add({
    path: '/api/application',
    fault: {
      kind: 'mapBody',
      map: (body) => ({
        applications: z
          .object({ applications: z.array(z.unknown()) })
          .parse(body)
          .applications.map(withoutTenant),
      }),
    },
  });
  const globex = emulator.store.addTenant({ name: 'Globex' });
  const erin = emulator.store.addUser({
    email: 'erin@example.com',
    tenantId: globex.id,
    applicationIds: [service.shop.id],
  });
  for (let count = 0; count < 3; count++)
    emulator.store.addSession({ userId: erin.id, applicationId: service.shop.id });
  const alice = service.user({ sessions: 2 });
  await expect.poll(() => rulesFor(service, erin.id)).toEqual([`shop@${service.shop.id}`]);
  for (const [userId, ended] of [
    [erin.id, 2],
    [alice.id, 1],
  ] as const) {
    expect((await enforcePolicy(service, userId)).revokedSessions).toHaveLength(ended);
  }
  expect(emulator.store.sessionsOf(erin.id)).toHaveLength(1);
  emulator.faults.clear();
  service.shop.data = {};
});
