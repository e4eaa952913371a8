import type { UpstreamError } from '../../domain/errors.js';
import type { Session } from '../../domain/session.js';

/** The outcome of one revocation, as far as its call shows. */
export interface Attempt {
  readonly session: Session;
  readonly outcome: 'revoked' | 'alreadyEnded' | UpstreamError;
}

export interface FailedAttempt extends Attempt {
  readonly outcome: UpstreamError;
}

export function isFailed(attempt: Attempt): attempt is FailedAttempt {
  return typeof attempt.outcome !== 'string';
}
