import type { EmulatorContext } from './context.js';
import { effectiveJwtConfiguration } from './store/expiry.js';
import type { Application, JwtConfiguration, Tenant, User } from './store/records.js';
import type { SessionRow } from './store/session-table.js';

/** A session whose refresh token may be exchanged now, with everything needed to do it. */
export interface Exchangeable {
  readonly row: SessionRow;
  readonly user: User;
  readonly application: Application;
  readonly tenant: Tenant;
  readonly configuration: JwtConfiguration;
  /** True when the presented value was just replaced and is still in its grace period: no further rotation. */
  readonly inGracePeriod: boolean;
}

/**
 * Finds the session of a refresh-token value, undefined when the value is unknown, revoked, expired, of single sign-on
 * (which cannot be exchanged), already used up, or of a user who may not sign in.
 *
 * Presenting a used-up value outside its grace period is reuse; it revokes the session when the policy
 * `onOneTimeTokenReuse` says so (FusionAuth documentation, JWT configuration, since 1.55.1).
 */
export async function findExchangeable(context: EmulatorContext, token: string): Promise<Exchangeable | undefined> {
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
  if (row.session.token !== token && !inGracePeriod) {
    if (configuration.refreshTokenRevocationPolicy.onOneTimeTokenReuse === true) {
      await context.revoker.revokeOne(row);
    }
    return undefined;
  }
  return mayAuthenticate(context, user) && application.active
    ? { row, user, application, tenant, configuration, inGracePeriod }
    : undefined;
}

/** Counts the exchange as a use: slides the window, records where from, and rotates a one-time-use token. */
export function recordExchange(context: EmulatorContext, exchangeable: Exchangeable, address: string): void {
  const { row, configuration, inGracePeriod } = exchangeable;
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
}

export function mayAuthenticate(context: EmulatorContext, user: User): boolean {
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
