import { describe, expect, it } from 'vitest';
import type { EndedSession } from '../../src/domain/ended-session.js';
import { concerns, type TokenIdentity } from '../../src/domain/revocation.js';
import { applicationOf, memoryOf, sessionOf, start, userOf } from './in-process-memory.js';

function endingOf(number: number): EndedSession {
  return {
    id: sessionOf(number),
    userId: userOf(1),
    applicationId: applicationOf(1),
    endedAt: start,
    reason: 'ADMIN_REQUEST',
    initiatingEntity: 'ADMIN',
    replacedBySessionId: null,
    accessTokensExpireBy: null,
  };
}

describe('the memory of how sessions ended', () => {
  const claim = (ended: EndedSession, lifetimeMs = 1_000) => ({
    ended,
    outcome: 'revoked' as const,
    tokensExpireBy: ended.endedAt + lifetimeMs,
    cause: null,
  });

  it('keeps what was said first, while access tokens of the session are still good', async () => {
    const { memory } = memoryOf();
    expect(memory.claimEnding(claim(endingOf(1)), null)).toBe(true);
    expect(memory.claimEnding(claim({ ...endingOf(1), endedAt: start + 1_000, reason: 'OTHER' }), null)).toBe(false);
    expect((await memory.findEnded(sessionOf(1)))?.ended.reason).toBe('ADMIN_REQUEST');
    expect(memory.claimEnding(claim({ ...endingOf(1), endedAt: start + 1_001, reason: 'OTHER' }), null)).toBe(true);
    expect((await memory.findEnded(sessionOf(1)))?.ended.reason).toBe('OTHER');
  });

  it('forgets after its time, and the oldest when there are too many', async () => {
    const { memory, clock } = memoryOf({ maxEntries: 2 });
    for (const number of [1, 2, 3]) memory.claimEnding(claim(endingOf(number)), null);
    expect(await memory.findEnded(sessionOf(1))).toBeNull();
    expect(await memory.findEnded(sessionOf(3))).not.toBeNull();
    clock.advance(60_001);
    expect(await memory.findEnded(sessionOf(3))).toBeNull();
    memory.claimEnding(claim(endingOf(4)), null);
    expect(await memory.findEnded(sessionOf(4))).not.toBeNull();
  });
});

describe('a revocation', () => {
  const base = { userId: userOf(1), applicationId: applicationOf(1), issuedBefore: start + 999, expiresAt: start + 1 };
  const tokenAt = (issuedAtSeconds: number): TokenIdentity => ({
    sessionId: sessionOf(7),
    userId: userOf(1),
    applicationIds: [applicationOf(1)],
    issuedAtSeconds,
  });

  it('of a user is about the tokens of the same second and before, and not of the next', () => {
    const ofUser = { ...base, sessionId: null };
    expect([-1, 0, 1].map((second) => concerns(ofUser, tokenAt(start / 1_000 + second)))).toEqual([true, true, false]);
  });

  it('of a session is about its tokens whenever they say they were issued, and no others', () => {
    const seconds = [-1, 0, 1].map((second) => start / 1_000 + second);
    expect(seconds.map((second) => concerns({ ...base, sessionId: sessionOf(7) }, tokenAt(second)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(seconds.map((second) => concerns({ ...base, sessionId: sessionOf(8) }, tokenAt(second)))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
