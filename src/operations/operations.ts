/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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
  /** Only sessions on devices of these types count and end, at most 100, upper and lower case alike. Default: all. Together with dryRun it needs session:read, too. */
  readonly deviceTypes?: ReadonlyArray<string> | null | undefined;
  /** Show what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** Sessions to stay, such as the one just created, at most 100. If one of them is not a live session of this user, nothing is revoked. If a session preferred to one of them exists, onNewerSession decides. */
  readonly keepSessionIds?: ReadonlyArray<string> | null | undefined;
  /** How many sessions may stay, 1 to 999. Zero is refused: use revokeSessions. */
  readonly maxSessions: number;
  /** Whether keepSessionIds stay even if other sessions are preferred: newer ones, or ones used later. */
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

/** The result of enforcing a session limit. */
export type EnforcementOutcome =
  /** There were too many sessions, and now there are not. */
  | 'ENFORCED'
  /** Under DENY_NEW and ASK_USER: there are too many sessions. Nothing was ended. */
  | 'LIMIT_REACHED'
  /** The user has no live session that the limit is about, or is not known. */
  | 'NO_SESSIONS'
  /** Some sessions could not be ended (see failures) or looked at (see warnings). Call again to finish. */
  | 'PARTIAL'
  /** Another session is preferred to keepSessionId, as a rule a newer one: it stays, and keepSessionId has ended, by this call or by an earlier one. */
  | 'SUPERSEDED'
  /** There were no more sessions than allowed. Nothing was ended. */
  | 'WITHIN_LIMIT'
  /** Under dryRun: there are too many sessions. Nothing was ended. */
  | 'WOULD_ENFORCE';

/** Who or what initiated a revocation: the values of initiating_entity in OpenID CAEP. */
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
  /** Nothing ends; the outcome is LIMIT_REACHED, and candidates holds the sessions to choose from. */
  | 'ASK_USER'
  /** Nothing ends; the outcome is LIMIT_REACHED, and the caller refuses the sign-in. */
  | 'DENY_NEW'
  /** The sessions unused for longest end. Calls for one user take turns. */
  | 'END_LEAST_RECENTLY_USED'
  /** The sessions created first end. Converges without a lock. */
  | 'END_OLDEST';

/** The result of revoking a session. */
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
  /** Show what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** With userId: sessions to spare, at most 100. If one of them is not a live session of this user, nothing is revoked. */
  readonly exceptSessionIds?: ReadonlyArray<string> | null | undefined;
  /** With userId: only sessions that match. The state ACTIVE, which is the default, stands for all that FusionAuth lists: its clock decides which are live. EXPIRED alone stands for those whose lifetime is over by the settings. Under dryRun, deviceTypes and lastAccessedAt need session:read, too. */
  readonly filter?: SessionFilter | null | undefined;
  /** Also end the SSO sessions of the same users, whatever filter says, but for exceptSessionIds. With sessionIds: at most 50 of them. If the SSO sessions cannot be listed, nothing is ended. */
  readonly includeSsoSessions?: boolean;
  /** The most sessions that this call ends, 1 to 500, oldest first. */
  readonly maxRevocations?: number;
  /** Why the sessions end. */
  readonly reason: SessionEndReason;
  /** These sessions, at most 500, of any users. Give either sessionIds or userId. */
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
  /** None of the other reasons; the comment may say more. */
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
  /** A user has signed in. FusionAuth reports it before the session exists, so sessionId is null, and there may never be a session. */
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
  /** Sessions last used in this span. Excludes those for which FusionAuth gives no last use. */
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
  /** Default: latest first. */
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
  /** Its refresh token can be exchanged, according to the settings. */
  | 'ACTIVE'
  /** Its lifetime is over, though FusionAuth still lists it. */
  | 'EXPIRED';

/** Something that a caller should know although the operation succeeded. */
export type SessionWarningCode =
  /** Access tokens of ended sessions are accepted until accessTokensExpireBy where only signatures are checked. */
  | 'ACCESS_TOKENS_STILL_VALID'
  /** The audit record is not written yet, because nobody reads the log of the service. An operator has to look at it. */
  | 'AUDIT_NOT_WRITTEN'
  /** FusionAuth lists the newest 1,000 sessions of a user: older ones may exist that the call has not seen. */
  | 'LISTING_TRUNCATED'
  /** The database that replicas share is not available. The process that answered refuses the access tokens of what has ended; other replicas and resource servers learn of it once the database is back. */
  | 'NOT_PUBLISHED_YET'
  /** The rule needs calls for one user to take turns, and they do so only within one process of the service: it has no database that replicas share, or has lost it during the call. */
  | 'NO_SHARED_LOCK'
  /** A browser that was signed out may come back through its SSO session without a password. */
  | 'SSO_SESSIONS_REMAIN';

/** What happens to SSO sessions, which never count against a limit. */
export type SsoSessionRule =
  /** They are left alone. An evicted browser may come back without a password. */
  | 'KEEP_ALL'
  /** The newest one stays. */
  | 'KEEP_NEWEST'
  /** All end. The next visit to a login page asks for the password. */
  | 'REVOKE_ALL';

/** Why the service did not do what the caller asked. */
export type UserErrorCode =
  /** A call that runs at the same moment has chosen to keep the session. Calling again is safe. */
  | 'HELD_BY_ANOTHER_CALL'
  /** The arguments contradict each other. Nothing was ended. */
  | 'INVALID_ARGUMENT'
  /** The session to keep does not exist, has ended or may have, because a revocation of it went unanswered, or is another user's. Nothing was ended. */
  | 'KEEP_SESSION_NOT_LIVE'
  /** The session policy has ended maxRevocationsPerMinute sessions in this minute, over all users. Calling again is safe. */
  | 'POLICY_RATE_EXCEEDED'
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
  userIds?: ReadonlyArray<string> | string | null | undefined;
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

export type SearchUsersQueryVariables = Exact<{
  text: string;
  first?: number;
  after?: string | null | undefined;
}>;


export type SearchUsersQuery = { readonly searchUsers: { readonly totalCount: number, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null }, readonly nodes: ReadonlyArray<{ readonly id: string, readonly email: string | null, readonly username: string | null, readonly displayName: string | null, readonly active: boolean, readonly lastLoginAt: string | null, readonly tenant: { readonly id: string, readonly name: string | null } | null }> } };

export type ApplicationsQueryVariables = Exact<{ [key: string]: never; }>;


export type ApplicationsQuery = { readonly applications: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly tenant: { readonly id: string, readonly name: string | null } | null }> };

export type RecentSignInsQueryVariables = Exact<{
  userId: string;
  first?: number;
}>;


export type RecentSignInsQuery = { readonly recentSignIns: ReadonlyArray<{ readonly signedInAt: string, readonly ipAddress: string | null, readonly applicationId: string | null, readonly application: { readonly id: string, readonly name: string | null } | null }> | null };

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
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
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


export type ViewerQuery = { readonly viewer: { readonly kind: CallerKind, readonly name: string, readonly displayName: string, readonly userId: string | null, readonly sessionId: string | null, readonly permissions: ReadonlyArray<string>, readonly tenants: ReadonlyArray<{ readonly id: string, readonly name: string | null }> } };

export const EndedSessionFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EndedSessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EndedSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"initiatingEntity"}},{"kind":"Field","name":{"kind":"Name","value":"replacedBySessionId"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}}]}}]} as unknown as DocumentNode<EndedSessionFieldsFragment, unknown>;
export const SessionFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<SessionFieldsFragment, unknown>;
export const EnforceSingleSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EnforceSingleSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"keepSessionId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"applicationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"scope"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LimitScope"}}},"defaultValue":{"kind":"EnumValue","value":"USER"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"onNewerSession"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"NewerSessionRule"}}},"defaultValue":{"kind":"EnumValue","value":"KEEP_NEWEST"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ssoSessions"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"SsoSessionRule"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"reason"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionEndReason"}}},"defaultValue":{"kind":"EnumValue","value":"SINGLE_SESSION_POLICY"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"comment"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}},"defaultValue":{"kind":"BooleanValue","value":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"enforceSingleSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}},{"kind":"Argument","name":{"kind":"Name","value":"keepSessionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"keepSessionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"applicationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"applicationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"scope"},"value":{"kind":"Variable","name":{"kind":"Name","value":"scope"}}},{"kind":"Argument","name":{"kind":"Name","value":"onNewerSession"},"value":{"kind":"Variable","name":{"kind":"Name","value":"onNewerSession"}}},{"kind":"Argument","name":{"kind":"Name","value":"ssoSessions"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ssoSessions"}}},{"kind":"Argument","name":{"kind":"Name","value":"reason"},"value":{"kind":"Variable","name":{"kind":"Name","value":"reason"}}},{"kind":"Argument","name":{"kind":"Name","value":"comment"},"value":{"kind":"Variable","name":{"kind":"Name","value":"comment"}}},{"kind":"Argument","name":{"kind":"Name","value":"dryRun"},"value":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"keptSession"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"revokedCount"}},{"kind":"Field","name":{"kind":"Name","value":"revokedSessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndedSessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failures"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EndedSessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EndedSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"initiatingEntity"}},{"kind":"Field","name":{"kind":"Name","value":"replacedBySessionId"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<EnforceSingleSessionMutation, EnforceSingleSessionMutationVariables>;
export const RevokeSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RevokeSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"sessionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"reason"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionEndReason"}}},"defaultValue":{"kind":"EnumValue","value":"ADMIN_REQUEST"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"comment"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}},"defaultValue":{"kind":"BooleanValue","value":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revokeSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"sessionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"sessionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}},{"kind":"Argument","name":{"kind":"Name","value":"reason"},"value":{"kind":"Variable","name":{"kind":"Name","value":"reason"}}},{"kind":"Argument","name":{"kind":"Name","value":"comment"},"value":{"kind":"Variable","name":{"kind":"Name","value":"comment"}}},{"kind":"Argument","name":{"kind":"Name","value":"dryRun"},"value":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"session"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"endedSession"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndedSessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EndedSessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EndedSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"initiatingEntity"}},{"kind":"Field","name":{"kind":"Name","value":"replacedBySessionId"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<RevokeSessionMutation, RevokeSessionMutationVariables>;
export const EnforceSessionLimitDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EnforceSessionLimit"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EnforceSessionLimitInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"enforceSessionLimit"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"keptSessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"revokedCount"}},{"kind":"Field","name":{"kind":"Name","value":"revokedSessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndedSessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failures"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"candidates"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EndedSessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EndedSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"initiatingEntity"}},{"kind":"Field","name":{"kind":"Name","value":"replacedBySessionId"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<EnforceSessionLimitMutation, EnforceSessionLimitMutationVariables>;
export const RevokeSessionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RevokeSessions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RevokeSessionsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revokeSessions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revokedCount"}},{"kind":"Field","name":{"kind":"Name","value":"revokedSessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndedSessionFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"alreadyEndedIds"}},{"kind":"Field","name":{"kind":"Name","value":"failures"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"more"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EndedSessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EndedSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"initiatingEntity"}},{"kind":"Field","name":{"kind":"Name","value":"replacedBySessionId"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}}]}}]} as unknown as DocumentNode<RevokeSessionsMutation, RevokeSessionsMutationVariables>;
export const SessionEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"SessionEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userIds"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"types"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionEventType"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}},{"kind":"Argument","name":{"kind":"Name","value":"userIds"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userIds"}}},{"kind":"Argument","name":{"kind":"Name","value":"types"},"value":{"kind":"Variable","name":{"kind":"Name","value":"types"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"initiatingEntity"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"revocation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"issuedBefore"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}}]}}]}}]} as unknown as DocumentNode<SessionEventsSubscription, SessionEventsSubscriptionVariables>;
export const RevocationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Revocations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"since"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"10000"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revocationsCompleteSince"}},{"kind":"Field","name":{"kind":"Name","value":"revocations"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"since"},"value":{"kind":"Variable","name":{"kind":"Name","value":"since"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"issuedBefore"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}}]}}]} as unknown as DocumentNode<RevocationsQuery, RevocationsQueryVariables>;
export const EndedSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"EndedSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endedSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EndedSessionFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EndedSessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EndedSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"initiatingEntity"}},{"kind":"Field","name":{"kind":"Name","value":"replacedBySessionId"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokensExpireBy"}}]}}]} as unknown as DocumentNode<EndedSessionQuery, EndedSessionQueryVariables>;
export const SearchUsersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SearchUsers"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"text"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"10"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"searchUsers"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"text"},"value":{"kind":"Variable","name":{"kind":"Name","value":"text"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"username"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"active"}},{"kind":"Field","name":{"kind":"Name","value":"lastLoginAt"}},{"kind":"Field","name":{"kind":"Name","value":"tenant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<SearchUsersQuery, SearchUsersQueryVariables>;
export const ApplicationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Applications"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"applications"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"tenant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ApplicationsQuery, ApplicationsQueryVariables>;
export const RecentSignInsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RecentSignIns"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recentSignIns"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"signedInAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<RecentSignInsQuery, RecentSignInsQueryVariables>;
export const SessionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Sessions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionOrder"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<SessionsQuery, SessionsQueryVariables>;
export const SessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Session"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"session"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokenLifetimeSeconds"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<SessionQuery, SessionQueryVariables>;
export const SessionsPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SessionsPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionsConnection"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"userId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"truncated"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<SessionsPageQuery, SessionsPageQueryVariables>;
export const SessionPolicyDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SessionPolicy"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"applicationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionPolicy"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"applicationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"applicationId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"idleLifetimeSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"absoluteLifetimeSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"accessTokenLifetimeSeconds"}}]}}]}}]} as unknown as DocumentNode<SessionPolicyQuery, SessionPolicyQueryVariables>;
export const UserSessionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"UserSessions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"username"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"active"}},{"kind":"Field","name":{"kind":"Name","value":"lastLoginAt"}},{"kind":"Field","name":{"kind":"Name","value":"sessionCount"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}]},{"kind":"Field","name":{"kind":"Name","value":"sessions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<UserSessionsQuery, UserSessionsQueryVariables>;
export const UsersSessionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"UsersSessions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userIds"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"users"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userIds"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"active"}},{"kind":"Field","name":{"kind":"Name","value":"sessions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionFields"}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Session"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"applicationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastAccessedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddress"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}}]}}]} as unknown as DocumentNode<UsersSessionsQuery, UsersSessionsQueryVariables>;
export const ViewerDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"sessionId"}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}},{"kind":"Field","name":{"kind":"Name","value":"tenants"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ViewerQuery, ViewerQueryVariables>;