import type { FastifyRequest } from 'fastify';
import { deviceOf } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { addressOf } from '../http/request-input.js';
import type { Application, User } from '../store/records.js';

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
