/** A reason why an operation did not do what was asked: part of its answer, not an error. */
export interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  /** Path to the argument at fault, or null. */
  readonly field: readonly string[] | null;
}

export type UserErrorCode =
  | 'SESSION_NOT_FOUND'
  | 'KEEP_SESSION_NOT_LIVE'
  | 'HELD_BY_ANOTHER_CALL'
  | 'POLICY_RATE_EXCEEDED'
  | 'INVALID_ARGUMENT'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_REJECTED';

/**
 * A session to keep is not live, or may not be because its revocation went unanswered. The words are the same whether
 * it never existed, has ended or is somebody else's, so that a caller cannot probe for sessions.
 */
export function keepSessionNotLive(argument: readonly string[]): UserError {
  return {
    code: 'KEEP_SESSION_NOT_LIVE',
    message: `${argument.join('.')} names a session that is not a live session of this user. Nothing was revoked.`,
    field: argument,
  };
}

/** A mutation that did nothing, because its operation had no time left. */
export const tooLate: UserError = {
  code: 'UPSTREAM_TIMEOUT',
  message: 'The time of the operation was over before this began. Nothing was revoked. Calling again is safe.',
  field: null,
};

/** A warning to the caller of an operation that has succeeded otherwise. */
export interface SessionWarning {
  readonly code: SessionWarningCode;
  readonly message: string;
}

export type SessionWarningCode =
  | 'ACCESS_TOKENS_STILL_VALID'
  | 'SSO_SESSIONS_REMAIN'
  | 'LISTING_TRUNCATED'
  | 'AUDIT_NOT_WRITTEN'
  | 'NOT_PUBLISHED_YET'
  | 'NO_SHARED_LOCK';

export const warnings = {
  accessTokensStillValid: {
    code: 'ACCESS_TOKENS_STILL_VALID',
    message:
      'Access tokens issued before are accepted until they expire, by resource servers that only check signatures.',
  },
  ssoSessionsRemain: {
    code: 'SSO_SESSIONS_REMAIN',
    message:
      'An SSO session stays: if it is that of a browser that was signed out, it may come back without a password.',
  },
  ssoSessionsNotSought: {
    code: 'SSO_SESSIONS_REMAIN',
    message:
      'FusionAuth no longer says whose session it was that had ended already, so SSO sessions of its user may stay. Name the user to end them.',
  },
  listingTruncated: {
    code: 'LISTING_TRUNCATED',
    message: 'FusionAuth lists the newest 1,000 sessions of a user: older ones may exist that were not looked at.',
  },
  auditNotWritten: {
    code: 'AUDIT_NOT_WRITTEN',
    message:
      'The audit records of this call could not be written yet, and would be lost with the process: nobody takes its log.',
  },
  notPublishedYet: {
    code: 'NOT_PUBLISHED_YET',
    message:
      'The store that replicas share is not available: this process refuses the access tokens of what has ended, and other replicas and resource servers learn of it later.',
  },
  noSharedLock: {
    code: 'NO_SHARED_LOCK',
    message:
      'This rule needs calls for one user to take turns, and they do so only within one process: calls to other replicas at the same time may end more or fewer sessions.',
  },
} as const satisfies Record<string, SessionWarning>;

/** Joins the warnings of several parts of an operation, each once. */
export function distinctWarnings(...lists: readonly (readonly SessionWarning[])[]): readonly SessionWarning[] {
  return [...new Set(lists.flat())];
}
