import type { Application, JwtConfiguration, RefreshToken, Tenant } from './records.js';

/** The configuration that applies to an application: its own when enabled, otherwise the tenant's. */
export function effectiveJwtConfiguration(tenant: Tenant, application: Application | undefined): JwtConfiguration {
  return application?.jwtConfiguration.enabled === true ? application.jwtConfiguration : tenant.jwtConfiguration;
}

/**
 * The instant a session expires, in epoch milliseconds. It is expired when that instant lies strictly before now.
 *
 * The rule is the one of FusionAuth's client library (`RefreshToken.isExpired`): a single sign-on session lives for the
 * tenant's `httpSessionMaxInactiveInterval` from its start, any other for the refresh-token lifetime from its start,
 * and under `SlidingWindowWithMaximumLifetime` never past the maximum counted from its creation. Nothing is stored:
 * a later change of configuration moves the expiry of existing sessions.
 */
export function expiryOf(session: RefreshToken, tenant: Tenant, application: Application | undefined): number {
  if (session.tenantId !== undefined) {
    return session.startInstant + tenant.httpSessionMaxInactiveInterval * 1_000;
  }
  const configuration = effectiveJwtConfiguration(tenant, application);
  const expiry = session.startInstant + configuration.refreshTokenTimeToLiveInMinutes * 60_000;
  if (configuration.refreshTokenExpirationPolicy !== 'SlidingWindowWithMaximumLifetime') {
    return expiry;
  }
  const { maximumTimeToLiveInMinutes } = configuration.refreshTokenSlidingWindowConfiguration;
  return Math.min(expiry, session.insertInstant + maximumTimeToLiveInMinutes * 60_000);
}
