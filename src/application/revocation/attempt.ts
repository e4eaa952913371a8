import type { UpstreamError } from '../../domain/errors.js';
import type { Session } from '../../domain/session.js';

/** What one revocation came to, as far as its call tells. */
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
