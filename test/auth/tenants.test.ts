import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Application, Tenant } from '../../src/emulator/store/records.js';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { comparableAnswer } from '../support/answers.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import type { TestUser } from '../support/users.js';

/** Two tenants: acme, whose sessions live 30 days, and globex, whose sessions live an hour and SSO sessions 10 minutes. */
const acmeId = 'aaaaaaaa-0000-0000-0000-000000000001';
const globexId = 'bbbbbbbb-0000-0000-0000-000000000002';
const globexShopId = '6e1d9c2f-8b63-4a1f-8e4d-3c2a7b5f9d81';

/** Bound to by a key, and missing at FusionAuth. */
const missingId = 'cccccccc-0000-0000-0000-000000000003';

const keys = {
  acme: 'key-of-acme',
  globex: 'key-of-globex',
  both: 'key-of-both',
  any: 'key-of-any',
  missing: 'key-of-missing',
};

let service: TestService;
let globex: Tenant;
let globexShop: Application;
/** Of acme. */
let alice: TestUser;
/** Of globex. */
let gus: TestUser;

beforeAll(async () => {
  service = await startTestService({
    shopId,
    env: {
      ...shopTokens,
      ACCESS_TOKEN_AUDIENCES: `${shopId},${globexShopId}`,
      ACCESS_TOKEN_TENANT_IDS: `${acmeId},${globexId}`,
      SERVICE_KEYS: serviceKeysVariable(
        { name: 'acme', key: keys.acme, tenantIds: [acmeId] },
        { name: 'globex', key: keys.globex, tenantIds: [globexId] },
        { name: 'both', key: keys.both, tenantIds: [acmeId, globexId] },
        { name: 'any', key: keys.any },
        { name: 'missing', key: keys.missing, tenantIds: [missingId] },
      ),
    },
    tenantId: acmeId,
  });
  const { store } = service.emulator;
  globex = store.addTenant({
    id: globexId,
    name: 'Globex',
    httpSessionMaxInactiveInterval: 600,
    jwtConfiguration: { refreshTokenTimeToLiveInMinutes: 60, timeToLiveInSeconds: 60 },
  });
  globexShop = store.addApplication({ id: globexShopId, name: 'Globex Shop', tenantId: globexId });
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(() => {
  alice = service.user({ sessions: 2, ssoSessions: 1 });
  gus = service.user({ tenantId: globex.id, applicationIds: [globexShop.id] });
  for (const minutesAgo of [3, 2, 1]) {
    const insertInstant = service.emulator.clock.now() - minutesAgo * 60_000;
    gus.addSession({ applicationId: minutesAgo === 3 ? undefined : globexShop.id, insertInstant });
  }
});

const sessionsDocument = 'query ($userId: ID!) { sessions(userId: $userId) { id } }';
const naming = (tenantId: string) => ({ 'x-fusionauth-tenantid': tenantId });

async function sessionIds(user: TestUser, key: string, headers: Readonly<Record<string, string>> = {}) {
  const { sessions } = await service.data<{ sessions: { id: string }[] }>(
    sessionsDocument,
    { userId: user.id },
    { key, headers },
  );
  return sessions.map(({ id }) => id).sort();
}

const sorted = (ids: readonly string[]) => [...ids].sort();

describe('a key that is bound to a tenant', () => {
  it('works on what is in its tenant, without naming it', async () => {
    expect(await sessionIds(alice, keys.acme)).toEqual(sorted(alice.liveIds()));
    expect(await sessionIds(gus, keys.globex)).toEqual(sorted(gus.liveIds()));
    const enforce =
      'mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome revokedCount user { email } } }';
    expect(await service.data(enforce, { userId: gus.id }, { key: keys.globex })).toEqual({
      enforceSingleSession: { outcome: 'ENFORCED', revokedCount: 1, user: { email: gus.email } },
    });
  });

  it('names its tenant in every call to FusionAuth', async () => {
    service.emulator.calls.clear();
    await sessionIds(gus, keys.globex);
    await service.data('query ($id: ID!) { user(id: $id) { email } }', { id: gus.id }, { key: keys.globex });
    expect(new Set(service.emulator.calls.all().map(({ tenantId }) => tenantId))).toEqual(new Set([globexId]));
  });

  it('is refused in another tenant in the same words whether it exists or not, before anything is called', async () => {
    service.emulator.calls.clear();
    const answers = await Promise.all(
      [acmeId, randomUUID()].map((tenantId) =>
        comparableAnswer(
          service,
          sessionsDocument,
          { userId: alice.id },
          { key: keys.globex, headers: naming(tenantId) },
        ),
      ),
    );
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toMatch(/^403\n.*"code":"FORBIDDEN"/s);
    expect(service.emulator.calls.count()).toBe(0);
  });
});

describe('what is in another tenant is answered, byte for byte, as what does not exist', () => {
  const theirs = {
    userId: () => alice.id,
    sessionId: () => alice.sessions[0]?.id ?? '',
    applicationId: () => shopId,
  };

  it.each<[string, string, (keyof typeof theirs)[]]>([
    ['sessions', 'query ($userId: ID!) { sessions(userId: $userId) { id } }', ['userId']],
    [
      'sessionsConnection',
      'query ($userId: ID!) { sessionsConnection(userId: $userId) { totalCount truncated edges { cursor } } }',
      ['userId'],
    ],
    ['session', 'query ($sessionId: ID!) { session(id: $sessionId) { id userId user { email } } }', ['sessionId']],
    ['user', 'query ($userId: ID!) { user(id: $userId) { email sessionCount } }', ['userId']],
    ['users', 'query ($userId: ID!) { users(ids: [$userId]) { email sessions { id } } }', ['userId']],
    [
      'sessionPolicy',
      'query ($applicationId: ID!) { sessionPolicy(applicationId: $applicationId) { applicationId } }',
      ['applicationId'],
    ],
    [
      'revokeSession',
      'mutation ($sessionId: ID!, $userId: ID!) { revokeSession(sessionId: $sessionId, userId: $userId) { outcome userErrors { code message } } }',
      ['sessionId', 'userId'],
    ],
    [
      'revokeSessions by ids',
      'mutation ($sessionId: ID!) { revokeSessions(input: { sessionIds: [$sessionId], reason: OTHER }) { revokedCount alreadyEndedIds failures { code } } }',
      ['sessionId'],
    ],
    [
      'revokeSessions by user',
      'mutation ($userId: ID!) { revokeSessions(input: { userId: $userId, reason: OTHER }) { revokedCount more userErrors { code } } }',
      ['userId'],
    ],
    [
      'enforceSingleSession',
      'mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome revokedCount user { email } userErrors { code } } }',
      ['userId'],
    ],
    [
      'enforceSingleSession keeping one',
      'mutation ($userId: ID!, $sessionId: ID!) { enforceSingleSession(userId: $userId, keepSessionId: $sessionId) { outcome userErrors { code message } } }',
      ['userId', 'sessionId'],
    ],
    [
      'enforceSessionLimit',
      'mutation ($userId: ID!, $applicationId: ID!) { enforceSessionLimit(input: { userId: $userId, maxSessions: 1, applicationId: $applicationId }) { outcome user { email } } }',
      ['userId', 'applicationId'],
    ],
  ])('%s', async (_what, document, names) => {
    const before = alice.liveIds();
    const foreign = Object.fromEntries(names.map((name) => [name, theirs[name]()]));
    const unknown = Object.fromEntries(names.map((name) => [name, randomUUID()]));
    const answer = await comparableAnswer(service, document, foreign, { key: keys.globex });
    expect(answer).toBe(await comparableAnswer(service, document, unknown, { key: keys.globex }));
    expect(answer).toMatch(/^200\n/);
    expect(answer).not.toMatch(/GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT|UPSTREAM/);
    expect(alice.liveIds()).toEqual(before);
  });
});

describe('a key that is bound to a tenant which does not exist', () => {
  it.each([{}, naming(missingId)])('is for an operator to mend, with the headers %j', async (headers) => {
    const { body } = await service.query(sessionsDocument, { userId: gus.id }, { key: keys.missing, headers });
    expect(body.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(service.logs).toContainEqual(expect.objectContaining({ level: 'error', msg: 'operation failed' }));
  });
});

describe('an access token', () => {
  it('of each tenant is accepted, and reaches its own tenant only', async () => {
    const { token } = await gus.login(globexShop.id);
    expect(await sessionIds(gus, token)).toHaveLength(4);
    expect(await sessionIds(alice, token)).toEqual([]);
    expect(await service.data('{ viewer { tenantIds } }', {}, { key: token })).toEqual({
      viewer: { tenantIds: [globexId] },
    });
    const { status } = await service.query('{ viewer { name } }', {}, { key: token, headers: naming(acmeId) });
    expect(status).toBe(403);
  });
});
