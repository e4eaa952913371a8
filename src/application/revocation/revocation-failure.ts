import { type UpstreamError, UpstreamTimeoutError, UpstreamUnavailableError } from '../../domain/errors.js';
import type { SessionId } from '../../domain/ids.js';

/** A session that should have ended, and may still be live. */
export interface SessionRevocationFailure {
  readonly sessionId: SessionId;
  readonly code:
    | 'UPSTREAM_TIMEOUT'
    | 'UPSTREAM_UNAVAILABLE'
    | 'UPSTREAM_REJECTED'
    | 'HELD_BY_ANOTHER_CALL'
    | 'POLICY_RATE_EXCEEDED';
  readonly message: string;
  /** True when the same call may succeed later. */
  readonly retryable: boolean;
}

/** The failure of a session that another call keeps at this moment. */
export function heldFailure(sessionId: SessionId): SessionRevocationFailure {
  const message = 'A call that runs at the same moment has chosen to keep this session. Calling again is safe.';
  return { sessionId, code: 'HELD_BY_ANOTHER_CALL', message, retryable: true };
}

/** The failure of a session that a policy may not end within this minute. */
export function withheldFailure(sessionId: SessionId): SessionRevocationFailure {
  const message =
    'The session policy has ended maxRevocationsPerMinute sessions in this minute. Calling again is safe.';
  return { sessionId, code: 'POLICY_RATE_EXCEEDED', message, retryable: true };
}

/** The failure of a session that could not be ended. */
export function failureOf(sessionId: SessionId, error: UpstreamError): SessionRevocationFailure {
  return {
    sessionId,
    code: error.code === 'UPSTREAM_CONTRACT' ? 'UPSTREAM_REJECTED' : error.code,
    message: error.message,
    retryable: isUnanswered(error),
  };
}

/** True for a failure after which FusionAuth may answer otherwise, or whose answer was lost. */
export function isUnanswered(outcome: unknown): outcome is UpstreamTimeoutError | UpstreamUnavailableError {
  return outcome instanceof UpstreamTimeoutError || outcome instanceof UpstreamUnavailableError;
}
