import { expect } from 'vitest';
import type { Decision, GuardProcess } from './guard-process.js';
import type { KnownSession, World } from './world.js';

/** Clocks are read in whole milliseconds, here and there. */
const slackMs = 10;

/** How long it may take until all is well after something went wrong, in milliseconds: connections are made anew. */
const maxRecoveryMs = 30_000;

/** How soon everybody knows what was not lost, in milliseconds; far below the longer lease. */
const maxDeliveryMs = 30_000;

/**
 * Asks every guard about every token. A session that has ended longer ago than its lease is not accepted, and one that
 * lives is not refused, though a guard may say that it cannot tell at the moment.
 */
export async function expectTheTruth({ guards, sessions }: World): Promise<void> {
  const asked = [...sessions];
  const tokens = asked.map(({ token }) => token);
  await Promise.all(
    guards.map(async (guard, index) => {
      const decisions = await guard.check(tokens);
      const wrong = decisions.flatMap((decision, number) => {
        const session = asked[number];
        const problem = session === undefined ? 'nobody asked' : problemOf(decision, session, guard);
        return problem === null ? [] : [`guard ${index}: ${problem}: ${JSON.stringify({ ...decision, ...session })}`];
      });
      expect(wrong).toEqual([]);
    }),
  );
}

function problemOf(
  { ok, status, lagSeconds, doubt, from, until }: Decision,
  { endedAt }: KnownSession,
  { leaseSeconds }: GuardProcess,
): string | null {
  if (ok) {
    // Where the service does not keep up, the guard says how long it is.
    const boundSeconds = doubt === 'lag' ? Math.max(leaseSeconds, lagSeconds ?? 0) : leaseSeconds;
    const isLate = endedAt !== null && endedAt < from - boundSeconds * 1_000 - slackMs;
    return isLate ? 'accepted longer after its end than the lease' : null;
  }
  const mayBeRefused = status === 503 || (endedAt !== null && endedAt <= until + slackMs);
  return mayBeRefused ? null : 'refused although it lives';
}

/** Waits until every guard accepts what lives, once nothing is wrong any more. */
export async function expectRecovery({ guards, sessions }: World): Promise<void> {
  const living = () => sessions.filter(({ endedAt }) => endedAt === null);
  for (const guard of guards) {
    const refused = async () => {
      const asked = living();
      const decisions = await guard.check(asked.map(({ token }) => token));
      return decisions.filter(({ ok }, number) => !ok && asked[number]?.endedAt === null);
    };
    await expect.poll(refused, { timeout: maxRecoveryMs, interval: 100 }).toEqual([]);
  }
}

/** Waits until every guard refuses what has ended. @param guards Those with a lease that is over soon, or all. */
export async function expectRefusal({ sessions }: World, guards: readonly GuardProcess[]): Promise<void> {
  const ended = sessions.filter(({ endedAt }) => endedAt !== null);
  for (const guard of guards) {
    const accepted = async () => {
      const decisions = await guard.check(ended.map(({ token }) => token));
      return ended.filter((_session, number) => decisions[number]?.ok !== false).map(({ refreshTokenId: id }) => id);
    };
    await expect.poll(accepted, { timeout: maxDeliveryMs, interval: 100 }).toEqual([]);
  }
}
