import type { AwaitedSignIn } from './ports/policy-jobs.js';
import type { Session } from './session.js';

/**
 * Whether each sign-in can have a session of its own among these: one that began at the instant of the sign-in or
 * later. Both instants are FusionAuth's. Consecutive sign-ins may get their sessions in any order, so all are judged
 * together: a missing session may belong to any of them.
 */
export function haveBegun(awaited: readonly AwaitedSignIn[], sessions: readonly Pick<Session, 'createdAt'>[]): boolean {
  const begun = sessions.map(({ createdAt }) => createdAt).sort((one, other) => other - one);
  const signedIn = awaited.map(({ at }) => at).sort((one, other) => other - one);
  // The newest sign-in needs the newest session, the next one the next.
  return signedIn.every((at, index) => (begun[index] ?? Number.NEGATIVE_INFINITY) >= at);
}
