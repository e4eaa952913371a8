import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { demoIds, seedDemo } from '../../src/emulator/demo-data.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { runPolicyCommand } from '../../src/policy-command.js';

let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  emulator = await startEmulator();
  const [shop] = seedDemo(emulator.store).applications;
  if (shop !== undefined) shop.roles = [role('admin')];
});

afterAll(async () => {
  await emulator[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function fileWith(text: string): Promise<string> {
  const path = join(folder, 'policy.yaml');
  await writeFile(path, text);
  return path;
}

const header = 'version: 1\nmode: enforce\nrules:\n';

/** Ids of nothing. */
const gone = 'a0000000-0000-4000-8000-0000000000ee';
const other = 'a0000000-0000-4000-8000-0000000000ff';

function run(...args: readonly string[]) {
  return runPolicyCommand(args, connected());
}

function connected() {
  return { FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: emulator.apiKey };
}

describe('policy check with a FusionAuth', () => {
  it('finds rules that can never match, two on one budget, and applications that FusionAuth does not have', async () => {
    const path = await fileWith(
      `${header}  - { name: shop, allow: 1, when: { applications: [${demoIds.shop}, ${gone}] } }
  - { name: admins, allow: 1, when: { applications: [${demoIds.shop}], roles: [admin] } }
  - { name: all, allow: 3 }
  - { name: again, allow: 4 }`,
    );
    const { output, exitCode } = await run('check', path, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      ok: false,
      problems: [],
      findings: [
        { rule: 'admins', message: 'can never match: shop comes first and takes all its sessions' },
        { rule: 'again', message: 'is about the same budget as all, which comes first: it never matters' },
        { rule: 'shop', message: `names the application ${gone}, which FusionAuth does not have` },
      ],
    });
  });

  it('finds roles, groups and tenants that FusionAuth does not have, in rules and among the exempt', async () => {
    const path = await fileWith(
      `${header}  - { name: shop, allow: 1, when: { applications: [${demoIds.shop}], roles: [admin, agent] } }
  - { name: any, allow: 2, when: { roles: [owner] } }
  - { name: family, allow: 3, when: { groups: [${gone}], tenants: [${gone}] } }
exempt: { roles: [service], groups: [${other}] }`,
    );
    const { output, exitCode } = await run('check', path, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(output).findings).toEqual([
      { rule: 'shop', message: 'names the role agent, which none of its applications has' },
      { rule: 'any', message: 'names the role owner, which no application has' },
      { rule: 'family', message: `names the group ${gone}, which FusionAuth does not have` },
      { rule: 'family', message: `names the tenant ${gone}, which is none of those that this service acts in` },
      { rule: null, message: 'names the role service, which no application has' },
      { rule: null, message: `names the group ${other}, which FusionAuth does not have` },
    ]);
  });

  it('finds nothing where all of them exist, also in an application that is deactivated', async () => {
    const old = emulator.store.addApplication({ name: 'Old shop', active: false, roles: [role('owner')] });
    const { group } = await created('/api/group', { group: { name: 'Families' } });
    const path = await fileWith(
      `${header}  - { name: old, allow: 1, when: { applications: [${old.id}], roles: [owner] } }
  - { name: family, allow: 3, when: { groups: [${group.id}], tenants: [${old.tenantId}] } }`,
    );
    expect(await run('check', path)).toMatchObject({ exitCode: 0 });
    const bound = { FUSIONAUTH_TENANT_ID: old.tenantId };
    expect(await runPolicyCommand(['check', path], { ...connected(), ...bound })).toMatchObject({ exitCode: 0 });
  });

  it('ends with 2 where the API key may not look, and names what it lacks', async () => {
    const path = await fileWith(`${header}  - { name: family, allow: 3, when: { groups: [${gone}] } }`);
    const { key } = emulator.store.addApiKey({ permissions: { endpoints: { '/api/tenant': ['GET'] } } });
    const { output, exitCode } = await runPolicyCommand(['check', path], { ...connected(), FUSIONAUTH_API_KEY: key });
    expect(exitCode).toBe(2);
    expect(output).toContain(`${path}: groups could not be looked up: the API key lacks GET on /api/group\n`);
  });
});

function role(name: string) {
  return { id: randomUUID(), name, isDefault: false, isSuperRole: false, insertInstant: 0, lastUpdateInstant: 0 };
}

async function created(path: string, body: object) {
  const headers = { Authorization: emulator.apiKey, 'Content-Type': 'application/json' };
  const answer = await fetch(`${emulator.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return z.object({ group: z.object({ id: z.string() }) }).parse(await answer.json());
}

describe('policy explain', () => {
  it('says which rule, how many count and which would end, and ends none', async () => {
    const path = await fileWith(`${header}  - { name: shop, allow: 2, when: { applications: [${demoIds.shop}] } }`);
    const before = emulator.store.sessionsOf(demoIds.alice).length;
    const { output, exitCode } = await run('explain', '--user', demoIds.alice, '--file', path, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      rules: [{ rule: 'shop', matches: true, allow: 2, wouldEnd: [demoIds.aliceShopTablet] }],
      unlimited: [demoIds.aliceSingleSignOn, demoIds.aliceConsoleDesktop],
    });
    expect(emulator.store.sessionsOf(demoIds.alice)).toHaveLength(before);
  });

  it('counts SSO sessions apart, which are above no limit', async () => {
    const path = await fileWith(`${header}  - { name: all, allow: 9 }`);
    const { output, exitCode } = await run('explain', '--user', demoIds.alice, '--file', path);
    expect([output.split('\n')[1], exitCode]).toEqual([
      'all: 4 count, 9 may stay (enforce); SSO sessions besides: 1',
      0,
    ]);
    const { output: json } = await run('explain', '--user', demoIds.alice, '--file', path, '--json');
    expect(JSON.parse(json).rules[0]).toMatchObject({ counted: { length: 4 }, sso: [demoIds.aliceSingleSignOn] });
  });

  it('says of each rule that does not match which condition the user fails', async () => {
    const path = await fileWith(
      `${header}  - { name: users, allow: 1, when: { users: [${gone}] } }
  - { name: tenants, allow: 1, when: { tenants: [${gone}] } }
  - { name: groups, allow: 1, when: { groups: [${gone}] } }
  - { name: roles, allow: 1, when: { roles: [nobody] } }
  - { name: data, allow: 1, when: { userData: { plan: nobody } } }
  - { name: rest, allow: 999 }`,
    );
    const { output } = await run('explain', '--file', path, '--user', demoIds.alice);
    expect(output.split('\n').slice(1, 6)).toEqual([
      'users: does not match: the user is none of its users',
      'tenants: does not match: the user is of none of its tenants',
      'groups: does not match: the user is in none of its groups',
      'roles: does not match: the user has none of its roles in an application that it is about',
      'data: does not match: the data of the user in FusionAuth is not what it asks for',
    ]);
    const exempting = await fileWith(`${header}  - { name: rest, allow: 1 }\nexempt: { users: [${demoIds.alice}] }`);
    const { output: ofExempt } = await run('explain', '--file', exempting, '--user', demoIds.alice);
    expect(ofExempt).toContain('rest: does not match: the user is exempt\n');
  });

  it('reads the policy of the tenant where no file is named', async () => {
    const { output } = await run('explain', '--user', demoIds.bob, '--json');
    expect(JSON.parse(output)).toMatchObject({
      mode: 'observe',
      rules: [{ rule: 'phones' }, { rule: 'everyone-else' }],
    });
  });

  it('ends with 2 for what is no user, and says what would be right', async () => {
    expect(await run('explain', '--user', 'alice')).toEqual({
      output: '',
      problem: '--user: must be the id of a user, a UUID\n',
      exitCode: 2,
    });
  });
});

describe('policy simulate', () => {
  it('says how many sessions would end, by rule, and ends none', async () => {
    const path = await fileWith(`${header}  - { name: one, allow: 1, sso: keep-all }`);
    const { output, exitCode } = await run('simulate', '--file', path, '--json');
    expect(exitCode).toBe(1);
    // Alice has four application sessions and one of single sign-on, Bob two, Carol one.
    expect(JSON.parse(output)).toMatchObject({
      usersWithSessions: 3,
      usersOver: 2,
      sessions: 8,
      wouldEnd: 4,
      rules: [{ rule: 'one', wouldEnd: 4 }],
      unread: 0,
    });
    expect(emulator.store.sessionsOf(demoIds.alice)).toHaveLength(5);
  });

  it('looks at no more users than the sample', async () => {
    const { output } = await run('simulate', '--sample', '2', '--json');
    expect(JSON.parse(output)).toMatchObject({ users: 2 });
  });
});

describe('where several tenants have policies of their own and none is named', () => {
  const exemptingBob = {
    version: 1,
    mode: 'enforce',
    rules: [{ name: 'one', allow: 1, sso: 'keep-all' }],
    exempt: { users: [demoIds.bob] },
  };
  let many: Emulator;

  beforeAll(async () => {
    many = await startEmulator();
    seedDemo(many.store);
    many.store.addTenant({ name: 'Globex' });
    const tenant = many.store.tenantOrThrow(many.store.defaultTenantId);
    tenant.data = { sessionPolicy: exemptingBob };
    const shop = many.store.applications.get(demoIds.shop);
    if (shop !== undefined) shop.data = { sessionPolicy: { ...exemptingBob, rules: [{ name: 'own', allow: 1 }] } };
  });

  afterAll(() => many[Symbol.asyncDispose]());

  function ask(...args: readonly string[]) {
    return runPolicyCommand([...args, '--json'], { FUSIONAUTH_URL: many.url, FUSIONAUTH_API_KEY: many.apiKey });
  }

  it('explain goes by that of the user, with its exemptions', async () => {
    const alice = JSON.parse((await ask('explain', '--user', demoIds.alice)).output);
    expect(alice.rules.map(({ rule }: { rule: string }) => rule)).toEqual([`own@${demoIds.shop}`, 'one']);
    expect(await ask('explain', '--user', demoIds.bob)).toMatchObject({ exitCode: 0 });
  });

  it('simulate goes by that of each user, and names each policy', async () => {
    const { store } = many;
    const globex = store.addTenant({ name: 'Hooli' });
    globex.data = { sessionPolicy: { version: 1, mode: 'observe', rules: [{ name: 'theirs', allow: 1 }] } };
    const forum = store.addApplication({ name: 'Forum', tenantId: globex.id });
    const erin = store.addUser({ email: 'erin@example.com', tenantId: globex.id, applicationIds: [forum.id] });
    for (let count = 0; count < 3; count++) store.addSession({ userId: erin.id, applicationId: forum.id });
    const found = JSON.parse((await ask('simulate')).output);
    expect(found.policies).toHaveLength(2);
    expect(found.rules).toMatchObject([
      { rule: `own@${demoIds.shop}`, matches: 2, wouldEnd: 2 },
      { rule: 'one', matches: 2, wouldEnd: 0 },
      { rule: 'theirs', matches: 1, wouldEnd: 2 },
    ]);
    expect(found).toMatchObject({ wouldEnd: 4, usersOver: 2 });
  });
});
