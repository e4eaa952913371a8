import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';
import { revokeSessions } from './support/operations.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterEach(() => {
  service.emulator.faults.clear();
  service.emulator.calls.clear();
});

afterAll(() => service[Symbol.asyncDispose]());

interface Payload {
  readonly outcome: string | null;
  readonly endedSession: { readonly sessionId: string } | null;
  readonly revokedSsoSessions: readonly { readonly sessionId: string }[];
  readonly failures: readonly { readonly sessionId: string }[];
  readonly warnings: readonly { readonly code: string }[];
}

async function revokeSession(variables: Readonly<Record<string, unknown>>, key?: string): Promise<Payload> {
  const document = `
    mutation ($id: ID!, $user: ID, $sso: Boolean! = false, $dryRun: Boolean! = false) {
      revokeSession(sessionId: $id, userId: $user, includeSsoSessions: $sso, dryRun: $dryRun, reason: SUSPECTED_COMPROMISE) {
        outcome
        endedSession { sessionId }
        revokedSsoSessions { sessionId }
        failures { sessionId }
        warnings { code }
      }
    }`;
  const data = await service.data<{ revokeSession: Payload }>(document, variables, key === undefined ? {} : { key });
  return data.revokeSession;
}

/** A user with one application session and two SSO sessions. */
function signedIn(): { readonly user: TestUser; readonly id: string; readonly sso: readonly string[] } {
  const user = service.user({ sessions: 1 });
  const sso = [1, 2].map(() => service.emulator.store.addSession({ userId: user.id }).id);
  return { user, id: idsOf(user.sessions)[0] ?? '', sso };
}

const sorted = (ids: readonly string[]) => [...ids].sort();

describe('revokeSession', () => {
  it('warns of SSO sessions that stay, by one more list', async () => {
    const { id, user, sso } = signedIn();
    const payload = await revokeSession({ id });
    expect(payload.outcome).toBe('REVOKED');
    expect(codesOf(payload.warnings)).toEqual(['ACCESS_TOKENS_STILL_VALID', 'SSO_SESSIONS_REMAIN']);
    expect(service.emulator.calls.count({ method: 'GET', path: '/api/jwt/refresh' })).toBe(1);
    expect(sorted(user.liveIds())).toEqual(sorted(sso));
  });

  it('does not warn where there is none, nor for an SSO session', async () => {
    const lonely = service.user({ sessions: 1 });
    expect(codesOf((await revokeSession({ id: idsOf(lonely.sessions)[0] })).warnings)).toEqual([
      'ACCESS_TOKENS_STILL_VALID',
    ]);
    const { sso } = signedIn();
    expect((await revokeSession({ id: sso[0] })).warnings).toEqual([]);
  });

  it('ends the session all the same when the list that only warns cannot be read', async () => {
    const { id } = signedIn();
    service.emulator.faults.add({ method: 'GET', path: '/api/jwt/refresh', fault: { kind: 'status', status: 401 } });
    expect(await revokeSession({ id })).toMatchObject({ outcome: 'REVOKED' });
  });

  it('ends the SSO sessions, too, with includeSsoSessions, after showing them under dryRun', async () => {
    const { id, user, sso } = signedIn();
    const shown = await revokeSession({ id, sso: true, dryRun: true });
    expect(shown.outcome).toBe('WOULD_REVOKE');
    expect(sorted(shown.revokedSsoSessions.map(({ sessionId }) => sessionId))).toEqual(sorted(sso));
    expect(user.liveIds()).toHaveLength(3);

    const done = await revokeSession({ id, sso: true });
    expect(done).toMatchObject({ outcome: 'REVOKED', endedSession: { sessionId: id }, failures: [] });
    expect(sorted(done.revokedSsoSessions.map(({ sessionId }) => sessionId))).toEqual(sorted(sso));
    expect(codesOf(done.warnings)).toEqual(['ACCESS_TOKENS_STILL_VALID']);
    expect(user.liveIds()).toEqual([]);
  });

  it('reports an SSO session that could not be ended, and warns of it', async () => {
    const { id, sso } = signedIn();
    service.emulator.faults.add({
      method: 'DELETE',
      path: `/api/jwt/refresh/${sso[0]}`,
      fault: { kind: 'status', status: 401 },
    });
    const payload = await revokeSession({ id, sso: true });
    expect(payload).toMatchObject({ outcome: 'REVOKED', failures: [{ sessionId: sso[0] }] });
    expect(codesOf(payload.warnings)).toContain('SSO_SESSIONS_REMAIN');
  });
});

describe('revokeSession, where the session has ended already,', () => {
  it('finishes what failed at first: it ends the SSO sessions of the user who is named', async () => {
    const { user, id, sso } = signedIn();
    const path = `/api/jwt/refresh/${sso[0]}`;
    const rule = service.emulator.faults.add({ method: 'DELETE', path, fault: { kind: 'status', status: 401 } });
    const named = { id, user: user.id, sso: true };
    expect(await revokeSession(named)).toMatchObject({ outcome: 'REVOKED', failures: [{ sessionId: sso[0] }] });

    const still = await revokeSession(named);
    expect(still).toMatchObject({ outcome: 'ALREADY_ENDED', failures: [{ sessionId: sso[0] }] });
    expect(codesOf(still.warnings)).toEqual(['SSO_SESSIONS_REMAIN']);
    rule.remove();

    const shown = await revokeSession({ ...named, dryRun: true });
    expect(shown).toMatchObject({ outcome: 'ALREADY_ENDED', revokedSsoSessions: [{ sessionId: sso[0] }] });
    expect(user.liveIds()).toEqual([sso[0]]);
    const done = await revokeSession(named);
    expect(done).toMatchObject({ outcome: 'ALREADY_ENDED', revokedSsoSessions: [{ sessionId: sso[0] }], warnings: [] });
    expect(user.liveIds()).toEqual([]);
    expect(await revokeSession(named)).toMatchObject({
      outcome: 'ALREADY_ENDED',
      revokedSsoSessions: [],
      failures: [],
    });
  });

  it('ends none of a user who is not named, or not asked for', async () => {
    const { user, id, sso } = signedIn();
    await revokeSession({ id });
    const unnamed = await revokeSession({ id, sso: true });
    expect(unnamed).toMatchObject({ outcome: 'ALREADY_ENDED', revokedSsoSessions: [] });
    expect(codesOf(unnamed.warnings)).toEqual(['SSO_SESSIONS_REMAIN']);
    expect(await revokeSession({ id, user: user.id })).toMatchObject({ outcome: 'ALREADY_ENDED', warnings: [] });
    expect(sorted(user.liveIds())).toEqual(sorted(sso));
  });
});

describe('revokeSessions', () => {
  it('of a user warns of SSO sessions that a filter leaves, and ends them with includeSsoSessions', async () => {
    const { user, sso } = signedIn();
    const filter = { kinds: ['APPLICATION'] };
    const shown = await revokeSessions(service, { userId: user.id, filter, includeSsoSessions: true, dryRun: true });
    expect(shown.revokedCount).toBe(3);
    const first = await revokeSessions(service, { userId: user.id, filter });
    expect(codesOf(first.warnings)).toContain('SSO_SESSIONS_REMAIN');
    expect(sorted(user.liveIds())).toEqual(sorted(sso));

    user.addSession();
    const second = await revokeSessions(service, { userId: user.id, filter, includeSsoSessions: true });
    expect(codesOf(second.warnings)).not.toContain('SSO_SESSIONS_REMAIN');
    expect(user.liveIds()).toEqual([]);
  });

  it('by ids does so, too', async () => {
    const [one, other] = [signedIn(), signedIn()];
    const warned = await revokeSessions(service, { sessionIds: [one.id] });
    expect(codesOf(warned.warnings)).toContain('SSO_SESSIONS_REMAIN');
    const ended = await revokeSessions(service, { sessionIds: [other.id], includeSsoSessions: true });
    expect(codesOf(ended.warnings)).not.toContain('SSO_SESSIONS_REMAIN');
    expect(other.user.liveIds()).toEqual([]);
    expect(sorted(one.user.liveIds())).toEqual(sorted(one.sso));
  });

  it('by ids warns when it is called again after an SSO session could not be ended, since no user is known by then', async () => {
    const { user, id, sso } = signedIn();
    const path = `/api/jwt/refresh/${sso[0]}`;
    service.emulator.faults.add({ method: 'DELETE', path, fault: { kind: 'status', status: 401 } });
    const command = { sessionIds: [id], includeSsoSessions: true };
    expect(await revokeSessions(service, command)).toMatchObject({ failures: [{ sessionId: sso[0] }] });
    const again = await revokeSessions(service, command);
    expect(again).toMatchObject({ alreadyEndedIds: [id], failures: [] });
    expect(codesOf(again.warnings)).toEqual(['SSO_SESSIONS_REMAIN']);
    expect(user.liveIds()).toEqual([sso[0]]);
    expect((await revokeSessions(service, { sessionIds: [id] })).warnings).toEqual([]);
  });

  it('spares an SSO session that exceptSessionIds names', async () => {
    const { user, sso } = signedIn();
    const spared = [sso[0] ?? ''];
    await revokeSessions(service, { userId: user.id, exceptSessionIds: spared, includeSsoSessions: true });
    expect(user.liveIds()).toEqual(spared);
  });
});
