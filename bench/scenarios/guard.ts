import { z } from 'zod';
import type { GuardCheck } from '../guard/check.js';
import type { LookUp } from '../guard/look-up.js';
import { Child } from '../processes/child.js';
import type { BenchSettings } from '../settings.js';

export interface GuardResult {
  readonly lookUps: readonly LookUp[];
  readonly checks: readonly GuardCheck[];
}

const answerTimeoutMs = 180_000;

/** `check` of the guard beside `jwtVerify`, and `isRevoked` with up to a million revocations. */
export async function measureGuard({ guardRounds }: BenchSettings): Promise<GuardResult> {
  await using child = new Child({
    module: '../guard/guard-process.js',
    env: { BENCH_ROUNDS: `${guardRounds}` },
  });
  return await child.ready(found, answerTimeoutMs);
}

const found = z.object({
  lookUps: z.array(z.object({ revocations: z.number(), nanoseconds: z.number(), bytesEach: z.number() })),
  checks: z.array(
    z.object({
      revocations: z.number(),
      hasSeenToken: z.boolean(),
      verifyMicros: z.number(),
      checkMicros: z.number(),
      ratio: z.number(),
      isRevokedNanoseconds: z.number(),
      heapBytes: z.number(),
    }),
  ),
});
