import { findInTenant } from './api/login-id.js';
import type { EmulatorContext } from './context.js';
import { loginFailed, loginSucceeded } from './events/login-events.js';
import type { EventInfo } from './http/json-schemas.js';
import type { UserActionLog } from './store/action-records.js';
import { type Input, withoutUndefined } from './store/creators.js';
import type { LoginRecord } from './store/login-records.js';
import type { Application, Device, Tenant, User } from './store/records.js';
import { registrationOf } from './store/registration.js';
import type { Store } from './store/store.js';
import { hasTwoFactor } from './two-factor.js';

interface Credentials {
  readonly loginId: string;
  /** What the login id may be. Default: an email address or a user name. */
  readonly loginIdTypes?: readonly string[] | undefined;
  readonly password: string;
}

/** What comes of checking credentials. Only `accepted` users may sign in. */
export type Authentication =
  | { readonly kind: 'accepted'; readonly user: User }
  /** No such user, or a wrong password: no answer may tell which. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'prevented'; readonly actions: readonly UserActionLog[] }
  | { readonly kind: 'mustChangePassword'; readonly changePasswordId: string }
  | { readonly kind: 'unverified'; readonly user: User }
  /** The id stands for the user until a code of the second factor is given. */
  | { readonly kind: 'needsSecondFactor'; readonly user: User; readonly twoFactorId: string };

/** Checks credentials and everything else that can keep a user out. Fires `user.login.failed` for a wrong password. */
export async function authenticate(
  context: EmulatorContext,
  tenant: Tenant,
  application: Application | undefined,
  credentials: Credentials,
  info: EventInfo,
): Promise<Authentication> {
  const { store } = context;
  const user = findInTenant(store, tenant.id, credentials.loginId, credentials.loginIdTypes);
  if (user === undefined) {
    return { kind: 'unknown' };
  }
  if (!(await store.passwords.matches(user.id, credentials.password))) {
    await context.events.before(loginFailed(user, application?.id, info));
    return { kind: 'unknown' };
  }
  return admit(context, user, tenant, application);
}

/** Checks everything but the credentials, which were right, that can keep a user out. */
export function admit(
  context: EmulatorContext,
  user: User,
  tenant: Tenant,
  application: Application | undefined,
): Authentication {
  const { store, clock } = context;
  if (user.expiry !== undefined && user.expiry <= clock.now()) {
    return { kind: 'expired' };
  }
  // The documentation says how a locked user is answered and nothing on a deactivated one, who cannot sign in either.
  if (!user.active) {
    return { kind: 'locked' };
  }
  const actions = store.actions.preventingLogin(user.id, application?.id, clock.now());
  if (actions.length > 0) {
    return { kind: 'prevented', actions };
  }
  if (user.passwordChangeRequired) {
    return { kind: 'mustChangePassword', changePasswordId: context.changePasswordIds.issue(user.id) };
  }
  if (!user.verified && isGated(tenant)) {
    return { kind: 'unverified', user };
  }
  return hasTwoFactor(user)
    ? { kind: 'needsSecondFactor', user, twoFactorId: context.twoFactorIds.issue(user.id) }
    : { kind: 'accepted', user };
}

/**
 * Records a sign-in and fires `user.login.success`, before any session exists: a webhook that lists the user's sessions
 * sees the earlier ones only.
 *
 * @param loginId - what the user signed in with, where that is known.
 * @returns whether the user is registered for the application.
 * @throws ApiError 504 when webhooks refuse the sign-in.
 */
export async function recordLogin(
  context: EmulatorContext,
  user: User,
  application: Application | undefined,
  info: EventInfo,
  loginId?: string,
): Promise<boolean> {
  const registration = registrationOf(user, application?.id);
  await context.events.before(loginSucceeded(user, registration?.applicationId, info));
  const { store, clock } = context;
  addLoginRecord(store, user, {
    applicationId: application?.id,
    ipAddress: info.ipAddress,
    loginId,
    instant: clock.now(),
  });
  return registration !== undefined;
}

/** Adds the record of a sign-in of a user, who has signed in at no later instant. */
export function addLoginRecord(
  store: Store,
  user: User,
  { applicationId, instant, ipAddress, loginId }: Omit<Input<LoginRecord>, 'instant'> & { readonly instant: number },
): void {
  user.lastLoginInstant = instant;
  const registration = registrationOf(user, applicationId);
  if (registration !== undefined) {
    registration.lastLoginInstant = instant;
  }
  store.loginRecords.add({
    userId: user.id,
    tenantId: user.tenantId,
    instant,
    ...withoutUndefined({ applicationId, ipAddress }),
    ...(loginId === undefined ? {} : { loginId, loginIdType: loginIdTypeOf(user, loginId) }),
  });
}

function loginIdTypeOf({ email }: User, loginId: string): 'email' | 'username' {
  return email?.toLowerCase() === loginId.toLowerCase() ? 'email' : 'username';
}

/** The device of a new session: what the caller said, and where from it was last used: here, now. */
export function deviceOf(
  context: EmulatorContext,
  given: { readonly [K in 'name' | 'description' | 'type']?: string | undefined },
  address: string,
): Device {
  const { name, description, type } = given;
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type }),
    lastAccessedAddress: address,
    lastAccessedInstant: context.clock.now(),
  };
}

/** True when the tenant keeps users with an unverified email address out. */
function isGated({ emailConfiguration }: Tenant): boolean {
  return emailConfiguration?.verifyEmail === true && emailConfiguration.unverified?.behavior === 'Gated';
}
