import type { Session } from '../../domain/session.js';
import { describeEnded } from './describe-ended.js';
import { type Ending, type EndingCause, type EndingOutcome, type EndSessionsPorts, nothingEnded } from './ending.js';

/** The outcome of a call that ends nothing: each session as if it had been revoked now. */
export async function wouldEnd(
  { clock }: Pick<EndSessionsPorts, 'clock'>,
  sessions: readonly Session[],
  { reason }: EndingCause,
  applications: Ending['applications'],
): Promise<EndingOutcome> {
  const endedAt = clock.now();
  const known = await applications;
  const revoked = sessions.map((session) => ({
    session,
    ended: describeEnded(session, reason, endedAt, null, known),
  }));
  return { ...nothingEnded, revoked };
}
