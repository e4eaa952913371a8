import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UpstreamContractError, UpstreamRejectedError } from '../../src/domain/errors.js';
import { parseTenantId, type UserId } from '../../src/domain/ids.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { Fault } from '../../src/emulator/faults.js';
import type { FusionAuth } from '../../src/fusionauth/fusionauth.js';
import { observing } from '../support/telemetry.js';
import { idOf, listPath, type OneUser, startOneUser } from './one-user.js';

let world: OneUser;
let emulator: Emulator;
let fusionAuth: FusionAuth;
let alice: UserId;
let addSession: OneUser['addSession'];
let through: OneUser['through'];

beforeEach(async () => {
  world = await startOneUser();
  ({ emulator, fusionAuth, alice, addSession, through } = world);
});

afterEach(() => world[Symbol.asyncDispose]());

const byIdPath = '/api/jwt/refresh/:id';

describe('listing sessions', () => {
  it('answers every kind, newest first, ties by id', async () => {
    const now = emulator.clock.now();
    const older = addSession(now - 2_000);
    const twins = [addSession(now - 1_000), addSession(now - 1_000)];
    const sso = emulator.store.addSession({ userId: alice, insertInstant: now });
    const { sessions, truncated } = await fusionAuth.sessions.listSessions(alice);
    const byGreaterId = twins
      .map(({ id }) => id)
      .sort()
      .reverse();
    expect(sessions.map(({ id }) => id)).toEqual([sso.id, ...byGreaterId, older.id]);
    expect(sessions[0]?.kind).toBe('sso');
    expect(truncated).toBe(false);
  });

  it.each<[string, Fault]>([
    ['{}', { kind: 'mapBody', map: () => ({}) }],
    ['an empty body', { kind: 'emptyBody' }],
    ['null as list', { kind: 'mapBody', map: () => ({ refreshTokens: null }) }],
    ['an empty list', { kind: 'mapBody', map: () => ({ refreshTokens: [] }) }],
  ])('takes %s for no sessions', async (_what, fault) => {
    addSession();
    emulator.faults.add({ path: listPath, fault });
    expect(await fusionAuth.sessions.listSessions(alice)).toEqual({ sessions: [], truncated: false });
  });

  it.each<[string, (record: Record<string, unknown>) => unknown]>([
    ['lacks its id', ({ id: _id, ...rest }) => rest],
    ['lacks its userId', ({ userId: _userId, ...rest }) => rest],
    ['lacks its insertInstant', ({ insertInstant: _insertInstant, ...rest }) => rest],
    ['has a malformed applicationId', (record) => ({ ...record, applicationId: 'shop' })],
    ['is of another user', (record) => ({ ...record, userId: 'b0000000-0000-4000-8000-00000000ffff' })],
    ['is no object', () => 'x'],
  ])('fails as a whole when one record %s', async (_what, change) => {
    addSession();
    addSession();
    const map = (body: unknown) => {
      const { refreshTokens } = body as { refreshTokens: Record<string, unknown>[] };
      return { refreshTokens: refreshTokens.map((record, index) => (index === 1 ? change(record) : record)) };
    };
    emulator.faults.add({ path: listPath, fault: { kind: 'mapBody', map } });
    await expect(fusionAuth.sessions.listSessions(alice)).rejects.toBeInstanceOf(UpstreamContractError);
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['a text', 'x'],
    ['a list that is an object', { refreshTokens: {} }],
  ])('fails when the answer is %s', async (_what, body) => {
    emulator.faults.add({ path: listPath, fault: { kind: 'mapBody', map: () => body } });
    await expect(fusionAuth.sessions.listSessions(alice)).rejects.toBeInstanceOf(UpstreamContractError);
  });

  it('says so when FusionAuth may have left some out', async () => {
    for (let index = 0; index < 1_000; index++) addSession(emulator.clock.now() - index);
    const full = await fusionAuth.sessions.listSessions(alice);
    expect([full.sessions.length, full.truncated]).toEqual([1_000, true]);

    emulator.store.sessions.delete(full.sessions[0]?.id ?? '');
    const short = await fusionAuth.sessions.listSessions(alice);
    expect([short.sessions.length, short.truncated]).toEqual([999, false]);
  });

  it('sees only the tenant it is bound to', async () => {
    addSession();
    const other = parseTenantId(emulator.store.addTenant().id) ?? null;
    const listed = await through({ tenantId: other }, ({ sessions }) => sessions.listSessions(alice));
    expect(listed.sessions).toEqual([]);
  });

  it('goes on without expiry instants when the settings cannot be read, and tells', async () => {
    addSession();
    emulator.faults.add({ path: '/api/tenant', fault: { kind: 'status', status: 500 } });
    const told: unknown[] = [];
    const telemetry = observing({ settingsUnavailable: (error) => told.push(error) });
    const { sessions } = await through({ telemetry, maxAttempts: 1 }, (connection) =>
      connection.sessions.listSessions(alice),
    );
    expect(sessions.map(({ expiresAt }) => expiresAt)).toEqual([null]);
    expect(told).toHaveLength(1);
  });
});

describe('finding a session', () => {
  it('answers it with its expiry', async () => {
    const session = addSession();
    const found = await fusionAuth.sessions.findSession(idOf(session));
    expect(found).toMatchObject({ id: session.id, expiresAt: session.insertInstant + 30 * 24 * 3_600_000 });
  });

  it('answers null when it has ended', async () => {
    const session = addSession();
    emulator.store.sessions.delete(session.id);
    expect(await fusionAuth.sessions.findSession(idOf(session))).toBeNull();
  });

  it.each<[string, Fault]>([
    ['no body', { kind: 'emptyBody' }],
    ['no record', { kind: 'mapBody', map: () => ({}) }],
    ['another session', { kind: 'mapBody', map: (body) => replaceId(body) }],
  ])('fails on an answer with %s', async (_what, fault) => {
    const session = addSession();
    emulator.faults.add({ path: byIdPath, fault });
    await expect(fusionAuth.sessions.findSession(idOf(session))).rejects.toBeInstanceOf(UpstreamContractError);
  });
});

function replaceId(body: unknown): unknown {
  const { refreshToken } = body as { refreshToken: object };
  return { refreshToken: { ...refreshToken, id: 'c0000000-0000-4000-8000-00000000ffff' } };
}

describe('revoking a session', () => {
  it('ends it', async () => {
    const session = addSession();
    expect(await fusionAuth.sessions.revokeSession(idOf(session))).toBe('revoked');
    expect(emulator.store.session(session.id)).toBeUndefined();
  });

  it('answers alreadyEnded when it was gone before', async () => {
    const session = addSession();
    await fusionAuth.sessions.revokeSession(idOf(session));
    expect(await fusionAuth.sessions.revokeSession(idOf(session))).toBe('alreadyEnded');
  });

  it('answers revoked when the first answer was lost and the second call finds it gone', async () => {
    const session = addSession();
    emulator.faults.add({ method: 'DELETE', path: byIdPath, times: 1, fault: { kind: 'reset', when: 'after' } });
    expect(await fusionAuth.sessions.revokeSession(idOf(session))).toBe('revoked');
    expect(emulator.calls.count({ method: 'DELETE' })).toBe(2);
  });

  it('answers alreadyEnded when a first call that cannot have done it is followed by one that finds it gone', async () => {
    const session = addSession();
    emulator.store.sessions.delete(session.id);
    emulator.faults.add({ method: 'DELETE', path: byIdPath, times: 1, fault: { kind: 'status', status: 429 } });
    expect(await fusionAuth.sessions.revokeSession(idOf(session))).toBe('alreadyEnded');
  });

  it('is done by id and by nothing else', async () => {
    const session = addSession();
    addSession();
    await fusionAuth.sessions.revokeSession(idOf(session));
    expect(emulator.calls.all().filter(({ method }) => method === 'DELETE')).toMatchObject([
      { path: `/api/jwt/refresh/${session.id}`, query: {} },
    ]);
    expect(emulator.store.sessionsOf(alice)).toHaveLength(1);
  });
});

describe('the check of readiness', () => {
  it('passes with one call that needs the API key', async () => {
    await fusionAuth.check();
    expect(emulator.calls.all()).toMatchObject([{ method: 'GET', path: listPath, status: 200 }]);
  });

  it('fails with an API key that is not accepted', async () => {
    await expect(through({ apiKey: 'wrong' }, (connection) => connection.check())).rejects.toBeInstanceOf(
      UpstreamRejectedError,
    );
  });
});
