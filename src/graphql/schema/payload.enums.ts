import { registerEnumType } from 'type-graphql';
import type {
  SessionWarningCode as SessionWarningCodeValue,
  UserErrorCode as UserErrorCodeValue,
} from '../../application/operation/results.js';
import type { RevokeSessionResult } from '../../application/revocation/revoke-session.js';

export const RevocationOutcome = {
  REVOKED: 'REVOKED',
  ALREADY_ENDED: 'ALREADY_ENDED',
  WOULD_REVOKE: 'WOULD_REVOKE',
} as const satisfies { [Name in NonNullable<RevokeSessionResult['outcome']>]: Name };
registerEnumType(RevocationOutcome, {
  name: 'RevocationOutcome',
  description: 'The result of revoking a session.',
  valuesConfig: {
    REVOKED: { description: 'The session was live and has been ended.' },
    ALREADY_ENDED: { description: 'The session does not exist, has expired or had been revoked before.' },
    WOULD_REVOKE: { description: 'Under dryRun: the session is live. Nothing was ended.' },
  },
});

export const UserErrorCode = {
  SESSION_NOT_FOUND: 'SESSION_NOT_FOUND',
  KEEP_SESSION_NOT_LIVE: 'KEEP_SESSION_NOT_LIVE',
  HELD_BY_ANOTHER_CALL: 'HELD_BY_ANOTHER_CALL',
  POLICY_RATE_EXCEEDED: 'POLICY_RATE_EXCEEDED',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  UPSTREAM_TIMEOUT: 'UPSTREAM_TIMEOUT',
  UPSTREAM_UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  UPSTREAM_REJECTED: 'UPSTREAM_REJECTED',
} as const satisfies { [Name in UserErrorCodeValue]: Name };
registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'Why the service did not do what the caller asked.',
  valuesConfig: {
    SESSION_NOT_FOUND: { description: 'The user has no such session.' },
    KEEP_SESSION_NOT_LIVE: {
      description:
        'The session to keep does not exist, belongs to another user, has ended, or may have ended because its revocation went unanswered. Nothing was ended.',
    },
    HELD_BY_ANOTHER_CALL: {
      description: 'A concurrent call has chosen to keep the session. Calling again is safe.',
    },
    POLICY_RATE_EXCEEDED: {
      description:
        'The session policy has ended maxRevocationsPerMinute sessions in this minute, over all users. Calling again is safe.',
    },
    INVALID_ARGUMENT: { description: 'The arguments contradict each other. Nothing was ended.' },
    UPSTREAM_TIMEOUT: { description: 'FusionAuth did not answer in time. Calling again is safe.' },
    UPSTREAM_UNAVAILABLE: { description: 'FusionAuth is not available. Calling again is safe.' },
    UPSTREAM_REJECTED: { description: 'FusionAuth refused the call. An operator has to look at it.' },
  },
});

export const SessionWarningCode = {
  ACCESS_TOKENS_STILL_VALID: 'ACCESS_TOKENS_STILL_VALID',
  SSO_SESSIONS_REMAIN: 'SSO_SESSIONS_REMAIN',
  LISTING_TRUNCATED: 'LISTING_TRUNCATED',
  AUDIT_NOT_WRITTEN: 'AUDIT_NOT_WRITTEN',
  NOT_PUBLISHED_YET: 'NOT_PUBLISHED_YET',
  NO_SHARED_LOCK: 'NO_SHARED_LOCK',
} as const satisfies { [Name in SessionWarningCodeValue]: Name };
registerEnumType(SessionWarningCode, {
  name: 'SessionWarningCode',
  description: 'The reason for a warning about an operation that succeeded.',
  valuesConfig: {
    ACCESS_TOKENS_STILL_VALID: {
      description:
        'Access tokens of ended sessions are accepted until accessTokensExpireBy where only signatures are checked.',
    },
    SSO_SESSIONS_REMAIN: {
      description: 'A browser that was signed out may come back through its SSO session without a password.',
    },
    LISTING_TRUNCATED: {
      description:
        'FusionAuth lists the newest 1,000 sessions of a user: older ones may exist that the call has not seen.',
    },
    AUDIT_NOT_WRITTEN: {
      description:
        'The audit record is not written yet, because nobody reads the log of the service. An operator has to look at it.',
    },
    NOT_PUBLISHED_YET: {
      description:
        'The database that replicas share is not available. The process that answered refuses the access tokens of the ended sessions; other replicas and resource servers learn of the endings once the database is back.',
    },
    NO_SHARED_LOCK: {
      description:
        'The rule needs calls for one user to take turns, and they do so only within one process of the service: it has no database that replicas share, or has lost it during the call.',
    },
  },
});
