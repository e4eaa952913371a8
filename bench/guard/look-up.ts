/** How long the guard takes to tell whether a token is revoked, and how much memory what is revoked takes. */
import { parseSessionId, parseUserId } from '../../src/domain/ids.js';
import { identityOf } from '../../src/domain/token-claims.js';
import { RevocationIndex } from '../../src/guard/revocation-index.js';

const idOf = (kind: string, number: number) => `${kind}0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
const applicationId = idOf('a', 1);
const lookUps = 1_000_000;
const expiresAt = Date.now() + 3_600_000;

export interface LookUp {
  readonly revocations: number;
  readonly nanoseconds: number;
  readonly bytesEach: number;
}

/** With so many revocations, in what the guard keeps them in. */
export function lookUp(count: number): LookUp {
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const index = new RevocationIndex({ maxRevocations: count, heldLongerMs: 0, onForgotten: () => {} });
  for (let number = 0; number < count; number++) {
    // Nine of ten are about a session, the others about a user.
    const isSession = number % 10 !== 0;
    const sessionId = isSession ? (parseSessionId(idOf('e', number)) ?? null) : null;
    const userId = isSession ? null : (parseUserId(idOf('b', number)) ?? null);
    const revocation = { sessionId, userId, applicationId: null, issuedBefore: 1_000, expiresAt: expiresAt + number };
    index.add(revocation, Date.now());
  }
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - heapBefore) / count;
  const claims = Array.from({ length: 1_000 }, (_, number) => ({
    sid: idOf('f', number),
    sub: idOf('b', number * 7),
    aud: applicationId,
    iat: 2,
  }));
  let refused = 0;
  const measure = () => {
    const startedAt = performance.now();
    for (let done = 0; done < lookUps; done++) {
      if (index.concerns(identityOf(claims[done % claims.length] ?? {}))) refused++;
    }
    return ((performance.now() - startedAt) / lookUps) * 1_000_000;
  };
  const nanoseconds = Math.min(measure(), measure(), measure());
  if (refused > 0) throw new Error('Nothing that was looked up is revoked');
  return { revocations: count, nanoseconds, bytesEach: bytes };
}
