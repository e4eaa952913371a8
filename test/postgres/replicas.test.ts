import { describe, expect, it } from 'vitest';
import { codesOf, enforceSingleSession } from '../support/enforcement.js';
import type { TestService } from '../support/service.js';
import { subscribe, type TestSubscription } from '../support/subscription.js';
import { type Replicas, startReplicas } from './replicas.js';

const revokeDocument =
  'mutation ($id: ID!, $reason: SessionEndReason!) { revokeSession(sessionId: $id, reason: $reason) { outcome userErrors { code } warnings { code } } }';

const revoke = async (service: TestService, id: string, reason = 'ADMIN_REQUEST') =>
  (await service.data<{ revokeSession: { outcome: string } }>(revokeDocument, { id, reason })).revokeSession.outcome;

const revokedAt = async (service: TestService) => {
  const { revocations } = await service.data<{ revocations: { id: string; sessionId: string }[] }>(
    '{ revocations { id sessionId } }',
  );
  return revocations;
};

const endedAt = async (service: TestService, id: string) =>
  (
    await service.data<{ endedSession: { reason: string; initiatingEntity: string } | null }>(
      'query ($id: ID!) { endedSession(id: $id) { reason initiatingEntity } }',
      { id },
    )
  ).endedSession;

const statusFor = async (service: TestService, token: string) =>
  (await service.query('{ viewer { name } }', {}, { key: token })).status;

const follow = (service: TestService, variables = {}): Promise<TestSubscription> =>
  subscribe(service, service.key(['event:subscribe']), { types: ['SESSION_REVOKED'], ...variables });

async function everywhere<T>({ all }: Replicas, ask: (service: TestService) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(all.map(ask));
}

describe('two replicas over one database', () => {
  it('answer alike what has ended, and refuse its access tokens', async () => {
    await using replicas = await startReplicas();
    const { first, second } = replicas;
    const { token, refreshTokenId: id } = await first.user().login();
    expect(await everywhere(replicas, (service) => statusFor(service, token))).toEqual([200, 200]);
    expect(await revoke(first, id)).toBe('REVOKED');
    await expect.poll(() => revokedAt(second)).toMatchObject([{ sessionId: id }]);
    expect(await revokedAt(first)).toEqual(await revokedAt(second));
    expect(await everywhere(replicas, (service) => statusFor(service, token))).toEqual([401, 401]);
    expect(await everywhere(replicas, (service) => endedAt(service, id))).toEqual(
      Array(2).fill({ reason: 'ADMIN_REQUEST', initiatingEntity: 'ADMIN' }),
    );
    const completeSince = await everywhere(replicas, (service) => service.data('{ revocationsCompleteSince }'));
    expect(completeSince[0]).toBeDefined();
  });

  it('show every subscriber every event, whichever replica it follows, and resume it at the other one', async () => {
    await using replicas = await startReplicas();
    const { first, second } = replicas;
    await using here = await follow(first);
    const ids = await Promise.all(Array.from({ length: 3 }, () => first.user().login()));
    {
      await using there = await follow(second);
      await revoke(first, ids[0]?.refreshTokenId ?? '');
      expect((await there.nextEvent()).sessionId).toBe(ids[0]?.refreshTokenId);
    }
    const last = await here.nextEvent();
    await revoke(second, ids[1]?.refreshTokenId ?? '');
    await revoke(first, ids[2]?.refreshTokenId ?? '');
    await using resumed = await follow(second, { after: last.id });
    const expected = [ids[1]?.refreshTokenId, ids[2]?.refreshTokenId];
    expect((await resumed.eventsOf(2)).map(({ sessionId }) => sessionId)).toEqual(expected);
    expect((await here.eventsOf(2)).map(({ sessionId }) => sessionId)).toEqual(expected);
  });

  it.each([
    ['neither', []],
    ['the replica that revokes', [0]],
    ['the other replica', [1]],
    ['both', [0, 1]],
  ])('publish a revocation once, with its reason, when FusionAuth reports it to %s', async (_to, webhooksTo) => {
    await using replicas = await startReplicas({ webhooksTo });
    const { first, second } = replicas;
    await first.emulator.keys.jwks();
    await using events = await follow(second);
    const sessions = await Promise.all(Array.from({ length: 4 }, () => first.user().login()));
    for (const { refreshTokenId } of sessions) await revoke(first, refreshTokenId, 'SUSPECTED_COMPROMISE');
    await first.emulator.events.settled();
    const seen = await events.eventsOf(sessions.length);
    expect(seen.map(({ sessionId, reason }) => [sessionId, reason])).toEqual(
      sessions.map(({ refreshTokenId }) => [refreshTokenId, 'SUSPECTED_COMPROMISE']),
    );
    expect(await revokedAt(second)).toHaveLength(4);
  });

  it('let one of two callers keep the session that it chose, when they ask different replicas at once', async () => {
    await using replicas = await startReplicas();
    const { first, second } = replicas;
    for (let round = 0; round < 20; round++) {
      const { id: userId, sessions, liveIds } = first.user({ sessions: 2 });
      const [older, newer] = sessions.map(({ id }) => id);
      const keep = (service: TestService, keepSessionId = '') =>
        enforceSingleSession(service, { userId, keepSessionId, onNewerSession: 'KEEP_REQUESTED' });
      const answers = await Promise.all([keep(first, older), keep(second, newer)]);
      const winners = answers.filter(({ outcome }) => outcome === 'ENFORCED');
      expect(winners).toHaveLength(1);
      expect(liveIds()).toEqual(winners[0]?.keptSessions.map(({ id }) => id));
      expect(answers.flatMap(({ userErrors }) => codesOf(userErrors))).toEqual(['KEEP_SESSION_NOT_LIVE']);
      expect(answers.flatMap(({ warnings }) => codesOf(warnings))).not.toContain('NO_SHARED_LOCK');
    }
  });

  it('leave a session when one replica keeps an older one by choice and the other one keeps the newest', async () => {
    await using replicas = await startReplicas();
    const { first, second } = replicas;
    for (let round = 0; round < 20; round++) {
      const { id: userId, sessions, liveIds } = first.user({ sessions: 2 });
      const older = sessions.map(({ id }) => id)[0] ?? '';
      const [chosen] = await Promise.all([
        enforceSingleSession(first, { userId, keepSessionId: older, onNewerSession: 'KEEP_REQUESTED' }),
        enforceSingleSession(second, { userId }),
      ]);
      expect(liveIds()).toHaveLength(1);
      expect(['ENFORCED', null]).toContain(chosen.outcome);
    }
  });

  it('warn of turns that no other replica knows only without a database', async () => {
    await using replicas = await startReplicas({ count: 1 });
    const { id: userId, sessions } = replicas.first.user({ sessions: 1 });
    const keepSessionId = sessions[0]?.id ?? '';
    const payload = await enforceSingleSession(replicas.first, {
      userId,
      keepSessionId,
      onNewerSession: 'KEEP_REQUESTED',
    });
    expect(codesOf(payload.warnings)).not.toContain('NO_SHARED_LOCK');
  });
});
