import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { loginFailed, loginSucceeded } from '../events/login-events.js';
import { type ApiScope, anonymousScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { ApiError, blank, fieldError, notFound } from '../http/errors-json.js';
import { type EventInfo, eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { addressOf, readJson } from '../http/request-input.js';
import type { Application, RefreshToken, Tenant, User, UserActionLog, UserRegistration } from '../store/records.js';
import { findInTenant } from './login-id.js';
import { setTokenCookies } from './session-cookies.js';
import { tenantOfScope } from './tenant-choice.js';
import { userJson } from './user-json.js';

const basePath = '/api/login';

/** `/api/login`: sign a user in with login id and password. */
export function registerLoginApi(app: FastifyInstance, context: EmulatorContext): void {
  const { store, clock } = context;

  app.post(basePath, async (request, reply) => {
    const body = readJson(request, loginRequest);
    const { application, tenant } = target(request, body);
    const info = eventInfoOf(request, {
      ...body.eventInfo,
      ...(body.ipAddress === undefined ? {} : { ipAddress: body.ipAddress }),
    });
    const user = await authenticate(tenant, application, body, info);
    const registration = user.registrations.find(({ applicationId }) => applicationId === application?.id);
    const prevented = store.actions.preventingLogin(user.id, application?.id, clock.now());
    if (prevented.length > 0) {
      return reply.code(409).send({ actions: prevented.map(preventingAction) });
    }
    const gate = gateOf(tenant, user);
    if (gate !== undefined) {
      return reply.code(gate.status).send(gate.body);
    }
    // Fired before the session exists: a webhook that lists the user's sessions sees the earlier ones only.
    await context.events.before(loginSucceeded(user, registration?.applicationId, info));
    const now = clock.now();
    user.lastLoginInstant = now;
    if (registration !== undefined) {
      registration.lastLoginInstant = now;
    }
    // 202: the user exists and is not registered for the application.
    reply.code(application !== undefined && registration === undefined ? 202 : 200);
    if (body.noJWT === true) {
      return { user: userJson(user) };
    }
    const session = createSession(request, body, user, application, registration);
    const authInstant = now;
    const authenticationType = 'PASSWORD';
    const issued = await context.tokens.issueAccessToken({
      tenant,
      application,
      user,
      session,
      authenticationType,
      authInstant,
    });
    setTokenCookies(reply, issued.token, session?.token);
    return {
      ...(session === undefined ? {} : { refreshToken: session.token, refreshTokenId: session.id }),
      token: issued.token,
      tokenExpirationInstant: issued.expirationInstant,
      user: userJson(user),
    };
  });

  /** Where the user signs in. Checks the API key, which an application or a tenant may do without. */
  function target(request: FastifyRequest, { applicationId }: LoginRequest): LoginTarget {
    const application = applicationId === undefined ? undefined : store.applications.get(applicationId);
    const anonymous = anonymousScope(request);
    const owner = application?.loginConfiguration ?? headerTenant(anonymous)?.loginConfiguration;
    const scope = owner?.requireAuthentication === false ? anonymous : requireApiKey(context, request, basePath);
    if (applicationId === undefined) {
      return { application: undefined, tenant: tenantOfScope(store, scope) };
    }
    if (application === undefined || !application.active || !sees(scope, application.tenantId)) {
      throw fieldError('invalid', 'applicationId', `The [applicationId] value of [${applicationId}] is invalid.`);
    }
    return { application, tenant: store.tenantOrThrow(application.tenantId) };
  }

  function headerTenant(scope: ApiScope): Tenant | undefined {
    return scope.tenantId === undefined ? undefined : store.tenants.get(scope.tenantId);
  }

  /** An unknown user and a wrong password answer the same 404. */
  async function authenticate(
    tenant: Tenant,
    application: Application | undefined,
    { loginId, loginIdTypes, password }: LoginRequest,
    info: EventInfo,
  ): Promise<User> {
    if (loginId === undefined || loginId === '') {
      throw blank('loginId');
    }
    if (password === undefined || password === '') {
      throw blank('password');
    }
    const user = findInTenant(store, tenant.id, loginId, loginIdTypes);
    if (user === undefined) {
      throw notFound();
    }
    if (!(await store.passwordMatches(user.id, password))) {
      await context.events.before(loginFailed(user, application?.id, info));
      throw notFound();
    }
    if (user.expiry !== undefined && user.expiry <= clock.now()) {
      throw new ApiError(410);
    }
    // The documentation says 423 for a locked user and nothing on a deactivated one, who cannot sign in either.
    if (!user.active) {
      throw new ApiError(423);
    }
    return user;
  }

  /** What stands between a user with the right password and a sign-in: a new password, a verified address. */
  function gateOf(tenant: Tenant, user: User): { status: number; body: object } | undefined {
    if (user.passwordChangeRequired) {
      const changePasswordId = context.changePasswordIds.issue(user.id);
      return { status: 203, body: { changePasswordId, changePasswordReason: 'Administrative' } };
    }
    return !user.verified && isGated(tenant) ? { status: 212, body: {} } : undefined;
  }

  /** A session exists only for a registered user of an application that generates refresh tokens. */
  function createSession(
    request: FastifyRequest,
    body: LoginRequest,
    user: User,
    application: Application | undefined,
    registration: UserRegistration | undefined,
  ): RefreshToken | undefined {
    if (registration === undefined || application?.loginConfiguration.generateRefreshTokens !== true) {
      return undefined;
    }
    const { name, description, type } = body.metaData?.device ?? {};
    return store.addSession({
      userId: user.id,
      applicationId: application.id,
      device: {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(type === undefined ? {} : { type }),
        lastAccessedAddress: body.ipAddress ?? addressOf(request),
        lastAccessedInstant: clock.now(),
      },
    });
  }
}

/** A user action as the 409 answer shows it. */
function preventingAction({ id, actionerUserId, expiry, name, option }: UserActionLog): object {
  return { actionId: id, actionerUserId, expiry, name, option };
}

/** True when the tenant keeps users with an unverified email address out. */
function isGated({ emailConfiguration }: Tenant): boolean {
  return emailConfiguration?.verifyEmail === true && emailConfiguration.unverified?.behavior === 'Gated';
}

interface LoginTarget {
  readonly application: Application | undefined;
  readonly tenant: Tenant;
}

type LoginRequest = z.output<typeof loginRequest>;

const loginRequest = z.object({
  loginId: z.string().optional(),
  loginIdTypes: z.array(z.string()).optional(),
  password: z.string().optional(),
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
});
