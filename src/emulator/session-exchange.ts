import type { EmulatorContext } from './context.js';
import type { EventDraft } from './events/event-publisher.js';
import type { EventInfo } from './http/json-schemas.js';
import { effectiveJwtConfiguration } from './store/expiry.js';
import type { Application, JwtConfiguration, Tenant, User } from './store/records.js';
import type { SessionRow } from './store/session-table.js';
import type { IssuedToken } from './tokens/token-issuer.js';

/** A session whose refresh token may be exchanged now, with everything needed to do it. */
interface Exchangeable {
  readonly row: SessionRow;
  readonly user: User;
  readonly application: Application;
  readonly tenant: Tenant;
  readonly configuration: JwtConfiguration;
  /** True when the presented value was just replaced and is still in its grace period: no further rotation. */
  readonly inGracePeriod: boolean;
}

interface ExchangeOptions {
  readonly address: string;
  readonly info: EventInfo;
  readonly timeToLiveInSeconds?: number | undefined;
  /** The access token to be replaced, which the event repeats. */
  readonly original?: string | undefined;
  /** Some of the session's scopes. Default: all of them. */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * Exchanges a refresh-token value for an access token: fires `jwt.refresh`, slides the window, records the use, and
 * rotates a one-time-use token. Undefined when the value cannot be exchanged, or no longer when it comes to it: of
 * two calls with the same one-time-use value one fails.
 */
export async function exchange(
  context: EmulatorContext,
  token: string,
  found: Exchangeable,
  options: ExchangeOptions,
): Promise<IssuedToken | undefined> {
  const { row, user, application, tenant } = found;
  const { info, timeToLiveInSeconds, original } = options;
  const issued = await context.tokens.issueAccessToken({
    tenant,
    application,
    user,
    session: row.session,
    authenticationType: 'REFRESH_TOKEN',
    authInstant: row.authInstant,
    timeToLiveInSeconds,
    scopes: options.scopes,
  });
  if (findExchangeable(context, token) === undefined) {
    return undefined;
  }
  const draft: EventDraft = {
    type: 'jwt.refresh',
    tenantId: tenant.id,
    info,
    applicationId: application.id,
    ...(original === undefined ? {} : { original }),
    refreshToken: token,
    token: issued.token,
    userId: user.id,
  };
  const done = await context.events.around(draft, () => recordUse(context, token, options.address));
  return done ? issued : undefined;
}

/**
 * Finds the session of a refresh-token value, undefined when the value is unknown, revoked, expired, of single sign-on
 * (which cannot be exchanged), used up, or of a user who may not sign in.
 */
export function findExchangeable(context: EmulatorContext, token: string): Exchangeable | undefined {
  const { store } = context;
  const row = store.sessions.findByToken(token);
  const application = row === undefined ? undefined : store.applicationOf(row.session);
  const user = row === undefined ? undefined : store.users.get(row.session.userId);
  if (row === undefined || application === undefined || user === undefined || !store.isLive(row)) {
    return undefined;
  }
  const tenant = store.tenantOrThrow(user.tenantId);
  const configuration = effectiveJwtConfiguration(tenant, application);
  const inGracePeriod = row.session.token !== token && isInGracePeriod(context, row, token, configuration);
  const current = row.session.token === token || inGracePeriod;
  return current && application.active && mayAuthenticate(context, user)
    ? { row, user, application, tenant, configuration, inGracePeriod }
    : undefined;
}

/**
 * Revokes the session when a used-up value of its one-time-use token is presented outside the grace period and the
 * tenant's policy `onOneTimeTokenReuse` asks for it (FusionAuth documentation, JWT configuration, since 1.55.1).
 */
export async function punishReuse(context: EmulatorContext, token: string, info: EventInfo): Promise<void> {
  const { store } = context;
  const row = store.sessions.findByToken(token);
  const user = row === undefined ? undefined : store.users.get(row.session.userId);
  if (row === undefined || user === undefined || row.session.token === token || !store.isLive(row)) {
    return;
  }
  const tenant = store.tenantOrThrow(user.tenantId);
  const configuration = effectiveJwtConfiguration(tenant, store.applicationOf(row.session));
  const allowed = isInGracePeriod(context, row, token, configuration);
  if (!allowed && tenant.jwtConfiguration.refreshTokenRevocationPolicy.onOneTimeTokenReuse === true) {
    await context.revoker.revokeOne(row, info);
  }
}

/** False when the token was used up or revoked while the exchange was being prepared. */
function recordUse(context: EmulatorContext, token: string, address: string): boolean {
  const found = findExchangeable(context, token);
  if (found === undefined) {
    return false;
  }
  const { row, configuration, inGracePeriod } = found;
  const now = context.clock.now();
  if (configuration.refreshTokenExpirationPolicy !== 'Fixed') {
    row.session.startInstant = now;
  }
  row.session.metaData ??= {};
  row.session.metaData.device = {
    ...row.session.metaData.device,
    lastAccessedAddress: address,
    lastAccessedInstant: now,
  };
  if (configuration.refreshTokenUsagePolicy === 'OneTimeUse' && !inGracePeriod) {
    context.store.rotateToken(row);
  }
  return true;
}

function mayAuthenticate(context: EmulatorContext, user: User): boolean {
  return user.active && (user.expiry === undefined || user.expiry > context.clock.now());
}

/** Inside the grace period the value replaced last still works, so that parallel exchanges do not fail each other. */
function isInGracePeriod(
  { clock }: EmulatorContext,
  row: SessionRow,
  token: string,
  configuration: JwtConfiguration,
): boolean {
  const retired = row.retiredTokens?.at(-1);
  const { gracePeriodInSeconds } = configuration.refreshTokenOneTimeUseConfiguration;
  return retired?.token === token && clock.now() < retired.retiredInstant + gracePeriodInSeconds * 1_000;
}
