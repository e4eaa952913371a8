import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseApplicationId, parseSessionId, parseUserId } from '../../src/domain/ids.js';
import { concerns, type Revocation, type TokenIdentity } from '../../src/domain/revocation.js';
import { RevocationIndex } from '../../src/guard/revocation-index.js';

const idOf = (kind: string, number: number) => `${kind}0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
const sessionOf = (number: number) => parseSessionId(idOf('e', number)) ?? null;
const userOf = (number: number) => parseUserId(idOf('b', number)) ?? null;
const applicationOf = (number: number) => parseApplicationId(idOf('a', number)) ?? null;

/** Long after every revocation of these tests, in seconds. */
const lifetimeMs = 3_600_000;
const maybe = <T>(make: (number: number) => T) => fc.option(fc.integer({ min: 1, max: 3 }).map(make), { nil: null });

const revocations = fc
  .record({
    sessionId: maybe(sessionOf),
    userId: maybe(userOf),
    applicationId: maybe(applicationOf),
    issuedBefore: fc.integer({ min: 0, max: 5_000 }),
  })
  .filter(({ sessionId, userId, applicationId }) => sessionId !== null || userId !== null || applicationId !== null)
  .map((facts): Revocation => ({ ...facts, expiresAt: facts.issuedBefore + lifetimeMs }));

const tokens = fc.record({
  sessionId: maybe(sessionOf),
  userId: maybe(userOf),
  applicationIds: fc
    .uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 3 })
    .map((numbers) => numbers.map(applicationOf).filter((id) => id !== null)),
  issuedAtSeconds: fc.integer({ min: 0, max: 6 }),
});

function indexOf(list: readonly Revocation[], options: { maxRevocations?: number; heldLongerMs?: number } = {}) {
  const forgotten: Revocation[] = [];
  const index = new RevocationIndex({
    maxRevocations: 1_000,
    heldLongerMs: 0,
    ...options,
    onForgotten: (revocation) => forgotten.push(revocation),
  });
  for (const revocation of list) index.add(revocation, 0);
  return { index, forgotten };
}

const sessionRevocation = (number: number, expiresAt = lifetimeMs, issuedBefore = 1_000): Revocation => ({
  sessionId: sessionOf(number),
  userId: null,
  applicationId: null,
  issuedBefore,
  expiresAt,
});
const tokenOfSession = (number: number, issuedAtSeconds = 0): TokenIdentity => ({
  sessionId: sessionOf(number),
  userId: null,
  applicationIds: [],
  issuedAtSeconds,
});

describe('the index of revocations', () => {
  it('refuses exactly the tokens that some revocation concerns, in any order and with repetitions', () => {
    fc.assert(
      fc.property(fc.array(revocations, { maxLength: 30 }), tokens, (list, token) => {
        const expected = list.some((revocation) => concerns(revocation, token));
        expect(indexOf(list).index.concerns(token)).toBe(expected);
        expect(indexOf([...list].reverse().concat(list)).index.concerns(token)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never accepts what an unexpired revocation concerns, however long each lives', () => {
    const lives = fc.tuple(revocations, fc.integer({ min: 0, max: 10_000 }));
    const now = fc.integer({ min: 0, max: 15_000 });
    fc.assert(
      fc.property(fc.array(lives, { maxLength: 30 }), tokens, now, (pairs, token, instant) => {
        const list = pairs.map(([revocation, expiresAt]) => ({ ...revocation, expiresAt }));
        const { index } = indexOf(list);
        index.removeExpired(instant);
        const live = list.filter(({ expiresAt }) => expiresAt >= instant);
        if (live.some((revocation) => concerns(revocation, token))) expect(index.concerns(token)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts a token of the same second as issued before, and one of the next second as not', () => {
    const { index } = indexOf([{ ...sessionRevocation(1, lifetimeMs, 5_000), sessionId: null, userId: userOf(1) }]);
    const token = { sessionId: null, userId: userOf(1), applicationIds: [] };
    expect(index.concerns({ ...token, issuedAtSeconds: 5 })).toBe(true);
    expect(index.concerns({ ...token, issuedAtSeconds: 6 })).toBe(false);
  });

  it('refuses the tokens of an ended session whenever they say to have been issued, and no other of that second', () => {
    const { index } = indexOf([sessionRevocation(1)]);
    expect(index.concerns(tokenOfSession(1, 4_000_000_000))).toBe(true);
    expect(index.concerns(tokenOfSession(2, 1))).toBe(false);
  });

  it('gives its memory back when revocations have expired, bit by bit', () => {
    const list = Array.from({ length: 2_500 }, (_, number) => sessionRevocation(number, 10_000 + (number % 7)));
    const { index } = indexOf(list, { maxRevocations: 5_000, heldLongerMs: 60_000 });
    index.removeExpired(70_000);
    expect(index.size).toBe(2_500);
    for (let call = 0; call < 3; call++) index.removeExpired(70_007);
    expect(index.size).toBe(0);
    expect(index.concerns(tokenOfSession(1))).toBe(false);
  });

  it('holds a revocation for as long as the longest of its repetitions', () => {
    const { index } = indexOf([sessionRevocation(1, 5_000), sessionRevocation(2, 6_000), sessionRevocation(1, 9_000)]);
    index.removeExpired(6_001);
    expect(index.size).toBe(1);
    expect(index.concerns(tokenOfSession(1))).toBe(true);
    index.removeExpired(9_001);
    expect(index.size).toBe(0);
  });

  it('forgets what expires soonest when it is full, and says so', () => {
    const list = [30, 10, 20, 40].map((seconds, number) => sessionRevocation(number, seconds * 1_000));
    const { index, forgotten } = indexOf(list, { maxRevocations: 3 });
    expect(forgotten).toEqual([list[1]]);
    expect([0, 1, 2, 3].map((number) => index.concerns(tokenOfSession(number)))).toEqual([true, false, true, true]);
  });
});
