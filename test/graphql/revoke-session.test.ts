import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/faults.js';
import { startTestService, type TestService } from '../support/service.js';
import { exchangeRefreshToken } from '../support/users.js';

interface Payload {
  readonly outcome: string | null;
  readonly session: { readonly id: string; readonly state: string } | null;
  readonly endedSession: {
    readonly id: string;
    readonly sessionId: string;
    readonly endedAt: string;
    readonly accessTokensExpireBy: string;
  } | null;
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] | null }[];
  readonly warnings: readonly { readonly code: string }[];
}

const document = `
  mutation RevokeSession(
    $sessionId: ID!, $userId: ID, $reason: SessionEndReason! = ADMIN_REQUEST, $comment: String, $dryRun: Boolean! = false
  ) {
    revokeSession(sessionId: $sessionId, userId: $userId, reason: $reason, comment: $comment, dryRun: $dryRun) {
      outcome
      session { id state }
      endedSession { id sessionId userId applicationId endedAt reason initiatingEntity replacedBySessionId accessTokensExpireBy }
      userErrors { code field }
      warnings { code }
    }
  }`;

const once = { FUSIONAUTH_MAX_ATTEMPTS: '1' };

let service: TestService;
/** Beside it, for calls that nobody answers: whoever else is answered late on a busy machine is not given up. */
let impatient: TestService;

beforeAll(async () => {
  service = await startTestService({ env: once });
  const env = { ...once, FUSIONAUTH_REQUEST_TIMEOUT_MS: '1000', FUSIONAUTH_CALL_BUDGET_MS: '1500' };
  impatient = await startTestService({ env, beside: service });
});

afterEach(() => service.emulator.faults.clear());

afterAll(async () => {
  await impatient[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const facing = (fault: Fault) => (fault.kind === 'hang' ? impatient : service);

async function revoke(variables: Readonly<Record<string, unknown>>, by = service): Promise<Payload> {
  return (await by.data<{ revokeSession: Payload }>(document, variables)).revokeSession;
}

const deletions = () => service.emulator.calls.count({ method: 'DELETE' });

describe('revokeSession', () => {
  it('ends one session and leaves the others', async () => {
    const alice = service.user();
    const [phone, laptop] = [await alice.login(), await alice.login()];
    const payload = await revoke({ sessionId: phone.refreshTokenId, userId: alice.id, reason: 'USER_REQUEST' });

    expect(payload).toEqual({
      outcome: 'REVOKED',
      session: { id: phone.refreshTokenId, state: 'ACTIVE' },
      endedSession: {
        id: `ended:${phone.refreshTokenId}`,
        sessionId: phone.refreshTokenId,
        userId: alice.id,
        applicationId: service.shop.id,
        endedAt: expect.any(String),
        reason: 'USER_REQUEST',
        initiatingEntity: 'USER',
        replacedBySessionId: null,
        accessTokensExpireBy: expect.any(String),
      },
      userErrors: [],
      warnings: [{ code: 'ACCESS_TOKENS_STILL_VALID' }],
    });
    const { endedAt = '', accessTokensExpireBy = '' } = payload.endedSession ?? {};
    expect(Date.parse(accessTokensExpireBy) - Date.parse(endedAt)).toBe(3_600_000);
    expect(await exchangeRefreshToken(service.emulator, phone.refreshToken)).toBe(400);
    expect(await exchangeRefreshToken(service.emulator, laptop.refreshToken)).toBe(200);
  });

  it('leaves something with an id of its own, the same wherever it is asked for', async () => {
    const [session] = service.user({ sessions: 1 }).sessions;
    const { endedSession } = await revoke({ sessionId: session?.id });
    expect(endedSession).toMatchObject({ sessionId: session?.id });
    expect(endedSession?.id).not.toBe(session?.id);
    const again = await service.data('query ($id: ID!) { endedSession(id: $id) { id sessionId } }', {
      id: session?.id,
    });
    expect(again).toEqual({ endedSession: { id: endedSession?.id, sessionId: session?.id } });
  });

  it('ends an SSO session, which has no access tokens to warn of', async () => {
    const alice = service.user({ ssoSessions: 1 });
    const payload = await revoke({ sessionId: alice.ssoSessions[0]?.id });
    expect(payload).toMatchObject({
      outcome: 'REVOKED',
      endedSession: { applicationId: null, accessTokensExpireBy: null },
      warnings: [],
    });
    expect(alice.liveIds()).toEqual([]);
  });

  it('succeeds for a session that has ended already, or never was', async () => {
    const alice = service.user({ sessions: 1 });
    const [session] = alice.sessions;
    await revoke({ sessionId: session?.id });
    const nothing = { outcome: 'ALREADY_ENDED', session: null, endedSession: null, userErrors: [], warnings: [] };
    expect(await revoke({ sessionId: session?.id })).toEqual(nothing);
    expect(await revoke({ sessionId: 'c0000000-0000-4000-8000-00000000ffff' })).toEqual(nothing);
  });

  it('succeeds for a session that has expired, without a deletion', async () => {
    const alice = service.user();
    const expired = alice.addSession({ insertInstant: service.emulator.clock.now() - 31 * 24 * 3_600_000 });
    const before = deletions();
    expect(await revoke({ sessionId: expired.id })).toMatchObject({ outcome: 'ALREADY_ENDED' });
    expect(deletions()).toBe(before);
  });

  it('answers ALREADY_ENDED to the slower of two at once', async () => {
    const alice = service.user({ sessions: 1 });
    const sessionId = alice.sessions[0]?.id;
    const payloads = await Promise.all([revoke({ sessionId }), revoke({ sessionId })]);
    expect(payloads.map(({ outcome }) => outcome).sort()).toEqual(['ALREADY_ENDED', 'REVOKED']);
  });

  it('tells under dryRun what it would do, and does nothing', async () => {
    const alice = service.user({ sessions: 1 });
    const before = deletions();
    const payload = await revoke({ sessionId: alice.sessions[0]?.id, dryRun: true });
    expect(payload).toMatchObject({ outcome: 'WOULD_REVOKE', endedSession: { sessionId: alice.sessions[0]?.id } });
    expect(deletions()).toBe(before);
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('ends nothing when the session is not the named user’s', async () => {
    const [alice, mallory] = [service.user({ sessions: 1 }), service.user()];
    const payload = await revoke({ sessionId: alice.sessions[0]?.id, userId: mallory.id });
    expect(payload).toEqual({
      outcome: null,
      session: null,
      endedSession: null,
      userErrors: [{ code: 'SESSION_NOT_FOUND', field: ['sessionId'] }],
      warnings: [],
    });
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('writes reason and comment into the audit record', async () => {
    const alice = service.user({ sessions: 1 });
    await revoke({ sessionId: alice.sessions[0]?.id, reason: 'INCIDENT_RESPONSE', comment: 'CVE drill' });
    const records = service.logs.flatMap(({ msg, audit }) => (msg === 'audit' ? [audit] : []));
    expect(records).toContainEqual(
      expect.objectContaining({
        sessionId: alice.sessions[0]?.id,
        reason: 'INCIDENT_RESPONSE',
        comment: 'CVE drill',
        outcome: 'revoked',
      }),
    );
  });

  it.each([
    ['500', { kind: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    ['no answer', { kind: 'hang' }, 'UPSTREAM_TIMEOUT'],
    ['401', { kind: 'status', status: 401 }, 'UPSTREAM_REJECTED'],
  ] as const)('says why when it cannot (%s), and leaves the session', async (_what, fault, code) => {
    const alice = service.user({ sessions: 1 });
    service.emulator.faults.add({ method: 'DELETE', path: '*', fault });
    const payload = await revoke({ sessionId: alice.sessions[0]?.id }, facing(fault));
    expect(payload).toMatchObject({
      outcome: null,
      session: { id: alice.sessions[0]?.id },
      endedSession: null,
      userErrors: [{ code, field: null }],
    });
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('counts a lost answer as done when the session is gone', async () => {
    const alice = service.user({ sessions: 1 });
    service.emulator.faults.add({ method: 'DELETE', path: '*', fault: { kind: 'reset', when: 'after' } });
    expect(await revoke({ sessionId: alice.sessions[0]?.id })).toMatchObject({ outcome: 'REVOKED', userErrors: [] });
  });

  it.each([
    ['sessionId', { sessionId: '../refresh' }],
    ['userId', { sessionId: 'c0000000-0000-4000-8000-00000000ffff', userId: 'alice' }],
    ['comment', { sessionId: 'c0000000-0000-4000-8000-00000000ffff', comment: 'x'.repeat(513) }],
  ])('refuses an unusable %s by name and asks FusionAuth nothing', async (argument, variables) => {
    service.emulator.calls.clear();
    const { body } = await service.query(document, variables);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: [argument] } }]);
    expect(service.emulator.calls.count()).toBe(0);
  });
});
