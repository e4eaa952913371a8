import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, registrationWith, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import type { SignedIn, TestUser } from '../support/users.js';

const maxAgeSeconds = 300;
const instant = Date.parse('2030-06-01T12:00:00.000Z');

let service: TestService;
let alice: TestUser;
let current: SignedIn;

beforeAll(async () => {
  service = await startTestService({
    shopId,
    env: {
      ...shopTokens,
      RECENT_SIGN_IN_SECONDS: String(maxAgeSeconds),
      ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: { support: ['session:revoke', 'session:bulk'] } }),
    },
  });
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(async () => {
  service.emulator.clock.set(instant);
  alice = service.user({ sessions: 2 });
  current = await alice.login();
});

const revokeSession =
  'mutation ($id: ID!, $dryRun: Boolean! = false) { revokeSession(sessionId: $id, dryRun: $dryRun) { outcome } }';
const revokeSessions = 'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { revokedCount } }';
const [everywhere, everywhereElse] = [
  () => ({ input: { userId: alice.id, reason: 'USER_REQUEST' } }),
  () => ({ input: { userId: alice.id, exceptSessionIds: [current.refreshTokenId], reason: 'USER_REQUEST' } }),
];
const older = () => alice.sessions[0]?.id ?? '';

async function attempt(document: string, variables: Readonly<Record<string, unknown>>, key = current.token) {
  const { status, body } = await service.query(document, variables, { key });
  return { status, data: body.data, errors: body.errors };
}

const refused = {
  errors: [
    {
      message: expect.stringContaining(`${maxAgeSeconds} seconds`),
      extensions: { code: 'FORBIDDEN', maxAuthenticationAgeSeconds: maxAgeSeconds },
    },
  ],
};

describe('ending another session of one’s own', () => {
  it('works until the sign-in is as old as allowed, and not a second longer', async () => {
    service.emulator.clock.advance(maxAgeSeconds * 1_000);
    expect(await attempt(revokeSession, { id: older() })).toMatchObject({
      data: { revokeSession: { outcome: 'REVOKED' } },
    });
    service.emulator.clock.advance(1_000);
    expect(await attempt(revokeSession, { id: alice.sessions[1]?.id })).toMatchObject(refused);
    expect(alice.liveIds()).toContain(alice.sessions[1]?.id);
  });

  it.each<[string, string, () => Readonly<Record<string, unknown>>]>([
    ['one by one', revokeSession, () => ({ id: older() })],
    ['in a dry run', revokeSession, () => ({ id: older(), dryRun: true })],
    ['everywhere else', revokeSessions, everywhereElse],
    ['everywhere', revokeSessions, everywhere],
    [
      'by id together with the current one',
      revokeSessions,
      () => ({ input: { sessionIds: [current.refreshTokenId, older()], reason: 'OTHER' } }),
    ],
  ])('(%s) is refused after an old sign-in, and ends nothing', async (_what, document, variables) => {
    service.emulator.clock.advance(maxAgeSeconds * 1_000 + 1_000);
    service.emulator.calls.clear();
    expect(await attempt(document, variables())).toMatchObject(refused);
    expect(service.emulator.calls.count({ method: 'DELETE' })).toBe(0);
    expect(alice.liveIds()).toHaveLength(3);
  });

  it('needs a sign-in and not a refresh', async () => {
    service.emulator.clock.advance(maxAgeSeconds * 1_000 + 1_000);
    const response = await fetch(`${service.emulator.url}/api/jwt/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: current.refreshToken }),
    });
    const { token } = (await response.json()) as SignedIn;
    expect(await attempt(revokeSession, { id: older() }, token)).toMatchObject(refused);

    const { token: afterSignIn } = await alice.login();
    expect(await attempt(revokeSession, { id: older() }, afterSignIn)).toMatchObject({
      data: { revokeSession: { outcome: 'REVOKED' } },
    });
  });

  it.each<[string, unknown]>([
    ['does not say', undefined],
    ['says it in words', '2030-06-01T12:00:00Z'],
    ['says null', null],
  ])('is refused with a token that %s when the sign-in was', async (_what, authTime) => {
    const claims = claimsFor(service.emulator, alice.id, { auth_time: authTime, sid: current.refreshTokenId });
    const token = await signAsFusionAuth(service.emulator, claims);
    expect(await attempt(revokeSession, { id: older() }, token)).toMatchObject(refused);
  });
});

describe('after an old sign-in', () => {
  beforeEach(() => {
    service.emulator.clock.advance(maxAgeSeconds * 1_000 + 1_000);
  });

  it('the current session can be ended: signing out must always work', async () => {
    expect(await attempt(revokeSession, { id: current.refreshTokenId })).toMatchObject({
      data: { revokeSession: { outcome: 'REVOKED' } },
    });
    expect(alice.liveIds()).toHaveLength(2);
  });

  it('it can be ended by the other mutation as well', async () => {
    const input = { sessionIds: [current.refreshTokenId], reason: 'USER_LOGOUT' };
    expect(await attempt(revokeSessions, { input })).toMatchObject({ data: { revokeSessions: { revokedCount: 1 } } });
  });

  it('sessions can be looked at', async () => {
    const { sessions } = await service.data<{ sessions: unknown[] }>(
      'query ($userId: ID!) { sessions(userId: $userId) { id } }',
      { userId: alice.id },
      { key: current.token },
    );
    expect(sessions).toHaveLength(3);
  });

  it('the session of somebody else is still answered as one that does not exist', async () => {
    const bob = service.user({ sessions: 1 });
    expect(await attempt(revokeSession, { id: bob.sessions[0]?.id })).toMatchObject({
      data: { revokeSession: { outcome: 'ALREADY_ENDED' } },
    });
    expect(bob.liveIds()).toHaveLength(1);
  });

  it('those who may end the sessions of anyone are not asked', async () => {
    const registrations = [registrationWith(shopId, ['support'])];
    const { token } = await service.user({ registrations, applicationIds: [] }).login();
    service.emulator.clock.advance(maxAgeSeconds * 1_000 + 1_000);
    expect(await attempt(revokeSession, { id: older() }, token)).toMatchObject({
      data: { revokeSession: { outcome: 'REVOKED' } },
    });
    expect(await attempt(revokeSessions, everywhere(), service.key(['session:bulk']))).toMatchObject({
      data: { revokeSessions: { revokedCount: 2 } },
    });
  });
});
