import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { type ApiScope, anonymousScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { type ApiError, fieldError, generalError, missing, notFound, unauthorized } from '../http/errors-json.js';
import { type EventInfo, eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { addressOf, hasJson, pathUuid, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { exchange, findExchangeable, punishReuse } from '../session-exchange.js';
import type { SessionRow } from '../store/session-table.js';
import { bearerUserId } from '../tokens/bearer.js';
import { setTokenCookies } from './session-cookies.js';

const basePath = '/api/jwt/refresh';

/** The most sessions one list returns. Older ones are silently left out (documentation of this API). */
const listCap = 1_000;

/** `/api/jwt/refresh`: list, look up, exchange and revoke refresh tokens. */
export function registerJwtRefreshApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, revoker } = context;

  routes.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const userId = readParameters(request).uuid('userId');
    if (userId === undefined) {
      throw missing('userId');
    }
    // An unknown user has an empty list: the documentation lists no 404 and no 400 for this call. Expired sessions do
    // not count against the cap; the documentation does not say whether they do.
    const user = store.users.get(userId);
    const visible = user !== undefined && sees(scope, user.tenantId);
    return { refreshTokens: visible ? store.liveRowsOf(userId, listCap).map(({ session }) => session) : [] };
  });

  routes.get(`${basePath}/:tokenId`, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const row = store.liveRow(pathUuid(request, 'tokenId'));
    if (row === undefined || !seesSession(scope, row)) {
      throw notFound();
    }
    return { refreshToken: row.session };
  });

  routes.delete(`${basePath}/:tokenId`, async (request, reply) => {
    const caller = await keyOrBearer(context, request);
    await revokeOwned(request, caller, store.liveRow(pathUuid(request, 'tokenId')));
    return reply.send();
  });

  routes.delete(basePath, async (request, reply) => {
    const caller = await keyOrBearer(context, request);
    const { token, userId, applicationId, eventInfo } = revocationTarget(request);
    if (token !== undefined) {
      const row = store.sessions.findByToken(token);
      await revokeOwned(request, caller, row !== undefined && store.isLive(row) ? row : undefined, eventInfo);
    } else if (userId === undefined && applicationId === undefined) {
      // The documentation does not say what a call without a selector answers. Doing nothing, loudly, is the safe guess.
      throw generalError('[missing]', 'You must specify the [token], [userId] or [applicationId] parameter.');
    } else if (caller.kind === 'user') {
      throw unauthorized();
    } else {
      await revokeMany(caller.scope, userId, applicationId, eventInfoOf(request, eventInfo));
    }
    return reply.send();
  });

  routes.post(basePath, async (request, reply) => {
    const body = readJson(request, exchangeRequest);
    const refreshToken = request.cookies['refresh_token'] ?? body.refreshToken;
    if (refreshToken === undefined) {
      throw missing('refreshToken');
    }
    const scope = anonymousScope(context, request);
    const info = eventInfoOf(request, body.eventInfo);
    await punishReuse(context, refreshToken, info);
    const found = findExchangeable(context, refreshToken);
    // An application that does not allow refreshing gives the same answer; its real one is not documented.
    if (found?.application.loginConfiguration.allowTokenRefresh !== true || !sees(scope, found.tenant.id)) {
      throw invalidRefreshToken();
    }
    const { timeToLiveInSeconds } = body;
    const original = request.cookies['access_token'] ?? body.token;
    if (timeToLiveInSeconds !== undefined && timeToLiveInSeconds > found.configuration.timeToLiveInSeconds) {
      throw fieldError('invalid', 'timeToLiveInSeconds', 'The requested lifetime exceeds the configured one.');
    }
    const address = info.ipAddress ?? addressOf(request);
    const issued = await exchange(context, refreshToken, found, { address, info, timeToLiveInSeconds, original });
    if (issued === undefined) {
      throw invalidRefreshToken();
    }
    const { session } = found.row;
    setTokenCookies(reply, issued.token, session.token, found.configuration);
    return { refreshToken: session.token, refreshTokenId: session.id, token: issued.token };
  });

  function seesSession(scope: ApiScope, row: SessionRow): boolean {
    return sees(scope, store.tenantIdOf(row.session));
  }

  /** Revokes a session for a key that sees it or for its owner. Another user's access token answers 401. */
  async function revokeOwned(
    request: FastifyRequest,
    caller: RevocationCaller,
    row: SessionRow | undefined,
    eventInfo?: EventInfo,
  ): Promise<void> {
    if (row === undefined || (caller.kind === 'key' && !seesSession(caller.scope, row))) {
      throw notFound();
    }
    // 401 or 404: the documentation does not say. 404 would read as "already revoked" to a careful caller.
    if (caller.kind === 'user' && caller.userId !== row.session.userId) {
      throw unauthorized();
    }
    if (!(await revoker.revokeOne(row, eventInfoOf(request, eventInfo)))) {
      throw notFound();
    }
  }

  /**
   * A user without sessions, also one that does not exist or is of another tenant, answers 200; an application that
   * does not exist answers 404. The documentation lists both codes and does not say which applies when.
   */
  async function revokeMany(
    scope: ApiScope,
    userId: string | undefined,
    applicationId: string | undefined,
    info: EventInfo,
  ): Promise<void> {
    const application = applicationId === undefined ? undefined : store.applications.get(applicationId);
    if (applicationId !== undefined && (application === undefined || !sees(scope, application.tenantId))) {
      throw notFound();
    }
    const user = userId === undefined ? undefined : store.users.get(userId);
    if (userId === undefined) {
      if (application !== undefined) {
        await revoker.revokeOfApplication(application.id, info);
      }
    } else if (user !== undefined && sees(scope, user.tenantId)) {
      await (application === undefined
        ? revoker.revokeOfUser(user.id, info)
        : revoker.revokeOfUserInApplication(user.id, application.id, info));
    }
  }
}

type RevocationCaller =
  | { readonly kind: 'key'; readonly scope: ApiScope }
  | { readonly kind: 'user'; readonly userId: string };

/** Single sessions may be revoked with an API key or with an access token of their owner. The key wins. */
async function keyOrBearer(context: EmulatorContext, request: FastifyRequest): Promise<RevocationCaller> {
  const userId = await bearerUserId(context, request);
  const hasKey = context.store.findApiKey(request.headers.authorization ?? '') !== undefined;
  return hasKey || userId === undefined
    ? { kind: 'key', scope: requireApiKey(context, request, basePath) }
    : { kind: 'user', userId };
}

/** What to revoke, from the query, a form body or a JSON body, in which the token decides alone. */
function revocationTarget(request: FastifyRequest): z.output<typeof revokeRequest> {
  if (hasJson(request)) {
    return readJson(request, revokeRequest);
  }
  const parameters = readParameters(request);
  const token = parameters.get('token');
  return token === undefined
    ? { userId: parameters.uuid('userId'), applicationId: parameters.uuid('applicationId') }
    : { token };
}

const revokeRequest = z.object({
  token: z.string().optional(),
  userId: uuidJson.optional(),
  applicationId: uuidJson.optional(),
  eventInfo: eventInfoJson.optional(),
});

const exchangeRequest = z.object({
  refreshToken: z.string().optional(),
  token: z.string().optional(),
  timeToLiveInSeconds: z.number().int().positive().optional(),
  eventInfo: eventInfoJson.optional(),
});

/** The answer observed for a value that was revoked, has expired or never existed. */
function invalidRefreshToken(): ApiError {
  return fieldError('invalid', 'refreshToken', 'The refresh token was not found or has expired.');
}
