import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Authentication, deviceOf, recordLogin } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { anonymousScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { fieldError } from '../http/errors-json.js';
import { type EventInfo, eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { addressOf } from '../http/request-input.js';
import type { UserActionLog } from '../store/action-records.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application, RefreshToken, Tenant, User } from '../store/records.js';
import { twoFactorMethods } from '../two-factor.js';
import { unreachable } from '../unreachable.js';
import { setTokenCookies } from './session-cookies.js';
import { findTenantOfScope, tenantOfScope } from './tenant-choice.js';
import { userJson } from './user-json.js';

/** What every way to sign in over the API takes. */
export const completionMembers = {
  applicationId: uuidJson.optional(),
  noJWT: z.boolean().optional(),
  ipAddress: z.string().optional(),
  metaData: z
    .object({
      device: z
        .object({ name: z.string().optional(), description: z.string().optional(), type: z.string().optional() })
        .optional(),
    })
    .optional(),
  eventInfo: eventInfoJson.optional(),
};

const completionRequest = z.object(completionMembers);

type CompletionRequest = z.output<typeof completionRequest>;

/** Where somebody signs in. */
interface SignInTarget {
  readonly application: Application | undefined;
  readonly tenant: Tenant;
}

/** A sign-in that was found good. */
interface GoodSignIn extends SignInTarget {
  readonly user: User;
  /** The claim of the access token. */
  readonly authenticationType: string;
  /** What the user signed in with, where that is known. */
  readonly loginId?: string | undefined;
}

/** What events say of a sign-in: the caller's word on the address, else where the call came from. */
export function signInInfo(request: FastifyRequest, body: CompletionRequest): EventInfo {
  const ipAddress = body.ipAddress ?? body.eventInfo?.ipAddress ?? addressOf(request);
  return eventInfoOf(request, { ...body.eventInfo, ipAddress });
}

/** Records the sign-in and issues what it earns. */
export async function completeSignIn(
  context: EmulatorContext,
  reply: FastifyReply,
  body: CompletionRequest,
  { user, application, tenant, loginId, authenticationType }: GoodSignIn,
  info: EventInfo,
) {
  const registered = await recordLogin(context, user, application, info, loginId);
  // 202: the user exists and is not registered for the application.
  reply.code(application !== undefined && !registered ? 202 : 200);
  if (body.noJWT === true) {
    return { user: userJson(user) };
  }
  const session = registered ? createSession(context, body, user, application, info.ipAddress ?? '') : undefined;
  const issued = await context.tokens.issueAccessToken({
    tenant,
    application,
    user,
    session,
    authenticationType,
    authInstant: context.clock.now(),
  });
  setTokenCookies(reply, issued.token, session?.token, effectiveJwtConfiguration(tenant, application));
  return {
    ...(session === undefined ? {} : { refreshToken: session.token, refreshTokenId: session.id }),
    token: issued.token,
    tokenExpirationInstant: issued.expiresAt * 1_000,
    user: userJson(user),
  };
}

/** Where the user signs in. Checks the API key, which an application or a tenant may do without. */
export function signInTarget(
  context: EmulatorContext,
  request: FastifyRequest,
  { applicationId }: CompletionRequest,
  basePath: string,
): SignInTarget {
  const { store } = context;
  const application = applicationId === undefined ? undefined : store.applications.get(applicationId);
  const anonymous = anonymousScope(context, request);
  const { loginConfiguration } = application ?? findTenantOfScope(store, anonymous) ?? {};
  const scope =
    loginConfiguration?.requireAuthentication === false ? anonymous : requireApiKey(context, request, basePath);
  if (applicationId === undefined) {
    return { application: undefined, tenant: tenantOfScope(store, scope) };
  }
  if (application === undefined || !application.active || !sees(scope, application.tenantId)) {
    throw fieldError('invalid', 'applicationId', `The [applicationId] value of [${applicationId}] is invalid.`);
  }
  return { application, tenant: store.tenantOrThrow(application.tenantId) };
}

/** A registered user gets a session where the application generates refresh tokens. */
function createSession(
  context: EmulatorContext,
  body: CompletionRequest,
  user: User,
  application: Application | undefined,
  address: string,
): RefreshToken | undefined {
  if (application?.loginConfiguration.generateRefreshTokens !== true) {
    return undefined;
  }
  const device = deviceOf(context, body.metaData?.device ?? {}, address);
  return context.store.addSession({ userId: user.id, applicationId: application.id, device });
}

/** The answer to a user who may not sign in; 404, 410 and 423 have no body. */
export function refuseSignIn(
  reply: FastifyReply,
  outcome: Exclude<Authentication, { kind: 'accepted' }>,
): FastifyReply {
  switch (outcome.kind) {
    case 'unknown':
      return reply.code(404).send();
    case 'expired':
      return reply.code(410).send();
    case 'locked':
      return reply.code(423).send();
    case 'prevented':
      return reply.code(409).send({ actions: outcome.actions.map(preventingAction) });
    case 'mustChangePassword': {
      const { changePasswordId } = outcome;
      return reply.code(203).send({ changePasswordId, changePasswordReason: 'Administrative' });
    }
    case 'unverified':
      return reply.code(212).send({ user: userJson(outcome.user) });
    case 'needsSecondFactor':
      return reply.code(242).send({ methods: twoFactorMethods(outcome.user), twoFactorId: outcome.twoFactorId });
    default:
      return unreachable(outcome);
  }
}

/** A user action as the 409 answer shows it. */
function preventingAction({ id, actionerUserId, expiry, name, option }: UserActionLog): object {
  return { actionId: id, actionerUserId, expiry, name, option };
}
