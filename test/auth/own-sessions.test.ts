import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { comparableAnswer } from '../support/answers.js';
import { startTestService, type TestService } from '../support/service.js';
import { exchangeRefreshToken, type SignedIn, type TestUser } from '../support/users.js';

/** Alice calls, from a session that she has just begun. She has two older ones in the shop and an SSO session. */
let service: TestService;
let alice: TestUser;
let current: SignedIn;
let bob: TestUser;

beforeAll(async () => {
  service = await startTestService({ shopId, env: shopTokens });
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(async () => {
  alice = service.user({ sessions: 2, ssoSessions: 1 });
  bob = service.user({ sessions: 2, ssoSessions: 1 });
  current = await alice.login();
});

function ask<Data>(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
  return service.data<Data>(document, variables, { key: current.token });
}

const revokeSession = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome session { id } } }';
const revokeSessions = `mutation ($input: RevokeSessionsInput!) {
  revokeSessions(input: $input) { revokedSessions { sessionId } alreadyEndedIds userErrors { code } }
}`;

describe('a user without any permission', () => {
  it('is told who they are and which session they call from', async () => {
    const document = '{ viewer { kind name userId sessionId permissions tenantIds applicationIds user { id email } } }';
    expect(await ask(document)).toEqual({
      viewer: {
        kind: 'USER',
        name: alice.id,
        userId: alice.id,
        sessionId: current.refreshTokenId,
        permissions: [],
        tenantIds: [service.emulator.tenantId],
        applicationIds: null,
        user: { id: alice.id, email: alice.email },
      },
    });
  });

  it('lists all sessions of their own, and sees which one is the current one', async () => {
    const { sessions } = await ask<{ sessions: { id: string; isCurrent: boolean }[] }>(
      'query ($userId: ID!) { sessions(userId: $userId) { id isCurrent } }',
      { userId: alice.id },
    );
    expect(sessions.map(({ id }) => id).sort()).toEqual([...alice.liveIds()].sort());
    expect(sessions.filter(({ isCurrent }) => isCurrent).map(({ id }) => id)).toEqual([current.refreshTokenId]);
    expect(sessions.filter(({ isCurrent }) => isCurrent === false)).toHaveLength(3);
  });

  it('goes on calling from the same session after a refresh', async () => {
    const { url } = service.emulator;
    const response = await fetch(`${url}/api/jwt/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: current.refreshToken }),
    });
    const { token } = (await response.json()) as SignedIn;
    expect(await service.data('{ viewer { sessionId } }', {}, { key: token })).toEqual({
      viewer: { sessionId: current.refreshTokenId },
    });
  });

  it('whose token names no session has no current one', async () => {
    const key = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, alice.id));
    const { viewer, sessions } = await service.data<{
      viewer: { sessionId: string | null };
      sessions: { isCurrent: boolean | null }[];
    }>(
      'query ($userId: ID!) { viewer { sessionId } sessions(userId: $userId) { isCurrent } }',
      { userId: alice.id },
      { key },
    );
    expect(viewer.sessionId).toBeNull();
    expect(sessions.map(({ isCurrent }) => isCurrent)).toEqual([null, null, null, null]);
  });

  it('inspects one session, in a page, and as a user', async () => {
    const [id] = alice.sessions.map((session) => session.id);
    const document = `query ($id: ID!, $userId: ID!) {
      session(id: $id) { id userId user { email } }
      sessionsConnection(userId: $userId) { totalCount }
      user(id: $userId) { id sessionCount sessions { id } }
      users(ids: [$userId]) { id }
    }`;
    expect(await ask(document, { id, userId: alice.id })).toMatchObject({
      session: { id, userId: alice.id, user: { email: alice.email } },
      sessionsConnection: { totalCount: 4 },
      user: { id: alice.id, sessionCount: 4 },
      users: [{ id: alice.id }],
    });
  });

  it('ends no SSO session of somebody else who is named beside a session that has ended', async () => {
    const document = `mutation ($id: ID!, $userId: ID) {
      revokeSession(sessionId: $id, userId: $userId, includeSsoSessions: true) { outcome revokedSsoSessions { sessionId } }
    }`;
    const ended = { outcome: 'ALREADY_ENDED', revokedSsoSessions: [] };
    expect(await ask(document, { id: randomUUID(), userId: bob.id })).toEqual({ revokeSession: ended });
    expect(bob.liveIds()).toHaveLength(3);
  });

  it('ends one session of their own, and that one is really gone', async () => {
    const [older] = alice.sessions;
    const answer = await ask(revokeSession, { id: older?.id });
    expect(answer).toEqual({ revokeSession: { outcome: 'REVOKED', session: { id: older?.id } } });
    expect(alice.liveIds()).not.toContain(older?.id);
    expect(await exchangeRefreshToken(service.emulator, older?.token ?? '')).toBe(400);
  });

  it('signs out everywhere else, and everywhere', async () => {
    const everywhereElse = { userId: alice.id, exceptSessionIds: [current.refreshTokenId], reason: 'USER_REQUEST' };
    await ask(revokeSessions, { input: everywhereElse });
    expect(alice.liveIds()).toEqual([current.refreshTokenId]);
    await ask(revokeSessions, { input: { userId: alice.id, reason: 'USER_REQUEST' } });
    expect(alice.liveIds()).toEqual([]);
    expect(bob.liveIds()).toHaveLength(3);
  });

  it('is recorded as the one who ended the session', async () => {
    await ask(revokeSession, { id: current.refreshTokenId });
    const recorded = service.logs.filter(({ msg }) => msg === 'audit').map((line) => line['audit']);
    expect(recorded.at(-1)).toMatchObject({
      sessionId: current.refreshTokenId,
      actor: alice.id,
      actorKind: 'user',
      outcome: 'revoked',
    });
  });

  it('that names sessions of somebody else among their own ends their own only', async () => {
    const [own] = alice.sessions.map(({ id }) => id);
    const foreign = bob.sessions.map(({ id }) => id);
    const answer = await ask(revokeSessions, { input: { sessionIds: [own, ...foreign], reason: 'USER_REQUEST' } });
    expect(answer).toEqual({
      revokeSessions: {
        revokedSessions: [{ sessionId: own }],
        alreadyEndedIds: expect.arrayContaining(foreign),
        userErrors: [],
      },
    });
    expect(bob.liveIds()).toHaveLength(3);
  });

  it('cannot enforce a limit, not even on themselves, nor read the policy', async () => {
    for (const document of [
      'mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }',
      'mutation ($userId: ID!) { enforceSingleSession(userId: $userId, dryRun: true) { outcome } }',
      'mutation ($userId: ID!) { enforceSessionLimit(input: { userId: $userId, maxSessions: 1 }) { outcome } }',
      'query ($userId: ID!) { sessionPolicy(applicationId: $userId) { applicationId } }',
    ]) {
      service.emulator.calls.clear();
      const { body } = await service.query(document, { userId: alice.id }, { key: current.token });
      expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(service.emulator.calls.count()).toBe(0);
    }
    expect(alice.liveIds()).toHaveLength(4);
  });
});

describe('what belongs to somebody else is answered, byte for byte, as what does not exist', () => {
  const theirs = { userId: () => bob.id, sessionId: () => bob.sessions[0]?.id ?? '' };

  it.each<[string, string, (keyof typeof theirs)[]]>([
    ['sessions', 'query ($userId: ID!) { sessions(userId: $userId) { id } }', ['userId']],
    [
      'sessions in every state',
      'query ($userId: ID!) { sessions(userId: $userId, filter: { states: [ACTIVE, EXPIRED] }) { id } }',
      ['userId'],
    ],
    [
      'sessionsConnection',
      'query ($userId: ID!) { sessionsConnection(userId: $userId) { totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }',
      ['userId'],
    ],
    ['session', 'query ($sessionId: ID!) { session(id: $sessionId) { id userId } }', ['sessionId']],
    ['user', 'query ($userId: ID!) { user(id: $userId) { id email sessionCount } }', ['userId']],
    ['users', 'query ($userId: ID!) { users(ids: [$userId]) { id email sessions { id } } }', ['userId']],
    [
      'revokeSession',
      'mutation ($sessionId: ID!) { revokeSession(sessionId: $sessionId) { outcome session { id } userErrors { code message } } }',
      ['sessionId'],
    ],
    [
      'revokeSession with its user',
      'mutation ($sessionId: ID!, $userId: ID!) { revokeSession(sessionId: $sessionId, userId: $userId) { outcome userErrors { code message } } }',
      ['sessionId', 'userId'],
    ],
    [
      'revokeSession as a dry run',
      'mutation ($sessionId: ID!) { revokeSession(sessionId: $sessionId, dryRun: true) { outcome } }',
      ['sessionId'],
    ],
    [
      'revokeSessions by ids',
      'mutation ($sessionId: ID!) { revokeSessions(input: { sessionIds: [$sessionId], reason: OTHER }) { revokedCount alreadyEndedIds more failures { code } userErrors { code message } } }',
      ['sessionId'],
    ],
    [
      'revokeSessions by user',
      'mutation ($userId: ID!) { revokeSessions(input: { userId: $userId, reason: OTHER }) { revokedCount alreadyEndedIds more userErrors { code message } } }',
      ['userId'],
    ],
    [
      'revokeSessions by user but one',
      'mutation ($sessionId: ID!, $userId: ID!) { revokeSessions(input: { userId: $userId, exceptSessionIds: [$sessionId], reason: OTHER }) { revokedCount userErrors { code message } } }',
      ['sessionId', 'userId'],
    ],
    [
      'enforceSingleSession',
      'mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }',
      ['userId'],
    ],
  ])('%s', async (_what, document, names) => {
    const before = bob.liveIds();
    const foreign = Object.fromEntries(names.map((name) => [name, theirs[name]()]));
    const unknown = Object.fromEntries(names.map((name) => [name, randomUUID()]));
    const options = { key: current.token };
    const answer = await comparableAnswer(service, document, foreign, options);
    expect(answer).toBe(await comparableAnswer(service, document, unknown, options));
    expect(answer).toMatch(/^200\n/);
    expect(answer).not.toMatch(/GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT/);
    expect(bob.liveIds()).toEqual(before);
  });
});
