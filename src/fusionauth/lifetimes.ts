import type { SessionLifetimes } from '../domain/directory.js';
import type { ApplicationId, TenantId } from '../domain/ids.js';
import { type Instant, maxInstant } from '../domain/session.js';

/** The settings that decide how long sessions and access tokens live. */
export interface LifetimeSettings {
  readonly applications: ReadonlyMap<ApplicationId, ApplicationSettings>;
  readonly tenants: ReadonlyMap<TenantId, TenantSettings>;
  /** True when FusionAuth may have further tenants. */
  readonly areSomeTenants?: boolean;
  /** True when FusionAuth may have further applications. */
  readonly areSomeApplications?: boolean;
}

export interface ApplicationSettings {
  readonly id: ApplicationId;
  readonly name: string | null;
  /** Null for a universal application, which belongs to no tenant. */
  readonly tenantId: TenantId | null;
  /** Null unless the application's own JWT settings are switched on. */
  readonly jwt: JwtSettings | null;
  /** `data.sessionPolicy`, as it is; undefined when there is none. */
  readonly sessionPolicy?: unknown;
}

export interface TenantSettings {
  readonly id: TenantId;
  readonly jwt: JwtSettings;
  /** `httpSessionMaxInactiveInterval`, the lifetime of SSO sessions. */
  readonly ssoLifetimeSeconds: number | null;
  /** `data.sessionPolicy`, as it is; undefined when there is none. */
  readonly sessionPolicy?: unknown;
}

export interface JwtSettings {
  /** `timeToLiveInSeconds`. */
  readonly accessTokenLifetimeSeconds: number | null;
  readonly refreshTokenLifetimeMinutes: number | null;
  /** True under the policies SlidingWindow and SlidingWindowWithMaximumLifetime. */
  readonly slides: boolean;
  /** Only under the policy SlidingWindowWithMaximumLifetime; else null. */
  readonly maximumLifetimeMinutes: number | null;
}

/** The parts of a refresh token on which its expiry depends, beside the settings. */
export interface TokenFacts {
  /** Null for an SSO session. */
  readonly applicationId: ApplicationId | null;
  /** FusionAuth sets it on SSO sessions only. */
  readonly tenantId: TenantId | null;
  /** `insertInstant`. */
  readonly createdAt: Instant;
  /** Where the lifetime starts. Under the sliding policies each use moves it. Null when FusionAuth did not say. */
  readonly startedAt: Instant | null;
}

/**
 * When a session expires, or null when the settings for it are missing.
 *
 * Application sessions live by the application's JWT settings if these are enabled, else by the tenant's; SSO sessions
 * by the tenant's session timeout. FusionAuth stores no expiry: changing the settings moves that of existing sessions.
 * @see `RefreshToken.isExpired` in fusionauth-java-client, and
 * https://fusionauth.io/docs/lifecycle/authenticate-users/logout-session-management
 */
export function expiryOf(token: TokenFacts, settings: LifetimeSettings, ownTenant: TenantId | null): Instant | null {
  const expiry = endOfLifetime(token, settings, ownTenant);
  // An absurd start must not fail the list that shows the session.
  return expiry === null ? null : Math.min(expiry, maxInstant);
}

function endOfLifetime(token: TokenFacts, settings: LifetimeSettings, ownTenant: TenantId | null): Instant | null {
  if (token.startedAt === null) return null;
  if (token.applicationId === null) {
    const seconds = tenantOf(token.tenantId, settings, ownTenant)?.ssoLifetimeSeconds ?? null;
    return seconds === null ? null : token.startedAt + seconds * 1_000;
  }
  const application = settings.applications.get(token.applicationId);
  if (application === undefined) return null;
  const jwt = jwtSettingsOf(application, settings, ownTenant);
  if (jwt === null || jwt.refreshTokenLifetimeMinutes === null) return null;

  const slides = token.startedAt + jwt.refreshTokenLifetimeMinutes * 60_000;
  return jwt.maximumLifetimeMinutes === null
    ? slides
    : Math.min(slides, token.createdAt + jwt.maximumLifetimeMinutes * 60_000);
}

/** The JWT settings in force for an application, or null when its tenant is not known. */
export function jwtSettingsOf(
  application: ApplicationSettings,
  settings: LifetimeSettings,
  ownTenant: TenantId | null,
): JwtSettings | null {
  return application.jwt ?? tenantOf(application.tenantId, settings, ownTenant)?.jwt ?? null;
}

/** The lifetimes in force for an application, or for the tenant; null when it does not exist. */
export function lifetimesOf(
  applicationId: ApplicationId | null,
  settings: LifetimeSettings,
  ownTenant: TenantId | null,
): SessionLifetimes | null {
  const application = applicationId === null ? undefined : settings.applications.get(applicationId);
  const jwt =
    application === undefined
      ? (tenantOf(null, settings, ownTenant)?.jwt ?? null)
      : jwtSettingsOf(application, settings, ownTenant);
  if (jwt === null || (applicationId !== null && application === undefined)) return null;

  const lifetimeSeconds = jwt.refreshTokenLifetimeMinutes === null ? null : jwt.refreshTokenLifetimeMinutes * 60;
  const maximumSeconds = jwt.maximumLifetimeMinutes === null ? null : jwt.maximumLifetimeMinutes * 60;
  return {
    applicationId,
    idleLifetimeSeconds: jwt.slides ? lifetimeSeconds : null,
    absoluteLifetimeSeconds: jwt.slides ? maximumSeconds : lifetimeSeconds,
    accessTokenLifetimeSeconds: jwt.accessTokenLifetimeSeconds,
  };
}

/** The tenant named, else the one this service is bound to, else the only one there is. */
export function tenantOf(
  named: TenantId | null,
  settings: LifetimeSettings,
  ownTenant: TenantId | null,
): TenantSettings | undefined {
  const id = named ?? ownTenant;
  if (id !== null) return settings.tenants.get(id);
  return settings.tenants.size === 1 && settings.areSomeTenants !== true
    ? settings.tenants.values().next().value
    : undefined;
}
