import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Authentication, authenticate, deviceOf, recordLogin } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { anonymousScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { blank, fieldError } from '../http/errors-json.js';
import { type EventInfo, eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { addressOf, readJson } from '../http/request-input.js';
import type { UserActionLog } from '../store/action-records.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application, RefreshToken, Tenant, User } from '../store/records.js';
import { isTwoFactorCode, twoFactorMethods } from '../two-factor.js';
import { unreachable } from '../unreachable.js';
import { setTokenCookies } from './session-cookies.js';
import { findTenantOfScope, tenantOfScope } from './tenant-choice.js';
import { userJson } from './user-json.js';

const basePath = '/api/login';

/** `POST /api/login`: sign a user in with login id and password; `/api/two-factor/login` completes a 242. */
export function registerLoginApi(app: FastifyInstance, context: EmulatorContext): void {
  const { store } = context;

  app.post(basePath, async (request, reply) => {
    const body = readJson(request, loginRequest);
    const { application, tenant } = target(request, body);
    const { loginId = '', loginIdTypes, password = '' } = body;
    if (loginId === '' || password === '') {
      throw blank(loginId === '' ? 'loginId' : 'password');
    }
    const ipAddress = body.ipAddress ?? body.eventInfo?.ipAddress ?? addressOf(request);
    const info = eventInfoOf(request, { ...body.eventInfo, ipAddress });
    const outcome = await authenticate(context, tenant, application, { loginId, loginIdTypes, password }, info);
    if (outcome.kind !== 'accepted') {
      return refuse(reply, outcome);
    }
    return complete(reply, body, outcome.user, { application, tenant, loginId }, info);
  });

  app.post('/api/two-factor/login', async (request, reply) => {
    const body = readJson(request, twoFactorLoginRequest);
    const { application, tenant } = target(request, body);
    const { twoFactorId = '', code = '' } = body;
    const user = store.users.get(context.twoFactorIds.peek(twoFactorId) ?? '');
    if (user === undefined || user.tenantId !== tenant.id) {
      return reply.code(404).send();
    }
    if (!isTwoFactorCode(user, code, context.clock.now())) {
      return reply.code(421).send();
    }
    context.twoFactorIds.redeem(twoFactorId);
    const ipAddress = body.ipAddress ?? body.eventInfo?.ipAddress ?? addressOf(request);
    const info = eventInfoOf(request, { ...body.eventInfo, ipAddress });
    return complete(reply, body, user, { application, tenant }, info);
  });

  /** Records the sign-in and issues what it earns. */
  async function complete(
    reply: FastifyReply,
    body: LoginRequest,
    user: User,
    { application, tenant, loginId }: LoginTarget & { readonly loginId?: string },
    info: EventInfo,
  ) {
    const registered = await recordLogin(context, user, application, info, loginId);
    // 202: the user exists and is not registered for the application.
    reply.code(application !== undefined && !registered ? 202 : 200);
    if (body.noJWT === true) {
      return { user: userJson(user) };
    }
    const session = registered ? createSession(body, user, application, info.ipAddress ?? '') : undefined;
    const issued = await context.tokens.issueAccessToken({
      tenant,
      application,
      user,
      session,
      authenticationType: 'PASSWORD',
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
  function target(request: FastifyRequest, { applicationId }: LoginRequest): LoginTarget {
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
    body: LoginRequest,
    user: User,
    application: Application | undefined,
    address: string,
  ): RefreshToken | undefined {
    if (application?.loginConfiguration.generateRefreshTokens !== true) {
      return undefined;
    }
    const device = deviceOf(context, body.metaData?.device ?? {}, address);
    return store.addSession({ userId: user.id, applicationId: application.id, device });
  }
}

/** The answer to a user who may not sign in; 404, 410 and 423 have no body. */
function refuse(reply: FastifyReply, outcome: Exclude<Authentication, { kind: 'accepted' }>): FastifyReply {
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

interface LoginTarget {
  readonly application: Application | undefined;
  readonly tenant: Tenant;
}

type LoginRequest = z.output<typeof completionRequest>;

/** What both ways to complete a sign-in take. */
const completion = {
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

const completionRequest = z.object(completion);

const twoFactorLoginRequest = z.object({
  ...completion,
  twoFactorId: z.string().optional(),
  code: z.string().optional(),
});

const loginRequest = z.object({
  ...completion,
  loginId: z.string().optional(),
  loginIdTypes: z.array(z.string()).optional(),
  password: z.string().optional(),
});
