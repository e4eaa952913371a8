import type { FastifyRequest } from 'fastify';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey } from '../http/api-key-auth.js';
import { fieldError, missing, notFound, orNotFound, unauthorized } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application, RefreshToken, Tenant, User } from '../store/records.js';
import { registrationOf } from '../store/registration.js';
import type { SessionRow } from '../store/session-table.js';
import { bearerToken } from '../tokens/bearer.js';

/** `/api/jwt/validate`, `/api/jwt/issue`, `/api/jwt/vend` and `/api/jwt/public-key`. */
export function registerJwtApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, tokens, keys } = context;

  routes.get('/api/jwt/validate', async (request) => ({ jwt: await requireClaims(request) }));

  routes.get('/api/jwt/issue', async (request, reply) => {
    const claims = await requireClaims(request);
    const parameters = readParameters(request);
    const applicationId = parameters.uuid('applicationId');
    if (applicationId === undefined) {
      throw missing('applicationId');
    }
    const user = store.users.get(claims.sub ?? '');
    const application = store.applications.get(applicationId);
    if (user === undefined) {
      throw unauthorized();
    }
    if (application === undefined || application.tenantId !== user.tenantId) {
      throw fieldError('invalid', 'applicationId', 'The application does not exist.');
    }
    const tenant = store.tenantOrThrow(user.tenantId);
    const presented = parameters.get('refreshToken');
    const source = presented === undefined ? undefined : store.sessions.findByToken(presented);
    const registered = registrationOf(user, application.id) !== undefined;
    const session = registered ? deriveSession(source, user, application, tenant) : undefined;
    const issued = await tokens.issueAccessToken({
      tenant,
      application,
      user,
      session,
      authenticationType: 'JWT_SSO',
      authInstant: source?.authInstant ?? Number(claims['auth_time'] ?? claims.iat) * 1_000,
      // The new token ends with the presented one.
      expiresAtSeconds: claims.exp,
    });
    reply.code(registered ? 200 : 202);
    return { token: issued.token, ...(session === undefined ? {} : { refreshToken: session.token }) };
  });

  routes.post('/api/jwt/vend', async (request) => {
    requireApiKey(context, request, '/api/jwt/vend');
    const { claims = {}, keyId, timeToLiveInSeconds = 3_600 } = readJson(request, vendRequest);
    if (keyId !== undefined && keys.get(keyId)?.canSign !== true) {
      throw fieldError('invalid', 'keyId', `There is no key with the id [${keyId}] that can sign.`);
    }
    const issuedAt = tokens.nowSeconds();
    return { token: await tokens.sign(keyId, claims, issuedAt, issuedAt + timeToLiveInSeconds) };
  });

  routes.get('/api/jwt/public-key', async (request) => {
    const parameters = readParameters(request);
    const applicationId = parameters.uuid('applicationId');
    const materials = await Promise.all(keys.all().map((key) => key.material()));
    const published = materials.flatMap(({ kid, publicKeyPem }) =>
      publicKeyPem === undefined ? [] : [[kid, publicKeyPem] as const],
    );
    const kid = applicationId === undefined ? parameters.get('kid') : await ownKeyOf(applicationId);
    if (kid === undefined) {
      return { publicKeys: Object.fromEntries(published) };
    }
    const publicKey = orNotFound(published.find(([other]) => other === kid)?.[1]);
    return { publicKey };
  });

  /** @throws ApiError 404 for an application that signs with the tenant's key and has none of its own. */
  async function ownKeyOf(applicationId: string): Promise<string> {
    const { jwtConfiguration, oauthConfiguration } = store.applications.get(applicationId) ?? {};
    if (jwtConfiguration?.enabled !== true || jwtConfiguration.accessTokenKeyId === undefined) {
      throw notFound();
    }
    return (await keys.material(jwtConfiguration.accessTokenKeyId, oauthConfiguration?.clientSecret)).kid;
  }

  async function requireClaims(request: FastifyRequest): Promise<JWTPayload> {
    const token = bearerToken(request);
    const claims = token === undefined ? undefined : await tokens.verify(token);
    if (claims === undefined) {
      throw unauthorized();
    }
    return claims;
  }

  /**
   * A session for another application of the same user. It keeps the start of the presented one, so that it lives no
   * longer, and needs both applications to expire sessions alike (documentation of this API). No login event is fired.
   */
  function deriveSession(
    source: SessionRow | undefined,
    user: User,
    application: Application,
    tenant: Tenant,
  ): RefreshToken | undefined {
    if (source === undefined || !store.isLive(source) || source.session.userId !== user.id) {
      return undefined;
    }
    const policyOf = (other: Application | undefined) =>
      effectiveJwtConfiguration(tenant, other).refreshTokenExpirationPolicy;
    const alike = policyOf(application) === policyOf(store.applicationOf(source.session));
    if (!alike || !application.loginConfiguration.generateRefreshTokens) {
      return undefined;
    }
    return store.addSession({
      userId: user.id,
      applicationId: application.id,
      startInstant: source.session.startInstant,
      authInstant: source.authInstant,
      device: source.session.metaData?.device === undefined ? undefined : { ...source.session.metaData.device },
    });
  }
}

const vendRequest = z.object({
  claims: z.record(z.string(), z.unknown()).optional(),
  keyId: uuidJson.optional(),
  timeToLiveInSeconds: z.number().int().positive().optional(),
});
