import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Application } from '../../src/emulator/store/records.js';
import { shopId } from '../support/access-tokens.js';
import { comparableAnswer } from '../support/answers.js';
import type { QueryOptions, TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';
import type { TestUser } from '../support/users.js';
import {
  acmeId,
  addUsers,
  globexId,
  keys,
  missingId,
  naming,
  sessionIds,
  sessionsDocument,
  sorted,
  startTwoTenants,
  type TwoTenants,
} from './two-tenants.js';

let tenants: TwoTenants;
let service: TestService;
let globexShop: Application;
/** Of acme. */
let alice: TestUser;
/** Of globex. */
let gus: TestUser;

beforeAll(async () => {
  tenants = await startTwoTenants();
  ({ service, globexShop } = tenants);
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(() => {
  ({ alice, gus } = addUsers(tenants));
});

describe('a key that is bound to a tenant', () => {
  it('works on what is in its tenant, without naming it', async () => {
    expect(await sessionIds(service, alice, keys.acme)).toEqual(sorted(alice.liveIds()));
    expect(await sessionIds(service, gus, keys.globex)).toEqual(sorted(gus.liveIds()));
    const enforce =
      'mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome revokedCount user { email } } }';
    expect(await service.data(enforce, { userId: gus.id }, { key: keys.globex })).toEqual({
      enforceSingleSession: { outcome: 'ENFORCED', revokedCount: 1, user: { email: gus.email } },
    });
  });

  it('names its tenant in every call to FusionAuth', async () => {
    service.emulator.calls.clear();
    await sessionIds(service, gus, keys.globex);
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
  const enforcePolicy = 'mutation ($userId: ID!) { enforcePolicy(userId: $userId) { outcome } }';
  it.each([
    ['a list', sessionsDocument, {}],
    ['a list', sessionsDocument, naming(missingId)],
    ['the session policy', enforcePolicy, {}],
    ['the session policy', enforcePolicy, naming(missingId)],
  ])('is for an operator to mend: for %s', async (_what, document, headers) => {
    const before = service.logs.length;
    const { body } = await service.query(document, { userId: gus.id }, { key: keys.missing, headers });
    expect(body.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(service.logs.slice(before)).toContainEqual(
      expect.objectContaining({ level: 'error', msg: 'operation failed' }),
    );
  });
});

describe('a tenant that only the caller names and FusionAuth does not have', () => {
  const unknown = { key: keys.any, headers: naming(randomUUID()) };
  const namesTheHeader = [{ extensions: { code: 'BAD_USER_INPUT', argument: ['X-FusionAuth-TenantId'] } }];

  it.each([
    ['applications', '{ applications { id } }'],
    ['viewer.tenants', '{ viewer { tenants { id } } }'],
    ['liveSessions', `{ liveSessions(ids: ["${randomUUID()}"]) { status } }`],
    ['enforcePolicy', `mutation { enforcePolicy(userId: "${randomUUID()}") { outcome } }`],
  ])('is a mistake of the caller for %s, also when it is asked again', async (_what, document) => {
    for (let n = 0; n < 2; n++) {
      expect((await service.query(document, {}, unknown)).body.errors).toMatchObject(namesTheHeader);
    }
  });

  it('is refused to a follower of events, to whom nothing would ever happen', async () => {
    await using events = await subscribe(service, keys.any, {}, { headers: naming(randomUUID()) });
    expect([events.status, events.refusal]).toMatchObject([400, { errors: namesTheHeader }]);
  });

  it.each([
    ['named by a caller', keys.any, naming(randomUUID())],
    ['to which a key is bound', keys.missing, {}],
  ])('keeps no other caller from learning whether sessions live: one %s', async (_what, key, headers) => {
    const ask = (options: QueryOptions) =>
      service.query('query ($ids: [ID!]!) { liveSessions(ids: $ids) { status } }', { ids: alice.liveIds() }, options);
    for (let n = 0; n < 12; n++) await ask({ key, headers });
    expect((await ask({ key: keys.any })).body.data).toEqual({
      liveSessions: alice.liveIds().map(() => ({ status: 'LIVES' })),
    });
  });
});

describe('an access token', () => {
  it('of each tenant is accepted, and reaches its own tenant only', async () => {
    const { token } = await gus.login(globexShop.id);
    expect(await sessionIds(service, gus, token)).toHaveLength(4);
    expect(await sessionIds(service, alice, token)).toEqual([]);
    expect(await service.data('{ viewer { tenantIds } }', {}, { key: token })).toEqual({
      viewer: { tenantIds: [globexId] },
    });
    const { status } = await service.query('{ viewer { name } }', {}, { key: token, headers: naming(acmeId) });
    expect(status).toBe(403);
  });
});
