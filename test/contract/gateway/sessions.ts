import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { parseSessionId, parseUserId } from '../../../src/domain/ids.js';
import { exchange } from '../exchange.js';
import { importSessions } from '../import-sessions.js';
import { distinctInstantsMs } from '../world.js';
import { type GatewayPromise, parsed, userIdOf } from './gateway-trial.js';

/** Listing, finding and revoking. */
export function describeGatewaySessions(promise: GatewayPromise): void {
  promise('lists the sessions of all applications, newest first, and nothing is left out', async (t) => {
    const alice = await t.world.addUser('shop', 'console');
    const { shop, console } = t.world.applications;
    for (const application of [shop, console, shop]) {
      await t.world.signIn(alice, application);
      await delay(distinctInstantsMs);
    }

    const { sessions, truncated } = await t.gateway.sessions.listSessions(userIdOf(alice));

    expect(sessions.map(({ applicationId }) => applicationId)).toEqual([shop, console, shop]);
    expect(sessions.every((session) => session.kind === 'application' && session.userId === alice.id)).toBe(true);
    expect(truncated).toBe(false);
  });

  promise('lists no sessions for a user who has none and for one who does not exist', async (t) => {
    const alice = await t.world.addUser('shop');
    const none = { sessions: [], truncated: false };

    expect(await t.gateway.sessions.listSessions(userIdOf(alice))).toEqual(none);
    expect(await t.gateway.sessions.listSessions(parsed(parseUserId, randomUUID()))).toEqual(none);
  });

  promise('finds one session as it is listed', async (t) => {
    const alice = await t.world.addUser('shop');
    const { refreshTokenId } = await t.world.signIn(alice, undefined, { metaData: { device: { name: 'Pixel 9' } } });

    const found = await t.gateway.sessions.findSession(parsed(parseSessionId, refreshTokenId));

    expect(found).toMatchObject({ id: refreshTokenId, userId: alice.id, device: { name: 'Pixel 9' } });
    expect((await t.gateway.sessions.listSessions(userIdOf(alice))).sessions).toEqual([found]);
  });

  promise('finds null for a session that does not exist or was revoked', async (t) => {
    const { refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
    const sessionId = parsed(parseSessionId, refreshTokenId);
    await t.gateway.sessions.revokeSession(sessionId);

    expect(await t.gateway.sessions.findSession(sessionId)).toBeNull();
    expect(await t.gateway.sessions.findSession(parsed(parseSessionId, randomUUID()))).toBeNull();
  });

  promise('revokes a session once, and says so when it had ended before', async (t) => {
    const alice = await t.world.addUser('shop');
    const sessionId = parsed(parseSessionId, (await t.world.signIn(alice)).refreshTokenId);
    const kept = await t.world.signIn(alice);

    expect(await t.gateway.sessions.revokeSession(sessionId)).toBe('revoked');
    expect(await t.gateway.sessions.revokeSession(sessionId)).toBe('alreadyEnded');
    expect((await t.gateway.sessions.listSessions(userIdOf(alice))).sessions).toMatchObject([
      { id: kept.refreshTokenId },
    ]);
  });

  promise('tells one of two revocations at once that the session had ended', async (t) => {
    const { refreshTokenId } = await t.world.signIn(await t.world.addUser('shop'));
    const sessionId = parsed(parseSessionId, refreshTokenId);

    const outcomes = await Promise.all([
      t.gateway.sessions.revokeSession(sessionId),
      t.gateway.sessions.revokeSession(sessionId),
    ]);

    expect(outcomes.sort()).toEqual(['alreadyEnded', 'revoked']);
  });

  promise('keeps id and creation of a session when its refresh token is used', async (t) => {
    const alice = await t.world.addUser('rotating');
    const session = await t.world.signIn(alice, t.world.applications.rotating);
    const before = await t.gateway.sessions.listSessions(userIdOf(alice));

    await delay(distinctInstantsMs);
    await exchange(t.world, session.refreshToken);

    const after = await t.gateway.sessions.listSessions(userIdOf(alice));
    expect(after.sessions.map(({ id, createdAt }) => [id, createdAt])).toEqual(
      before.sessions.map(({ id, createdAt }) => [id, createdAt]),
    );
    expect(after.sessions[0]?.lastAccessedAt).toBeGreaterThan(before.sessions[0]?.lastAccessedAt ?? 0);
  });

  promise('never hands out the value of a refresh token', async (t) => {
    const alice = await t.world.addUser('shop');
    const { refreshToken, refreshTokenId } = await t.world.signIn(alice);

    const listing = await t.gateway.sessions.listSessions(userIdOf(alice));
    const found = await t.gateway.sessions.findSession(parsed(parseSessionId, refreshTokenId));

    const handedOut = JSON.stringify({ listing, found });
    expect(handedOut).toContain(refreshTokenId);
    expect(handedOut.includes(refreshToken)).toBe(false);
  });

  promise('says that a list was cut when FusionAuth lists no more than 1,000', async (t) => {
    const alice = await t.world.addUser('shop');
    const session = { userId: alice.id, applicationId: t.world.applications.shop, startInstant: Date.now() };
    await importSessions(t, Array(1_001).fill(session));

    const { sessions, truncated } = await t.gateway.sessions.listSessions(userIdOf(alice));

    expect([sessions.length, truncated]).toEqual([1_000, true]);
  });

  promise('neither lists nor finds nor revokes sessions of another tenant than its own', async (t) => {
    const { other } = t.world;
    const stranger = await t.world.addUserOfOtherTenant();
    const { refreshTokenId } = await t.world.signIn(stranger, other.applicationId);
    const sessionId = parsed(parseSessionId, refreshTokenId);

    expect(await t.gateway.sessions.listSessions(userIdOf(stranger))).toEqual({ sessions: [], truncated: false });
    expect(await t.gateway.sessions.findSession(sessionId)).toBeNull();
    expect(await t.gateway.sessions.revokeSession(sessionId)).toBe('alreadyEnded');
    expect(await t.world.get(refreshTokenId)).toMatchObject({ id: refreshTokenId });
  });
}
