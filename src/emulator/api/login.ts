import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { loginFailed, loginSucceeded } from '../events/login-events.js';
import { type ApiScope, anonymousScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { ApiError, blank, fieldError, generalError, notFound } from '../http/errors-json.js';
import { type EventInfo, eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { addressOf, readJson } from '../http/request-input.js';
import type { Application, RefreshToken, Tenant, User, UserRegistration } from '../store/records.js';
import { setTokenCookies } from './session-cookies.js';
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
      return { application: undefined, tenant: tenantOfScope(scope) };
    }
    if (application === undefined || !application.active || !sees(scope, application.tenantId)) {
      throw fieldError('invalid', 'applicationId', `The [applicationId] value of [${applicationId}] is invalid.`);
    }
    return { application, tenant: store.tenantOrThrow(application.tenantId) };
  }

  function headerTenant(scope: ApiScope): Tenant | undefined {
    return scope.tenantId === undefined ? undefined : store.tenants.get(scope.tenantId);
  }

  /** Without an application the tenant must be known by header or key, unless there is only one. */
  function tenantOfScope(scope: ApiScope): Tenant {
    const [only, ...others] = store.tenants.values();
    const tenant = scope.tenantId === undefined && others.length === 0 ? only : headerTenant(scope);
    if (tenant !== undefined) {
      return tenant;
    }
    throw scope.tenantId === undefined
      ? generalError('[TenantIdRequired]', 'You must specify a tenant Id for this call.')
      : notFound();
  }

  /** An unknown user and a wrong password answer the same 404. */
  async function authenticate(
    tenant: Tenant,
    application: Application | undefined,
    { loginId, password }: LoginRequest,
    info: EventInfo,
  ): Promise<User> {
    if (loginId === undefined || loginId === '') {
      throw blank('loginId');
    }
    if (password === undefined || password === '') {
      throw blank('password');
    }
    const user = store.users.findByEmail(tenant.id, loginId) ?? store.users.findByUsername(tenant.id, loginId);
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
