import { type Caller, type Permission, reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { Session } from '../../domain/session.js';

export interface RecentSignInPorts {
  readonly clock: Clock;
  /** How recent the sign-in of a user who ends own sessions must be, in seconds; null when any will do. */
  readonly recentSignInSeconds: number | null;
}

/**
 * Requires a recent sign-in of users who end own sessions other than the one they call from: somebody who finds an
 * unlocked device must not be able to sign its owner out everywhere.
 * @see OWASP ASVS 5.0, 7.5.2
 * @throws ForbiddenError that says how recent the sign-in must be.
 */
export function requireRecentSignIn(
  { clock, recentSignInSeconds }: RecentSignInPorts,
  caller: Caller,
  permission: Permission,
  sessions: readonly Session[],
): void {
  if (recentSignInSeconds === null || caller.kind !== 'user' || reachOf(caller, permission) !== 'self') return;
  if (sessions.every(({ id }) => id === caller.sessionId)) return;
  const { authenticatedAt } = caller;
  if (authenticatedAt !== null && clock.now() - authenticatedAt <= recentSignInSeconds * 1_000) return;
  throw new ForbiddenError(
    `Sign in again: ending other sessions needs a sign-in within the last ${recentSignInSeconds} seconds.`,
    recentSignInSeconds,
  );
}
