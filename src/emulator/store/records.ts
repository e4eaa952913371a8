/**
 * The records the emulator keeps, in the shape of FusionAuth's JSON.
 *
 * Names and types follow FusionAuth's API documentation and client types. Only members the emulator looks at are
 * listed; other members of a request are kept and returned as they came. An absent member is left out of the JSON,
 * never sent as null. Instants are epoch milliseconds.
 */

export interface Device {
  name?: string;
  description?: string;
  type?: string;
  lastAccessedAddress?: string;
  lastAccessedInstant?: number;
}

interface RefreshTokenMetaData {
  device?: Device;
  scopes?: string[];
}

/** A session. One without `applicationId` is a single sign-on session. */
export interface RefreshToken {
  id: string;
  /** The secret. FusionAuth's documented examples return it to callers with an API key. */
  token: string;
  applicationId?: string;
  userId: string;
  /** Present on single sign-on sessions only. */
  tenantId?: string;
  insertInstant: number;
  startInstant: number;
  metaData?: RefreshTokenMetaData;
  data?: Record<string, unknown>;
}

type RefreshTokenExpirationPolicy = 'Fixed' | 'SlidingWindow' | 'SlidingWindowWithMaximumLifetime';
export type RefreshTokenUsagePolicy = 'Reusable' | 'OneTimeUse';

export interface RefreshTokenRevocationPolicy {
  onLoginPrevented?: boolean;
  onPasswordChanged?: boolean;
  onMultiFactorEnable?: boolean;
  onOneTimeTokenReuse?: boolean;
}

export interface JwtConfiguration {
  enabled?: boolean;
  accessTokenKeyId?: string;
  idTokenKeyId?: string;
  timeToLiveInSeconds: number;
  refreshTokenTimeToLiveInMinutes: number;
  refreshTokenExpirationPolicy: RefreshTokenExpirationPolicy;
  refreshTokenSlidingWindowConfiguration: { maximumTimeToLiveInMinutes: number };
  refreshTokenUsagePolicy: RefreshTokenUsagePolicy;
  refreshTokenOneTimeUseConfiguration: { gracePeriodInSeconds: number };
  refreshTokenRevocationPolicy: RefreshTokenRevocationPolicy;
}

export type TransactionType = 'None' | 'Any' | 'SimpleMajority' | 'SuperMajority' | 'AbsoluteMajority';

export interface Tenant {
  id: string;
  name: string;
  issuer: string;
  /** Lifetime of a single sign-on session, in seconds. */
  httpSessionMaxInactiveInterval: number;
  jwtConfiguration: JwtConfiguration;
  loginConfiguration: { requireAuthentication: boolean };
  eventConfiguration: { events: Record<string, { enabled: boolean; transactionType: TransactionType }> };
  logoutURL?: string;
  passwordValidationRules?: Record<string, unknown>;
  emailConfiguration?: {
    verifyEmail?: boolean;
    unverified?: { behavior?: string };
    forgotPasswordEmailTemplateId?: string;
  };
  data?: Record<string, unknown>;
  state: 'Active' | 'Inactive' | 'PendingDelete';
  insertInstant: number;
  lastUpdateInstant: number;
}

export interface LoginConfiguration {
  allowTokenRefresh: boolean;
  generateRefreshTokens: boolean;
  requireAuthentication: boolean;
}

export interface OAuthConfiguration {
  clientId: string;
  clientSecret: string;
  clientAuthenticationPolicy: 'Required' | 'NotRequired' | 'NotRequiredWhenUsingPKCE';
  enabledGrants: string[];
  generateRefreshTokens: boolean;
  authorizedRedirectURLs: string[];
  logoutURL?: string;
  logoutBehavior: 'RedirectOnly' | 'AllApplications';
  requireRegistration: boolean;
  scopeHandlingPolicy: 'Compatibility' | 'Strict';
  unknownScopePolicy: 'Allow' | 'Remove' | 'Reject';
  proofKeyForCodeExchangePolicy: 'Required' | 'NotRequired' | 'NotRequiredWhenUsingClientAuthentication';
  authorizedURLValidationPolicy: 'AllowWildcards' | 'ExactMatch';
  relationship?: 'FirstParty' | 'ThirdParty' | undefined;
  consentMode?: 'AlwaysPrompt' | 'RememberDecision' | 'NeverPrompt' | undefined;
}

export interface ApplicationRole {
  id: string;
  name: string;
  description?: string | undefined;
  isDefault: boolean;
  isSuperRole: boolean;
  insertInstant: number;
  lastUpdateInstant: number;
}

/** A custom OAuth scope of an application. */
export interface ApplicationScope {
  id: string;
  name: string;
  description?: string | undefined;
  defaultConsentMessage?: string | undefined;
  defaultConsentDetail?: string | undefined;
  required: boolean;
  insertInstant: number;
  lastUpdateInstant: number;
}

export interface Application {
  id: string;
  name: string;
  tenantId: string;
  active: boolean;
  state: 'Active' | 'Inactive' | 'PendingDelete';
  jwtConfiguration: JwtConfiguration;
  loginConfiguration: LoginConfiguration;
  oauthConfiguration: OAuthConfiguration;
  roles: ApplicationRole[];
  scopes: ApplicationScope[];
  verifyRegistration: boolean;
  passwordlessConfiguration?: { enabled?: boolean | undefined };
  /** Whether users may register themselves. */
  registrationConfiguration?: { enabled?: boolean | undefined };
  data?: Record<string, unknown>;
  insertInstant: number;
  lastUpdateInstant: number;
}

/** What a user decided on the scopes of a third party. */
export interface Consent {
  readonly asked: readonly string[];
  readonly granted: readonly string[];
}

/** A group of users, with roles that each member has in the applications it is registered for. */
export interface Group {
  id: string;
  name: string;
  tenantId: string;
  data: Record<string, unknown>;
  /** Application id to roles. */
  roles: Record<string, ApplicationRole[]>;
  insertInstant: number;
  lastUpdateInstant: number;
}

/** A user's membership, as the user holds it. */
export interface GroupMember {
  id: string;
  groupId: string;
  data?: Record<string, unknown>;
  insertInstant: number;
}

export interface UserRegistration {
  id: string;
  applicationId: string;
  roles: string[];
  username?: string;
  verified: boolean;
  data?: Record<string, unknown>;
  insertInstant: number;
  lastLoginInstant?: number;
  lastUpdateInstant: number;
}

export interface UserIdentity {
  type: 'email' | 'username' | 'phoneNumber';
  value: string;
  displayValue: string;
  primary: boolean;
  verified: boolean;
  insertInstant: number;
  lastUpdateInstant: number;
  verifiedInstant?: number;
}

export interface User {
  id: string;
  tenantId: string;
  active: boolean;
  email?: string;
  username?: string;
  phoneNumber?: string;
  firstName?: string;
  lastName?: string;
  fullName?: string;
  imageUrl?: string;
  expiry?: number;
  verified: boolean;
  usernameStatus: 'ACTIVE' | 'PENDING' | 'REJECTED';
  passwordChangeRequired: boolean;
  passwordLastUpdateInstant?: number;
  twoFactor: { methods: unknown[]; recoveryCodes?: string[] };
  parentEmail?: string;
  registrations: UserRegistration[];
  memberships: GroupMember[];
  data?: Record<string, unknown>;
  insertInstant: number;
  lastLoginInstant?: number;
  lastUpdateInstant: number;
}
