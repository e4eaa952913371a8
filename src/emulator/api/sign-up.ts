import type { FastifyRequest } from 'fastify';
import { deviceOf } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { registrationChanged, userChanged } from '../events/user-events.js';
import type { EventInfo } from '../http/json-schemas.js';
import { addressOf } from '../http/request-input.js';
import type { Application, User, UserRegistration } from '../store/records.js';

/**
 * Stores a registration with its events, after its user where that is a new one.
 *
 * @param newUser - the password with which a new user begins. Absent: the user is stored already.
 */
export async function signUp(
  context: EmulatorContext,
  user: User,
  registration: UserRegistration,
  info: EventInfo,
  newUser?: { readonly password: string | undefined },
): Promise<void> {
  const { store, events } = context;
  if (newUser !== undefined) {
    await events.around(userChanged('user.create', user, info), () => {
      store.users.put(user);
      if (newUser.password !== undefined) {
        store.passwords.set(user.id, newUser.password);
      }
    });
  }
  await events.around(registrationChanged('user.registration.create', user, registration, info), () => {
    user.registrations.push(registration);
  });
  events.after(registrationChanged('user.registration.create.complete', user, registration, info));
}

/**
 * The tokens of a new registration: an access token, and a session where the application generates refresh tokens. No
 * `user.login.success` is fired for it.
 */
export async function registrationTokens(
  context: EmulatorContext,
  request: FastifyRequest,
  user: User,
  application: Application,
): Promise<object> {
  const device = deviceOf(context, {}, addressOf(request));
  const session = application.loginConfiguration.generateRefreshTokens
    ? context.store.addSession({ userId: user.id, applicationId: application.id, device })
    : undefined;
  const issued = await context.tokens.issueAccessToken({
    tenant: context.store.tenantOrThrow(user.tenantId),
    application,
    user,
    session,
    authenticationType: 'REGISTRATION',
    authInstant: context.clock.now(),
  });
  return {
    ...(session === undefined ? {} : { refreshToken: session.token, refreshTokenId: session.id }),
    token: issued.token,
    tokenExpirationInstant: issued.expiresAt * 1_000,
  };
}

/** The access token of a new user, for no application. */
export async function userCreationTokens(context: EmulatorContext, user: User): Promise<object> {
  const issued = await context.tokens.issueAccessToken({
    tenant: context.store.tenantOrThrow(user.tenantId),
    application: undefined,
    user,
    session: undefined,
    authenticationType: 'USER_CREATE',
    authInstant: context.clock.now(),
  });
  return { token: issued.token, tokenExpirationInstant: issued.expiresAt * 1_000 };
}
