import pLimit from 'p-limit';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionListing } from '../../domain/ports/session-gateway.js';
import type { Attempt, FailedAttempt } from './attempt.js';
import { type Ending, maxConcurrentEndings } from './ending.js';
import { isUnanswered } from './revocation-failure.js';

/** The sessions of failed attempts that lists show to be gone. */
export async function goneAfterAll(attempts: readonly Attempt[], ending: Ending): Promise<ReadonlySet<SessionId>> {
  const unanswered = attempts.filter(({ outcome }) => isUnanswered(outcome)).map(({ session }) => session);
  const userIds = [...new Set(unanswered.map(({ userId }) => userId))];
  const inTurn = pLimit(maxConcurrentEndings);
  const listings = await Promise.all(userIds.map((userId) => inTurn(() => listingOrNull(userId, ending))));
  const listed = new Map(userIds.map((userId, index) => [userId, listings[index] ?? null]));
  const gone = unanswered.filter(({ id, userId }) => {
    const listing = listed.get(userId) ?? null;
    // A cut list that lacks a session proves nothing.
    return listing !== null && !listing.truncated && !listing.sessions.some((session) => session.id === id);
  });
  return new Set(gone.map(({ id }) => id));
}

/** The outcome of a revocation that was not answered, as far as lists show. */
export function judge({ session, outcome: error }: FailedAttempt, gone: ReadonlySet<SessionId>): Attempt {
  if (!gone.has(session.id)) return { session, outcome: error };
  // When our call cannot have ended the session, somebody else has.
  return { session, outcome: isUnanswered(error) && error.mayHaveBeenDone ? 'revoked' : 'alreadyEnded' };
}

async function listingOrNull(
  userId: UserId,
  { ports, scope, gateway, deadline }: Ending,
): Promise<SessionListing | null> {
  if (performance.now() >= deadline) return null;
  try {
    return await gateway.listSessions(userId);
  } catch (error) {
    ports.telemetry.sideLookupFailed(error, scope.requestId);
    return null;
  }
}
