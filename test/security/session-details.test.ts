import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsFor, registrationWith, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser, TestUserOptions } from '../support/users.js';

let service: TestService;
const permissionsOfRoles = JSON.stringify({ roles: { support: ['session:revoke', 'session:enforce'] } });

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...shopTokens, ACCESS_TOKEN_PERMISSIONS: permissionsOfRoles } });
});

afterAll(() => service[Symbol.asyncDispose]());

const secrets = ['192.0.2.7', 'Phone of Ada', 'Her second phone', 'FOLDABLE', 'offline_access', 'T11:11:11'];

/** Everything about them is one of the secrets, or when they began. */
function userWithSecrets(options: TestUserOptions = {}): TestUser {
  const user = service.user(options);
  const device = {
    name: 'Phone of Ada',
    description: 'Her second phone',
    type: 'FOLDABLE',
    lastAccessedAddress: '192.0.2.7',
  };
  const startInstant = Date.parse('2099-01-31T11:11:11Z');
  for (const minutes of [3, 2, 1]) {
    const insertInstant = service.emulator.clock.now() - minutes * 60_000;
    user.addSession({ device, scopes: ['offline_access'], insertInstant, startInstant });
    user.addSession({ applicationId: undefined, device, insertInstant, startInstant });
  }
  return user;
}

const session =
  '{ id kind createdAt state lastAccessedAt expiresAt ipAddress scopes device { name description type } application { name } }';
const ended = '{ sessionId endedAt replacedBySessionId accessTokensExpireBy }';
const enforced = `{ outcome keptSession ${session} keptSessions ${session} candidates ${session} revokedSessions ${ended} accessTokensExpireBy warnings { message } userErrors { message } failures { message } }`;
const revoked = `{ outcome session ${session} endedSession ${ended} revokedSsoSessions ${ended} warnings { message } userErrors { message } failures { message } }`;

const single = (args: string) => `enforceSingleSession(userId: $user, ${args}) ${enforced}`;
const limit = (args: string) => `enforceSessionLimit(input: { userId: $user, ${args} }) ${enforced}`;
const one = (args: string) => `revokeSession(sessionId: $session, ${args}) ${revoked}`;

const calls: readonly (readonly [needed: string, call: string])[] = [
  ['session:enforce', single('dryRun: true')],
  ['session:enforce', single('dryRun: true, keepSessionId: $session, onNewerSession: KEEP_REQUESTED')],
  ['session:enforce', single('keepSessionId: $session')],
  ['session:enforce', single('ssoSessions: KEEP_ALL')],
  ['session:enforce', limit('maxSessions: 1, overflow: ASK_USER')],
  ['session:enforce', limit('maxSessions: 1, overflow: ASK_USER, dryRun: true')],
  ['session:enforce', limit('maxSessions: 1, overflow: DENY_NEW, deviceTypes: ["foldable"]')],
  ['session:enforce', limit('maxSessions: 2, overflow: END_LEAST_RECENTLY_USED, dryRun: true')],
  ['session:enforce', limit('maxSessions: 2, overflow: END_OLDEST, scope: PER_APPLICATION')],
  ['session:enforce', limit('maxSessions: 900')],
  ['session:revoke', one('dryRun: true')],
  ['session:revoke', one('dryRun: true, includeSsoSessions: true')],
  ['session:revoke', one('userId: $user')],
  ['session:revoke', one('includeSsoSessions: true')],
];

const applicationSessionsOf = ({ id }: TestUser) =>
  service.emulator.store.sessionsOf(id).filter(({ applicationId }) => applicationId !== undefined);

async function ask(call: string, user: TestUser, key: string) {
  const ids = new Map([
    ['$user', user.id],
    ['$session', applicationSessionsOf(user)[1]?.id ?? ''],
  ]);
  const written = call.replaceAll(/\$\w+/g, (name) => `"${ids.get(name)}"`);
  return service.query(`mutation { answer: ${written} }`, {}, { key });
}

/** What of it stands in the answer. */
const secretsIn = (answer: unknown) => secrets.filter((secret) => JSON.stringify(answer).includes(secret));

describe.each(calls)('%s alone', (needed, call) => {
  it(`shows no details of sessions by ${call.replace(/\).*/, ')')}`, async () => {
    const { body } = await ask(call, userWithSecrets(), service.key([needed]));
    expect(body.data).toMatchObject({ answer: expect.any(Object) });
    expect(secretsIn(body)).toEqual([]);
  });

  it('shows them together with session:read', async () => {
    const { body } = await ask(call, userWithSecrets(), service.key([needed, 'session:read']));
    expect(secretsIn(body)).toEqual(secrets);
  });
});

describe('a dryRun that selects by details', () => {
  const bulk = (filter: string) =>
    `revokeSessions(input: { userId: $user, reason: OTHER, dryRun: true, filter: { ${filter} } }) { revokedCount }`;

  it.each([
    ['session:enforce', limit('maxSessions: 1, deviceTypes: ["FOLDABLE"], dryRun: true'), 'input.deviceTypes'],
    ['session:bulk', bulk('deviceTypes: ["FOLDABLE"]'), 'input.filter.deviceTypes'],
    ['session:bulk', bulk('ipAddress: "192.0.2.7"'), 'input.filter.ipAddress'],
    ['session:bulk', bulk('text: "Ada"'), 'input.filter.text'],
    ['session:bulk', bulk('lastAccessedAt: { after: "2099-01-01T00:00:00Z" }'), 'input.filter.lastAccessedAt'],
  ])('is refused to %s alone, and not together with session:read', async (needed, call, argument) => {
    const user = userWithSecrets();
    const refused = await ask(call, user, service.key([needed]));
    expect(refused.body.errors?.[0]).toMatchObject({
      message: expect.stringContaining(`dryRun together with ${argument}`),
      extensions: { code: 'FORBIDDEN' },
    });
    const allowed = await ask(call, user, service.key([needed, 'session:read']));
    expect(allowed.body.errors?.[0]?.path ?? []).not.toContain('answer');
  });

  it('is refused for what the description of the filter names', async () => {
    const document = '{ input: __type(name: "RevokeSessionsInput") { inputFields { name description } } }';
    const { input } = await service.data<{ input: { inputFields: { name: string; description: string }[] } }>(document);
    const description = input.inputFields.find(({ name }) => name === 'filter')?.description;
    expect(description).toContain('Under dryRun, deviceTypes, ipAddress, text and lastAccessedAt need session:read');
  });

  it('is not refused where sessions are chosen by what is shown anyway', async () => {
    const call = bulk('kinds: [SSO], createdAt: { after: "2020-01-01T00:00:00Z" }');
    const { body } = await ask(call, userWithSecrets(), service.key(['session:bulk']));
    expect(body.data).toMatchObject({ answer: { revokedCount: 3 } });
  });
});

describe('a user with permissions over others, but not to read', () => {
  it('is shown details of sessions of its own, and of no others', async () => {
    const { emulator } = service;
    const staff = userWithSecrets({ applicationIds: [], registrations: [registrationWith(shopId, ['support'])] });
    const claims = { sid: undefined, roles: ['support'], applicationId: shopId };
    const key = await signAsFusionAuth(emulator, claimsFor(emulator, staff.id, claims));
    const call = limit('maxSessions: 1, overflow: ASK_USER');
    expect(secretsIn((await ask(call, staff, key)).body)).toEqual(secrets);
    const ofOthers = await ask(call, userWithSecrets(), key);
    expect(ofOthers.body.data).toMatchObject({ answer: { outcome: 'LIMIT_REACHED' } });
    expect(secretsIn(ofOthers.body)).toEqual([]);
  });
});
