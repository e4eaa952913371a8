import { randomBytes } from 'node:crypto';
import { type JwtConfigurationInput, jwtConfigurationWithDefaults } from './defaults.js';
import type { ApiKey, ApiKeyPermissions, Webhook } from './instance-records.js';
import { newId } from './new-id.js';
import type {
  Application,
  Device,
  LoginConfiguration,
  OAuthConfiguration,
  RefreshToken,
  Tenant,
  User,
  UserRegistration,
} from './records.js';

/** Every member may be left out or undefined. */
export type Input<T> = { readonly [K in keyof T]?: T[K] | undefined };

export type TenantInput = Input<Omit<Tenant, 'jwtConfiguration'>> & {
  readonly jwtConfiguration?: JwtConfigurationInput | undefined;
};

export type ApplicationInput = Input<
  Omit<Application, 'jwtConfiguration' | 'loginConfiguration' | 'oauthConfiguration'>
> & {
  readonly name: string;
  /** The application's own token configuration. Applies unless `enabled` is false. */
  readonly jwtConfiguration?: JwtConfigurationInput | undefined;
  readonly loginConfiguration?: Input<LoginConfiguration> | undefined;
  readonly oauthConfiguration?: Input<OAuthConfiguration> | undefined;
};

export type UserInput = Input<Omit<User, 'registrations'>> & {
  readonly password?: string | undefined;
  /** Applications the user is registered for, without roles. */
  readonly applicationIds?: readonly string[] | undefined;
  readonly registrations?: readonly UserRegistration[] | undefined;
};

export interface SessionInput {
  readonly userId: string;
  /** Absent: a single sign-on session. */
  readonly applicationId?: string | undefined;
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly insertInstant?: number | undefined;
  /** Default: `insertInstant`. */
  readonly startInstant?: number | undefined;
  /** When the user gave credentials. Default: `startInstant`. */
  readonly authInstant?: number | undefined;
  readonly device?: Device | undefined;
  readonly scopes?: string[] | undefined;
}

export interface ApiKeyInput {
  readonly id?: string | undefined;
  readonly key?: string | undefined;
  readonly name?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly permissions?: ApiKeyPermissions | undefined;
  readonly keyManager?: boolean | undefined;
  readonly retrievable?: boolean | undefined;
  readonly expirationInstant?: number | undefined;
}

export type WebhookInput = Input<Webhook> & { readonly url: string };

export function newTenant(input: TenantInput, now: number): Tenant {
  const id = input.id ?? newId();
  return {
    ...withoutUndefined(input),
    id,
    name: input.name ?? `Tenant ${id.slice(0, 8)}`,
    issuer: input.issuer ?? 'acme.com',
    httpSessionMaxInactiveInterval: input.httpSessionMaxInactiveInterval ?? 3_600,
    jwtConfiguration: jwtConfigurationWithDefaults(input.jwtConfiguration ?? {}),
    loginConfiguration: input.loginConfiguration ?? { requireAuthentication: true },
    eventConfiguration: input.eventConfiguration ?? { events: {} },
    state: input.state ?? 'Active',
    insertInstant: input.insertInstant ?? now,
    lastUpdateInstant: input.lastUpdateInstant ?? now,
  };
}

/** An application with defaults under which the Login API and the refresh grant give refresh tokens. */
export function newApplication(input: ApplicationInput, tenantId: string, now: number): Application {
  const id = input.id ?? newId();
  return {
    ...withoutUndefined(input),
    id,
    name: input.name,
    tenantId,
    active: input.active ?? true,
    state: input.state ?? (input.active === false ? 'Inactive' : 'Active'),
    jwtConfiguration: jwtConfigurationWithDefaults({
      ...input.jwtConfiguration,
      enabled: input.jwtConfiguration !== undefined && input.jwtConfiguration.enabled !== false,
    }),
    loginConfiguration: {
      allowTokenRefresh: true,
      generateRefreshTokens: true,
      requireAuthentication: true,
      ...withoutUndefined(input.loginConfiguration ?? {}),
    },
    oauthConfiguration: {
      clientId: id,
      clientSecret: randomBytes(32).toString('base64url'),
      clientAuthenticationPolicy: 'Required',
      enabledGrants: ['authorization_code', 'refresh_token'],
      generateRefreshTokens: true,
      authorizedRedirectURLs: [],
      logoutBehavior: 'AllApplications',
      requireRegistration: false,
      scopeHandlingPolicy: 'Compatibility',
      unknownScopePolicy: 'Allow',
      proofKeyForCodeExchangePolicy: 'NotRequired',
      authorizedURLValidationPolicy: 'ExactMatch',
      ...withoutUndefined(input.oauthConfiguration ?? {}),
    },
    roles: input.roles ?? [],
    scopes: input.scopes ?? [],
    verifyRegistration: input.verifyRegistration ?? false,
    insertInstant: input.insertInstant ?? now,
    lastUpdateInstant: input.lastUpdateInstant ?? now,
  };
}

export function newUser(input: UserInput, tenantId: string, now: number): User {
  const { password, applicationIds = [], registrations = [], ...members } = input;
  return {
    ...withoutUndefined(members),
    id: input.id ?? newId(),
    tenantId,
    active: input.active ?? true,
    verified: input.verified ?? true,
    usernameStatus: input.usernameStatus ?? 'ACTIVE',
    passwordChangeRequired: input.passwordChangeRequired ?? false,
    ...(password === undefined ? {} : { passwordLastUpdateInstant: now }),
    twoFactor: input.twoFactor ?? { methods: [] },
    registrations: [...registrations, ...applicationIds.map((applicationId) => newRegistration(applicationId, now))],
    memberships: input.memberships ?? [],
    insertInstant: input.insertInstant ?? now,
    lastUpdateInstant: input.lastUpdateInstant ?? now,
  };
}

export function newRegistration(applicationId: string, now: number): UserRegistration {
  return {
    id: newId(),
    applicationId,
    roles: [],
    verified: true,
    insertInstant: now,
    lastUpdateInstant: now,
  };
}

export function newSession(input: SessionInput, user: User, now: number): RefreshToken {
  const { applicationId, device, scopes } = input;
  const insertInstant = input.insertInstant ?? now;
  const metaData = { ...(device === undefined ? {} : { device }), ...(scopes === undefined ? {} : { scopes }) };
  return {
    id: input.id ?? newId(),
    token: input.token ?? newTokenValue(),
    ...(applicationId === undefined ? { tenantId: user.tenantId } : { applicationId }),
    userId: user.id,
    insertInstant,
    startInstant: input.startInstant ?? insertInstant,
    ...(device === undefined && scopes === undefined ? {} : { metaData }),
  };
}

export function newApiKey(input: ApiKeyInput, now: number): ApiKey {
  return {
    ...withoutUndefined(input),
    id: input.id ?? newId(),
    key: input.key ?? randomBytes(32).toString('base64url'),
    keyManager: input.keyManager ?? false,
    retrievable: input.retrievable ?? true,
    insertInstant: now,
    lastUpdateInstant: now,
  };
}

/** A webhook with the timeouts of FusionAuth's documentation examples; FusionAuth has no defaults for them. */
export function newWebhook(input: WebhookInput, now: number): Webhook {
  return {
    ...withoutUndefined(input),
    id: input.id ?? newId(),
    url: input.url,
    connectTimeout: input.connectTimeout ?? 1_000,
    readTimeout: input.readTimeout ?? 2_000,
    global: input.global ?? input.tenantIds === undefined,
    eventsEnabled: input.eventsEnabled ?? {},
    insertInstant: input.insertInstant ?? now,
    lastUpdateInstant: now,
  };
}

/** The settings of a fresh installation that its documentation shows. `corsConfiguration` alone has an effect. */
export function newSystemConfiguration(now: number): Record<string, unknown> {
  return {
    auditLogConfiguration: { delete: { enabled: false, numberOfDaysToRetain: 365 } },
    corsConfiguration: { enabled: false },
    eventLogConfiguration: { numberToRetain: 10_000 },
    loginRecordConfiguration: { delete: { enabled: false, numberOfDaysToRetain: 365 } },
    reportTimezone: 'America/Denver',
    uiConfiguration: {},
    insertInstant: now,
    lastUpdateInstant: now,
  };
}

/**
 * A refresh-token value of 64 characters, the length FusionAuth gives since 1.55.1. Plain Base64, because real values
 * contain `+` and a caller who forgets to encode them must fail here too.
 */
export function newTokenValue(): string {
  return randomBytes(48).toString('base64');
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** A copy without members that are undefined, so that they neither hide a default nor appear as a member. */
export function withoutUndefined<T extends object>(value: T): Partial<Defined<T>> {
  const copy: Partial<Defined<T>> = {};
  for (const key in value) {
    const member = value[key];
    if (isDefined(member)) {
      copy[key] = member;
    }
  }
  return copy;
}

function isDefined<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
