import { registerEnumType } from 'type-graphql';
import type {
  EnforcementOutcome as EnforcementOutcomeValue,
  NewerSessionRule as NewerSessionRuleValue,
  OverflowBehavior as OverflowBehaviorValue,
} from '../../application/enforcement/enforcement.js';
import type {
  SessionWarningCode as SessionWarningCodeValue,
  UserErrorCode as UserErrorCodeValue,
} from '../../application/operation/results.js';
import type { RevokeSessionResult } from '../../application/revocation/revoke-session.js';
import type { Caller } from '../../domain/caller.js';
import type {
  InitiatingEntity as InitiatingEntityValue,
  SessionEndReason as SessionEndReasonValue,
} from '../../domain/ended-session.js';
import type { SessionLimit, SsoSessionRule as SsoSessionRuleValue } from '../../domain/enforcement-plan.js';
import type { Session } from '../../domain/session.js';
import type { SessionOrder, SessionState as SessionStateValue } from '../../domain/session-query.js';
import { namesFor } from './enum-names.js';

/** Each enum maps the names of the schema to the words of the domain. */
export const CallerKind = namesFor<Caller['kind']>()({ SERVICE: 'service', USER: 'user' });
registerEnumType(CallerKind, {
  name: 'CallerKind',
  description: 'What sort of caller invokes the operation.',
  valuesConfig: {
    SERVICE: { description: 'A service, by a service key or an access token of its own.' },
    USER: { description: 'A person, by an access token.' },
  },
});

export const SessionKind = namesFor<Session['kind']>()({ APPLICATION: 'application', SSO: 'sso' });
registerEnumType(SessionKind, {
  name: 'SessionKind',
  description: 'What a session signs the user in to.',
  valuesConfig: {
    APPLICATION: { description: 'One application: a refresh token with an applicationId.' },
    SSO: {
      description:
        "FusionAuth's hosted login pages, which then sign the user in to applications without a password. It belongs to no application.",
    },
  },
});

export const SessionState = namesFor<SessionStateValue>()({ ACTIVE: 'active', EXPIRED: 'expired' });
registerEnumType(SessionState, {
  name: 'SessionState',
  description: 'Whether a session can still be used.',
  valuesConfig: {
    ACTIVE: { description: 'Its refresh token can be exchanged, according to the settings.' },
    EXPIRED: { description: 'Its lifetime is over, though FusionAuth still lists it.' },
  },
});

export const SessionOrderField = namesFor<SessionOrder['field']>()({
  CREATED_AT: 'createdAt',
  LAST_ACCESSED_AT: 'lastAccessedAt',
  EXPIRES_AT: 'expiresAt',
});
registerEnumType(SessionOrderField, {
  name: 'SessionOrderField',
  description: 'The instant that sessions are ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When the session began. Sessions of one instant are ordered by id.' },
    LAST_ACCESSED_AT: { description: 'When the session was last used. Sessions never used come last.' },
    EXPIRES_AT: { description: 'When the session expires. Sessions of unknown lifetime come last.' },
  },
});

export const OrderDirection = namesFor<SessionOrder['direction']>()({ ASC: 'ascending', DESC: 'descending' });
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'The direction of an order.',
  valuesConfig: { ASC: { description: 'Earliest first.' }, DESC: { description: 'Latest first.' } },
});

export const LimitScope = namesFor<SessionLimit['scope']>()({ USER: 'user', PER_APPLICATION: 'perApplication' });
registerEnumType(LimitScope, {
  name: 'LimitScope',
  description: 'What one budget of sessions spans.',
  valuesConfig: {
    USER: { description: 'One budget over all applications.' },
    PER_APPLICATION: {
      description: 'One budget for each application, so a second application on the same device survives.',
    },
  },
});

export const SsoSessionRule = namesFor<SsoSessionRuleValue>()({
  KEEP_ALL: 'keepAll',
  KEEP_NEWEST: 'keepNewest',
  REVOKE_ALL: 'revokeAll',
});
registerEnumType(SsoSessionRule, {
  name: 'SsoSessionRule',
  description: 'What happens to SSO sessions, which never count against a limit.',
  valuesConfig: {
    KEEP_ALL: { description: 'They are left alone. An evicted browser may come back without a password.' },
    KEEP_NEWEST: { description: 'The newest one stays.' },
    REVOKE_ALL: { description: 'All end. The next visit to a login page asks for the password.' },
  },
});

export const OverflowBehavior = namesFor<OverflowBehaviorValue>()({
  END_OLDEST: 'endOldest',
  END_LEAST_RECENTLY_USED: 'endLeastRecentlyUsed',
  DENY_NEW: 'denyNew',
  ASK_USER: 'askUser',
});
registerEnumType(OverflowBehavior, {
  name: 'OverflowBehavior',
  description: 'What happens when a user has more sessions than allowed.',
  valuesConfig: {
    END_OLDEST: { description: 'The sessions created first end. Converges without a lock.' },
    END_LEAST_RECENTLY_USED: { description: 'The sessions unused for longest end. Calls for one user take turns.' },
    DENY_NEW: { description: 'Nothing ends; the outcome is LIMIT_REACHED, and the caller refuses the sign-in.' },
    ASK_USER: {
      description: 'Nothing ends; the outcome is LIMIT_REACHED, and candidates holds the sessions to choose from.',
    },
  },
});

export const NewerSessionRule = namesFor<NewerSessionRuleValue>()({
  KEEP_NEWEST: 'keepNewest',
  KEEP_REQUESTED: 'keepRequested',
});
registerEnumType(NewerSessionRule, {
  name: 'NewerSessionRule',
  description: 'What happens when a session newer than keepSessionId exists.',
  valuesConfig: {
    KEEP_NEWEST: {
      description: 'The newest session stays and the requested one ends too: outcome SUPERSEDED. Needs no lock.',
    },
    KEEP_REQUESTED: { description: 'The session asked for stays, newer ones end. Calls for one user take turns.' },
  },
});

export const SessionEndReason = {
  USER_LOGOUT: 'USER_LOGOUT',
  USER_REQUEST: 'USER_REQUEST',
  ADMIN_REQUEST: 'ADMIN_REQUEST',
  SINGLE_SESSION_POLICY: 'SINGLE_SESSION_POLICY',
  SESSION_LIMIT_EXCEEDED: 'SESSION_LIMIT_EXCEEDED',
  CREDENTIAL_CHANGED: 'CREDENTIAL_CHANGED',
  ACCOUNT_DISABLED: 'ACCOUNT_DISABLED',
  SUSPECTED_COMPROMISE: 'SUSPECTED_COMPROMISE',
  INCIDENT_RESPONSE: 'INCIDENT_RESPONSE',
  OTHER: 'OTHER',
} as const satisfies { [Name in SessionEndReasonValue]: Name };
registerEnumType(SessionEndReason, {
  name: 'SessionEndReason',
  description: 'Why a session was ended.',
  valuesConfig: {
    USER_LOGOUT: { description: 'The user signed out of this session.' },
    USER_REQUEST: { description: 'The user ended it from another session.' },
    ADMIN_REQUEST: { description: 'An administrator ended it.' },
    SINGLE_SESSION_POLICY: { description: 'Only one session may live, and a newer one does.' },
    SESSION_LIMIT_EXCEEDED: { description: 'Only so many sessions may live, and newer ones do.' },
    CREDENTIAL_CHANGED: { description: 'A password or another credential was changed.' },
    ACCOUNT_DISABLED: { description: 'The account was locked, deactivated or deleted.' },
    SUSPECTED_COMPROMISE: { description: 'The session or its account may be in the wrong hands.' },
    INCIDENT_RESPONSE: { description: 'Ended together with others while an incident is dealt with.' },
    OTHER: { description: 'None of the other reasons; the comment may say more.' },
  },
});

export const InitiatingEntity = {
  ADMIN: 'ADMIN',
  USER: 'USER',
  POLICY: 'POLICY',
  SYSTEM: 'SYSTEM',
} as const satisfies { [Name in InitiatingEntityValue]: Name };
registerEnumType(InitiatingEntity, {
  name: 'InitiatingEntity',
  description: 'Who or what initiated a revocation: the values of initiating_entity in OpenID CAEP.',
  valuesConfig: {
    ADMIN: { description: 'An administrator.' },
    USER: { description: 'The user.' },
    POLICY: { description: 'A rule, such as a session limit.' },
    SYSTEM: { description: 'A system, on a signal of its own.' },
  },
});

export const EnforcementOutcome = {
  ENFORCED: 'ENFORCED',
  WITHIN_LIMIT: 'WITHIN_LIMIT',
  NO_SESSIONS: 'NO_SESSIONS',
  SUPERSEDED: 'SUPERSEDED',
  LIMIT_REACHED: 'LIMIT_REACHED',
  PARTIAL: 'PARTIAL',
  WOULD_ENFORCE: 'WOULD_ENFORCE',
} as const satisfies { [Name in EnforcementOutcomeValue]: Name };
registerEnumType(EnforcementOutcome, {
  name: 'EnforcementOutcome',
  description: 'The result of enforcing a session limit.',
  valuesConfig: {
    ENFORCED: { description: 'There were too many sessions, and now there are not.' },
    WITHIN_LIMIT: { description: 'There were no more sessions than allowed. Nothing was ended.' },
    NO_SESSIONS: { description: 'The user has no live session that the limit is about, or is not known.' },
    SUPERSEDED: {
      description:
        'Another session is preferred to keepSessionId, as a rule a newer one: it stays, and keepSessionId has ended, by this call or by an earlier one.',
    },
    LIMIT_REACHED: {
      description: 'Under DENY_NEW and ASK_USER: there are too many sessions. Nothing was ended.',
    },
    PARTIAL: {
      description: 'Some sessions could not be ended (see failures) or looked at (see warnings). Call again to finish.',
    },
    WOULD_ENFORCE: { description: 'Under dryRun: there are too many sessions. Nothing was ended.' },
  },
});

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
        "The session to keep does not exist, has ended or may have, because a revocation of it went unanswered, or is another user's. Nothing was ended.",
    },
    HELD_BY_ANOTHER_CALL: {
      description: 'A call that runs at the same moment has chosen to keep the session. Calling again is safe.',
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
  description: 'Something that a caller should know although the operation succeeded.',
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
        'The database that replicas share is not available. The process that answered refuses the access tokens of what has ended; other replicas and resource servers learn of it once the database is back.',
    },
    NO_SHARED_LOCK: {
      description:
        'The rule needs calls for one user to take turns, and they do so only within one process of the service: it has no database that replicas share, or has lost it during the call.',
    },
  },
});
