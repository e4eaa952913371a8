/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What sort of caller invokes the operation. */
export type CallerKind =
  /** A service, by a service key or an access token of its own. */
  | 'SERVICE'
  /** A person, by an access token. */
  | 'USER';

/** A span of time. Leave out an end to keep it open. */
export type DateTimeRange = {
  /** At this instant or later. */
  readonly after?: string | null | undefined;
  /** Earlier than this instant. */
  readonly before?: string | null | undefined;
};

/** A session limit and what to do when it is exceeded. */
export type EnforceSessionLimitInput = {
  /** Only sessions of this application count and end. Default: those of all applications. */
  readonly applicationId?: string | null | undefined;
  /** For the audit record, at most 512 characters. Never shown to the user. */
  readonly comment?: string | null | undefined;
  /** Only sessions on devices of these types count and end, at most 100, upper and lower case alike. Default: all. */
  readonly deviceTypes?: ReadonlyArray<string> | null | undefined;
  /** Tell what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** Sessions to stay, such as the one just created, at most 100. If one of them is not a live session of this user, nothing is revoked. If a session preferred to one of them exists, onNewerSession decides. */
  readonly keepSessionIds?: ReadonlyArray<string> | null | undefined;
  /** How many sessions may stay, 1 to 999. Zero is refused: use revokeSessions. */
  readonly maxSessions: number;
  /** Whether keepSessionIds stay even if others are preferred: newer ones, or such as were used later. */
  readonly onNewerSession?: NewerSessionRule;
  /** What happens when there are more than maxSessions. */
  readonly overflow?: OverflowBehavior;
  /** Why the sessions end. */
  readonly reason?: SessionEndReason;
  /** Whether maxSessions is one budget over all applications or one for each. */
  readonly scope?: LimitScope;
  /** What becomes of SSO sessions. Default: KEEP_NEWEST, or KEEP_ALL when applicationId or deviceTypes narrow the call. DENY_NEW and ASK_USER accept KEEP_ALL only, since they revoke nothing. */
  readonly ssoSessions?: SsoSessionRule | null | undefined;
  /** Whose sessions: a UUID. An unknown user answers NO_SESSIONS. */
  readonly userId: string;
};

/** What enforcing a session limit came to. */
export type EnforcementOutcome =
  /** There were too many sessions, and now there are not. */
  | 'ENFORCED'
  /** Under DENY_NEW and ASK_USER: there are too many sessions. Nothing was ended. */
  | 'LIMIT_REACHED'
  /** The user has no live session that the limit is about, or is not known. */
  | 'NO_SESSIONS'
  /** Some sessions could not be ended (see failures) or looked at (see warnings). Call again to finish. */
  | 'PARTIAL'
  /** Another session is preferred to keepSessionId, as a rule a newer one: it stays, and keepSessionId ended, by this call or by another one before. */
  | 'SUPERSEDED'
  /** There were no more sessions than allowed. Nothing was ended. */
  | 'WITHIN_LIMIT'
  /** Under dryRun: there are too many sessions. Nothing was ended. */
  | 'WOULD_ENFORCE';

/** What set the ending of a session in motion: the values of initiating_entity in OpenID CAEP. */
export type InitiatingEntity =
  /** An administrator. */
  | 'ADMIN'
  /** A rule, such as a session limit. */
  | 'POLICY'
  /** A system, on a signal of its own. */
  | 'SYSTEM'
  /** The user. */
  | 'USER';

/** What one budget of sessions spans. */
export type LimitScope =
  /** One budget for each application, so a second application on the same device survives. */
  | 'PER_APPLICATION'
  /** One budget over all applications. */
  | 'USER';

/** What happens when a session newer than keepSessionId exists. */
export type NewerSessionRule =
  /** The newest session stays and the requested one ends too: outcome SUPERSEDED. Needs no lock. */
  | 'KEEP_NEWEST'
  /** The session asked for stays, newer ones end. Calls for one user take turns. */
  | 'KEEP_REQUESTED';

/** The direction of an order. */
export type OrderDirection =
  /** Earliest first. */
  | 'ASC'
  /** Latest first. */
  | 'DESC';

/** What happens when a user has more sessions than allowed. */
export type OverflowBehavior =
  /** Nothing ends; the outcome is LIMIT_REACHED, and candidates tells what to choose from. */
  | 'ASK_USER'
  /** Nothing ends; the outcome is LIMIT_REACHED, and the caller refuses the sign-in. */
  | 'DENY_NEW'
  /** The sessions unused for longest end. Calls for one user take turns. */
  | 'END_LEAST_RECENTLY_USED'
  /** The sessions created first end. Converges without a lock. */
  | 'END_OLDEST';

/** What revoking a session came to. */
export type RevocationOutcome =
  /** The session does not exist, has expired or had been revoked before. */
  | 'ALREADY_ENDED'
  /** The session was live and has been ended. */
  | 'REVOKED'
  /** Under dryRun: the session is live. Nothing was ended. */
  | 'WOULD_REVOKE';

/** Which sessions to end, and why. */
export type RevokeSessionsInput = {
  /** For the audit record, at most 512 characters. Never shown to the user. */
  readonly comment?: string | null | undefined;
  /** Tell what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** With userId: sessions to spare, at most 100. If one of them is not a live session of this user, nothing is revoked. */
  readonly exceptSessionIds?: ReadonlyArray<string> | null | undefined;
  /** With userId: only sessions that match. The state ACTIVE, which is the default, stands for all that FusionAuth lists: its clock decides which are live. EXPIRED alone stands for those whose lifetime is over by the settings. */
  readonly filter?: SessionFilter | null | undefined;
  /** Also end the SSO sessions of the same users, whatever filter says, but for exceptSessionIds. With sessionIds: at most 50 of them. If the SSO sessions cannot be listed, nothing is ended. */
  readonly includeSsoSessions?: boolean;
  /** The most sessions that this call ends, 1 to 500, oldest first. */
  readonly maxRevocations?: number;
  /** Why the sessions end. */
  readonly reason: SessionEndReason;
  /** These sessions, at most 500, of whichever users. Give either sessionIds or userId. */
  readonly sessionIds?: ReadonlyArray<string> | null | undefined;
  /** The live sessions of this user. Give either sessionIds or userId. */
  readonly userId?: string | null | undefined;
};

/** Why a session was ended. */
export type SessionEndReason =
  /** The account was locked, deactivated or deleted. */
  | 'ACCOUNT_DISABLED'
  /** An administrator ended it. */
  | 'ADMIN_REQUEST'
  /** A password or another credential was changed. */
  | 'CREDENTIAL_CHANGED'
  /** Ended together with others while an incident is dealt with. */
  | 'INCIDENT_RESPONSE'
  /** None of the other reasons; the comment may tell more. */
  | 'OTHER'
  /** Only so many sessions may live, and newer ones do. */
  | 'SESSION_LIMIT_EXCEEDED'
  /** Only one session may live, and a newer one does. */
  | 'SINGLE_SESSION_POLICY'
  /** The session or its account may be in the wrong hands. */
  | 'SUSPECTED_COMPROMISE'
  /** The user signed out of this session. */
  | 'USER_LOGOUT'
  /** The user ended it from another session. */
  | 'USER_REQUEST';

/** What has happened to a session. */
export type SessionEventType =
  /** A user was found to have more sessions than allowed, under a rule that ends none of them. */
  | 'SESSION_LIMIT_EXCEEDED'
  /** A refresh token was exchanged for an access token. */
  | 'SESSION_REFRESHED'
  /** One session was revoked, or all of a user or of an application. */
  | 'SESSION_REVOKED'
  /** A user has signed in. FusionAuth tells before the session exists, so it is not named, and in the end there may be none. */
  | 'SESSION_STARTED';

/** Which sessions to include: those that match every field given. A list matches any of its values. */
export type SessionFilter = {
  /** Sessions of these applications, at most 100. SSO sessions belong to none. */
  readonly applicationIds?: ReadonlyArray<string> | null | undefined;
  /** Sessions that began in this span. */
  readonly createdAt?: DateTimeRange | null | undefined;
  /** Sessions on devices of these types, at most 100, upper and lower case alike. */
  readonly deviceTypes?: ReadonlyArray<string> | null | undefined;
  /** Sessions of these kinds. */
  readonly kinds?: ReadonlyArray<SessionKind> | null | undefined;
  /** Sessions last used in this span. Excludes those of which FusionAuth does not say when. */
  readonly lastAccessedAt?: DateTimeRange | null | undefined;
  /** Sessions in these states. By default only those that can still be used. */
  readonly states?: ReadonlyArray<SessionState>;
};

/** What a session signs the user in to. */
export type SessionKind =
  /** One application: a refresh token with an applicationId. */
  | 'APPLICATION'
  /** FusionAuth's hosted login pages, which then sign the user in to applications without a password. It belongs to no application. */
  | 'SSO';

/** The order of a list of sessions. */
export type SessionOrder = {
  /** Latest first unless told otherwise. */
  readonly direction?: OrderDirection;
  /** What to order by. Sessions without that instant come last. */
  readonly field?: SessionOrderField;
};

/** The instant that sessions are ordered by. */
export type SessionOrderField =
  /** When the session began. Sessions of one instant are ordered by id. */
  | 'CREATED_AT'
  /** When the session expires. Sessions of unknown lifetime come last. */
  | 'EXPIRES_AT'
  /** When the session was last used. Sessions never used come last. */
  | 'LAST_ACCESSED_AT';

/** Whether a session can still be used. */
export type SessionState =
  /** Its refresh token can be exchanged, as far as the settings tell. */
  | 'ACTIVE'
  /** Its lifetime is over, though FusionAuth still lists it. */
  | 'EXPIRED';

/** What a caller should know although the operation did what was asked. */
export type SessionWarningCode =
  /** Access tokens of ended sessions are accepted until accessTokensExpireBy where only signatures are checked. */
  | 'ACCESS_TOKENS_STILL_VALID'
  /** What was done is not recorded yet: nobody takes the log of the service. An operator has to look at it. */
  | 'AUDIT_NOT_WRITTEN'
  /** FusionAuth lists the newest 1,000 sessions of a user: older ones may exist that were not looked at. */
  | 'LISTING_TRUNCATED'
  /** The rule needs calls for one user to take turns, and they do so only within one process of the service. */
  | 'NO_SHARED_LOCK'
  /** A browser that was signed out may come back through its SSO session without a password. */
  | 'SSO_SESSIONS_REMAIN';

/** What becomes of SSO sessions, which never count against a limit. */
export type SsoSessionRule =
  /** They are left alone. An evicted browser may come back without a password. */
  | 'KEEP_ALL'
  /** The newest one stays. */
  | 'KEEP_NEWEST'
  /** All end. The next visit to a login page asks for the password. */
  | 'REVOKE_ALL';

/** Why something that was asked was not done. */
export type UserErrorCode =
  /** A call that runs at the same moment has chosen to keep the session. Calling again is safe. */
  | 'HELD_BY_ANOTHER_CALL'
  /** The arguments contradict each other. Nothing was ended. */
  | 'INVALID_ARGUMENT'
  /** The session to keep does not exist, has ended or may have, because a revocation of it went unanswered, or is another user's. Nothing was ended. */
  | 'KEEP_SESSION_NOT_LIVE'
  /** The user has no such session. */
  | 'SESSION_NOT_FOUND'
  /** FusionAuth refused the call. An operator has to look at it. */
  | 'UPSTREAM_REJECTED'
  /** FusionAuth did not answer in time. Calling again is safe. */
  | 'UPSTREAM_TIMEOUT'
  /** FusionAuth is not available. Calling again is safe. */
  | 'UPSTREAM_UNAVAILABLE';

export type EnforceSingleSessionMutationVariables = Exact<{
  userId: string;
  keepSessionId?: string | null | undefined;
  applicationId?: string | null | undefined;
  scope?: LimitScope;
  onNewerSession?: NewerSessionRule;
  ssoSessions?: SsoSessionRule | null | undefined;
  reason?: SessionEndReason;
  comment?: string | null | undefined;
  dryRun?: boolean;
}>;


export type EnforceSingleSessionMutation = { readonly enforceSingleSession: { readonly outcome: EnforcementOutcome | null, readonly revokedCount: number, readonly accessTokensExpireBy: string | null, readonly keptSession: { readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } } | null, readonly revokedSessions: ReadonlyArray<{ readonly id: string, readonly sessionId: string, readonly userId: string, readonly applicationId: string | null, readonly endedAt: string, readonly reason: SessionEndReason, readonly initiatingEntity: InitiatingEntity, readonly replacedBySessionId: string | null, readonly accessTokensExpireBy: string | null }>, readonly failures: ReadonlyArray<{ readonly sessionId: string, readonly code: UserErrorCode, readonly message: string, readonly retryable: boolean }>, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly field: ReadonlyArray<string> | null }>, readonly warnings: ReadonlyArray<{ readonly code: SessionWarningCode, readonly message: string }> } };

export type RevokeSessionMutationVariables = Exact<{
  sessionId: string;
  userId?: string | null | undefined;
  reason?: SessionEndReason;
  comment?: string | null | undefined;
  dryRun?: boolean;
}>;


export type RevokeSessionMutation = { readonly revokeSession: { readonly outcome: RevocationOutcome | null, readonly session: { readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } } | null, readonly endedSession: { readonly id: string, readonly sessionId: string, readonly userId: string, readonly applicationId: string | null, readonly endedAt: string, readonly reason: SessionEndReason, readonly initiatingEntity: InitiatingEntity, readonly replacedBySessionId: string | null, readonly accessTokensExpireBy: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly field: ReadonlyArray<string> | null }>, readonly warnings: ReadonlyArray<{ readonly code: SessionWarningCode, readonly message: string }> } };

export type EndedSessionFieldsFragment = { readonly id: string, readonly sessionId: string, readonly userId: string, readonly applicationId: string | null, readonly endedAt: string, readonly reason: SessionEndReason, readonly initiatingEntity: InitiatingEntity, readonly replacedBySessionId: string | null, readonly accessTokensExpireBy: string | null };

export type EnforceSessionLimitMutationVariables = Exact<{
  input: EnforceSessionLimitInput;
}>;


export type EnforceSessionLimitMutation = { readonly enforceSessionLimit: { readonly outcome: EnforcementOutcome | null, readonly revokedCount: number, readonly accessTokensExpireBy: string | null, readonly keptSessions: ReadonlyArray<{ readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } }>, readonly revokedSessions: ReadonlyArray<{ readonly id: string, readonly sessionId: string, readonly userId: string, readonly applicationId: string | null, readonly endedAt: string, readonly reason: SessionEndReason, readonly initiatingEntity: InitiatingEntity, readonly replacedBySessionId: string | null, readonly accessTokensExpireBy: string | null }>, readonly failures: ReadonlyArray<{ readonly sessionId: string, readonly code: UserErrorCode, readonly message: string, readonly retryable: boolean }>, readonly candidates: ReadonlyArray<{ readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } }>, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly field: ReadonlyArray<string> | null }>, readonly warnings: ReadonlyArray<{ readonly code: SessionWarningCode, readonly message: string }> } };

export type RevokeSessionsMutationVariables = Exact<{
  input: RevokeSessionsInput;
}>;


export type RevokeSessionsMutation = { readonly revokeSessions: { readonly revokedCount: number, readonly alreadyEndedIds: ReadonlyArray<string>, readonly more: boolean, readonly revokedSessions: ReadonlyArray<{ readonly id: string, readonly sessionId: string, readonly userId: string, readonly applicationId: string | null, readonly endedAt: string, readonly reason: SessionEndReason, readonly initiatingEntity: InitiatingEntity, readonly replacedBySessionId: string | null, readonly accessTokensExpireBy: string | null }>, readonly failures: ReadonlyArray<{ readonly sessionId: string, readonly code: UserErrorCode, readonly message: string, readonly retryable: boolean }>, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly field: ReadonlyArray<string> | null }>, readonly warnings: ReadonlyArray<{ readonly code: SessionWarningCode, readonly message: string }> } };

export type SessionEventsSubscriptionVariables = Exact<{
  userId?: string | null | undefined;
  types?: ReadonlyArray<SessionEventType> | SessionEventType | null | undefined;
  after?: string | null | undefined;
}>;


export type SessionEventsSubscription = { readonly sessionEvents: { readonly id: string, readonly type: SessionEventType, readonly userId: string | null, readonly applicationId: string | null, readonly sessionId: string | null, readonly reason: SessionEndReason | null, readonly initiatingEntity: InitiatingEntity | null, readonly occurredAt: string, readonly revocation: { readonly id: string, readonly sessionId: string | null, readonly userId: string | null, readonly applicationId: string | null, readonly issuedBefore: string, readonly expiresAt: string } | null } };

export type RevocationsQueryVariables = Exact<{
  since?: string | null | undefined;
  first?: number;
  after?: string | null | undefined;
}>;


export type RevocationsQuery = { readonly revocationsCompleteSince: string, readonly revocations: ReadonlyArray<{ readonly id: string, readonly sessionId: string | null, readonly userId: string | null, readonly applicationId: string | null, readonly issuedBefore: string, readonly expiresAt: string }> };

export type EndedSessionQueryVariables = Exact<{
  id: string;
}>;


export type EndedSessionQuery = { readonly endedSession: { readonly id: string, readonly sessionId: string, readonly userId: string, readonly applicationId: string | null, readonly endedAt: string, readonly reason: SessionEndReason, readonly initiatingEntity: InitiatingEntity, readonly replacedBySessionId: string | null, readonly accessTokensExpireBy: string | null } | null };

export type SessionFieldsFragment = { readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } };

export type SessionsQueryVariables = Exact<{
  userId: string;
  filter?: SessionFilter | null | undefined;
  orderBy?: SessionOrder | null | undefined;
}>;


export type SessionsQuery = { readonly sessions: ReadonlyArray<{ readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly application: { readonly id: string, readonly name: string | null } | null, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } }> };

export type SessionQueryVariables = Exact<{
  id: string;
}>;


export type SessionQuery = { readonly session: { readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly user: { readonly id: string, readonly email: string | null, readonly displayName: string | null } | null, readonly application: { readonly id: string, readonly name: string | null, readonly accessTokenLifetimeSeconds: number | null } | null, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } } | null };

export type SessionsPageQueryVariables = Exact<{
  userId: string;
  filter?: SessionFilter | null | undefined;
  orderBy?: SessionOrder | null | undefined;
  first?: number;
  after?: string | null | undefined;
}>;


export type SessionsPageQuery = { readonly sessionsConnection: { readonly totalCount: number, readonly truncated: boolean, readonly nodes: ReadonlyArray<{ readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly application: { readonly id: string, readonly name: string | null } | null, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } } };

export type SessionPolicyQueryVariables = Exact<{
  applicationId?: string | null | undefined;
}>;


export type SessionPolicyQuery = { readonly sessionPolicy: { readonly applicationId: string | null, readonly idleLifetimeSeconds: number | null, readonly absoluteLifetimeSeconds: number | null, readonly accessTokenLifetimeSeconds: number | null } | null };

export type UserSessionsQueryVariables = Exact<{
  userId: string;
  filter?: SessionFilter | null | undefined;
}>;


export type UserSessionsQuery = { readonly user: { readonly id: string, readonly email: string | null, readonly username: string | null, readonly displayName: string | null, readonly active: boolean, readonly lastLoginAt: string | null, readonly sessionCount: number, readonly sessions: ReadonlyArray<{ readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly application: { readonly id: string, readonly name: string | null } | null, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } }> } | null };

export type UsersSessionsQueryVariables = Exact<{
  userIds: ReadonlyArray<string> | string;
  filter?: SessionFilter | null | undefined;
}>;


export type UsersSessionsQuery = { readonly users: ReadonlyArray<{ readonly id: string, readonly email: string | null, readonly displayName: string | null, readonly active: boolean, readonly sessions: ReadonlyArray<{ readonly id: string, readonly userId: string, readonly applicationId: string | null, readonly kind: SessionKind, readonly state: SessionState, readonly createdAt: string, readonly lastAccessedAt: string | null, readonly expiresAt: string | null, readonly ipAddress: string | null, readonly scopes: ReadonlyArray<string>, readonly application: { readonly id: string, readonly name: string | null } | null, readonly device: { readonly name: string | null, readonly description: string | null, readonly type: string | null } }> } | null> };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly kind: CallerKind, readonly name: string, readonly permissions: ReadonlyArray<string> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const EndedSessionFieldsFragmentDoc = new TypedDocumentString(`
    fragment EndedSessionFields on EndedSession {
  id
  sessionId
  userId
  applicationId
  endedAt
  reason
  initiatingEntity
  replacedBySessionId
  accessTokensExpireBy
}
    `, {"fragmentName":"EndedSessionFields"}) as unknown as TypedDocumentString<EndedSessionFieldsFragment, unknown>;
export const SessionFieldsFragmentDoc = new TypedDocumentString(`
    fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}
    `, {"fragmentName":"SessionFields"}) as unknown as TypedDocumentString<SessionFieldsFragment, unknown>;
export const EnforceSingleSessionDocument = new TypedDocumentString(`
    mutation EnforceSingleSession($userId: ID!, $keepSessionId: ID, $applicationId: ID, $scope: LimitScope! = USER, $onNewerSession: NewerSessionRule! = KEEP_NEWEST, $ssoSessions: SsoSessionRule, $reason: SessionEndReason! = SINGLE_SESSION_POLICY, $comment: String, $dryRun: Boolean! = false) {
  enforceSingleSession(
    userId: $userId
    keepSessionId: $keepSessionId
    applicationId: $applicationId
    scope: $scope
    onNewerSession: $onNewerSession
    ssoSessions: $ssoSessions
    reason: $reason
    comment: $comment
    dryRun: $dryRun
  ) {
    outcome
    keptSession {
      ...SessionFields
    }
    revokedCount
    revokedSessions {
      ...EndedSessionFields
    }
    failures {
      sessionId
      code
      message
      retryable
    }
    accessTokensExpireBy
    userErrors {
      code
      message
      field
    }
    warnings {
      code
      message
    }
  }
}
    fragment EndedSessionFields on EndedSession {
  id
  sessionId
  userId
  applicationId
  endedAt
  reason
  initiatingEntity
  replacedBySessionId
  accessTokensExpireBy
}
fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<EnforceSingleSessionMutation, EnforceSingleSessionMutationVariables>;
export const RevokeSessionDocument = new TypedDocumentString(`
    mutation RevokeSession($sessionId: ID!, $userId: ID, $reason: SessionEndReason! = ADMIN_REQUEST, $comment: String, $dryRun: Boolean! = false) {
  revokeSession(
    sessionId: $sessionId
    userId: $userId
    reason: $reason
    comment: $comment
    dryRun: $dryRun
  ) {
    outcome
    session {
      ...SessionFields
    }
    endedSession {
      ...EndedSessionFields
    }
    userErrors {
      code
      message
      field
    }
    warnings {
      code
      message
    }
  }
}
    fragment EndedSessionFields on EndedSession {
  id
  sessionId
  userId
  applicationId
  endedAt
  reason
  initiatingEntity
  replacedBySessionId
  accessTokensExpireBy
}
fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<RevokeSessionMutation, RevokeSessionMutationVariables>;
export const EnforceSessionLimitDocument = new TypedDocumentString(`
    mutation EnforceSessionLimit($input: EnforceSessionLimitInput!) {
  enforceSessionLimit(input: $input) {
    outcome
    keptSessions {
      ...SessionFields
    }
    revokedCount
    revokedSessions {
      ...EndedSessionFields
    }
    failures {
      sessionId
      code
      message
      retryable
    }
    candidates {
      ...SessionFields
    }
    accessTokensExpireBy
    userErrors {
      code
      message
      field
    }
    warnings {
      code
      message
    }
  }
}
    fragment EndedSessionFields on EndedSession {
  id
  sessionId
  userId
  applicationId
  endedAt
  reason
  initiatingEntity
  replacedBySessionId
  accessTokensExpireBy
}
fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<EnforceSessionLimitMutation, EnforceSessionLimitMutationVariables>;
export const RevokeSessionsDocument = new TypedDocumentString(`
    mutation RevokeSessions($input: RevokeSessionsInput!) {
  revokeSessions(input: $input) {
    revokedCount
    revokedSessions {
      ...EndedSessionFields
    }
    alreadyEndedIds
    failures {
      sessionId
      code
      message
      retryable
    }
    more
    userErrors {
      code
      message
      field
    }
    warnings {
      code
      message
    }
  }
}
    fragment EndedSessionFields on EndedSession {
  id
  sessionId
  userId
  applicationId
  endedAt
  reason
  initiatingEntity
  replacedBySessionId
  accessTokensExpireBy
}`) as unknown as TypedDocumentString<RevokeSessionsMutation, RevokeSessionsMutationVariables>;
export const SessionEventsDocument = new TypedDocumentString(`
    subscription SessionEvents($userId: ID, $types: [SessionEventType!], $after: ID) {
  sessionEvents(userId: $userId, types: $types, after: $after) {
    id
    type
    userId
    applicationId
    sessionId
    reason
    initiatingEntity
    occurredAt
    revocation {
      id
      sessionId
      userId
      applicationId
      issuedBefore
      expiresAt
    }
  }
}
    `) as unknown as TypedDocumentString<SessionEventsSubscription, SessionEventsSubscriptionVariables>;
export const RevocationsDocument = new TypedDocumentString(`
    query Revocations($since: DateTime, $first: Int! = 10000, $after: ID) {
  revocationsCompleteSince
  revocations(since: $since, first: $first, after: $after) {
    id
    sessionId
    userId
    applicationId
    issuedBefore
    expiresAt
  }
}
    `) as unknown as TypedDocumentString<RevocationsQuery, RevocationsQueryVariables>;
export const EndedSessionDocument = new TypedDocumentString(`
    query EndedSession($id: ID!) {
  endedSession(id: $id) {
    ...EndedSessionFields
  }
}
    fragment EndedSessionFields on EndedSession {
  id
  sessionId
  userId
  applicationId
  endedAt
  reason
  initiatingEntity
  replacedBySessionId
  accessTokensExpireBy
}`) as unknown as TypedDocumentString<EndedSessionQuery, EndedSessionQueryVariables>;
export const SessionsDocument = new TypedDocumentString(`
    query Sessions($userId: ID!, $filter: SessionFilter, $orderBy: SessionOrder) {
  sessions(userId: $userId, filter: $filter, orderBy: $orderBy) {
    ...SessionFields
    application {
      id
      name
    }
  }
}
    fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<SessionsQuery, SessionsQueryVariables>;
export const SessionDocument = new TypedDocumentString(`
    query Session($id: ID!) {
  session(id: $id) {
    ...SessionFields
    user {
      id
      email
      displayName
    }
    application {
      id
      name
      accessTokenLifetimeSeconds
    }
  }
}
    fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<SessionQuery, SessionQueryVariables>;
export const SessionsPageDocument = new TypedDocumentString(`
    query SessionsPage($userId: ID!, $filter: SessionFilter, $orderBy: SessionOrder, $first: Int! = 50, $after: String) {
  sessionsConnection(
    userId: $userId
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
  ) {
    nodes {
      ...SessionFields
      application {
        id
        name
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    totalCount
    truncated
  }
}
    fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<SessionsPageQuery, SessionsPageQueryVariables>;
export const SessionPolicyDocument = new TypedDocumentString(`
    query SessionPolicy($applicationId: ID) {
  sessionPolicy(applicationId: $applicationId) {
    applicationId
    idleLifetimeSeconds
    absoluteLifetimeSeconds
    accessTokenLifetimeSeconds
  }
}
    `) as unknown as TypedDocumentString<SessionPolicyQuery, SessionPolicyQueryVariables>;
export const UserSessionsDocument = new TypedDocumentString(`
    query UserSessions($userId: ID!, $filter: SessionFilter) {
  user(id: $userId) {
    id
    email
    username
    displayName
    active
    lastLoginAt
    sessionCount(filter: $filter)
    sessions(filter: $filter) {
      ...SessionFields
      application {
        id
        name
      }
    }
  }
}
    fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<UserSessionsQuery, UserSessionsQueryVariables>;
export const UsersSessionsDocument = new TypedDocumentString(`
    query UsersSessions($userIds: [ID!]!, $filter: SessionFilter) {
  users(ids: $userIds) {
    id
    email
    displayName
    active
    sessions(filter: $filter) {
      ...SessionFields
      application {
        id
        name
      }
    }
  }
}
    fragment SessionFields on Session {
  id
  userId
  applicationId
  kind
  state
  createdAt
  lastAccessedAt
  expiresAt
  ipAddress
  scopes
  device {
    name
    description
    type
  }
}`) as unknown as TypedDocumentString<UsersSessionsQuery, UsersSessionsQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    kind
    name
    permissions
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;