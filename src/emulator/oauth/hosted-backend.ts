import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { ApiError } from '../http/errors-json.js';
import { addressOf, optionalPathUuid, type Parameters, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application } from '../store/records.js';
import { requireActive } from './authorization-request.js';
import { redeemCode } from './code-redemption.js';
import { hostedCallbackPath, ownUrl } from './hosted-callback.js';
import { clearHostedCookies, hostedCookies, proofKeyCookie, setHostedCookies, setProofKey } from './hosted-cookies.js';
import { invalidRequest } from './oauth-error.js';
import { errorPage } from './pages.js';
import { isAuthorizedRedirect } from './redirect-addresses.js';
import { refreshGrant } from './refresh-grant.js';
import { requireGrant } from './request-parameters.js';
import { userInformation } from './token-information.js';

/**
 * `/app/*`, the hosted backend that FusionAuth's browser SDKs call: it takes the part of a client's own server in the
 * code flow with PKCE and keeps the tokens in cookies. The client is named in the path, as the API's documentation has
 * it, or by `client_id`, as the SDKs do. What goes wrong in a page is shown as a page with status 200.
 */
export function registerHostedBackend(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  for (const [path, target] of [
    ['/app/login', '/oauth2/authorize'],
    ['/app/register', '/oauth2/register'],
  ] as const) {
    onPage(path, (request, reply) => start(request, reply, target));
  }

  routes.get(hostedCallbackPath, (request, reply) =>
    asPage(reply, async () => {
      const parameters = readParameters(request);
      const { c: clientId, r: redirectUri, s: state } = readState(parameters.get('state'));
      const application = requireActive(context, clientId);
      if (!isAuthorizedRedirect(application, redirectUri)) {
        throw invalidRequest('invalid_redirect_uri', `Invalid redirect_uri ${redirectUri}`);
      }
      const tokens = await redeemCode(context, application, {
        code: parameters.get('code'),
        redirectUri: callbackOf(request, application),
        codeVerifier: request.cookies[proofKeyCookie],
        isClientProven: true,
        address: addressOf(request),
      });
      setHostedCookies(request, reply, tokens, configurationOf(application), context.tokens.nowSeconds());
      const target = new URL(redirectUri);
      if (state !== undefined) {
        target.searchParams.set('state', state);
      }
      return reply.redirect(target.href, 302);
    }),
  );

  onPost('/app/refresh', async (request, reply) => {
    const application = clientOf(request);
    requireGrant(application, 'refresh_token');
    const refreshToken = request.cookies[hostedCookies.refreshToken];
    if (refreshToken === undefined) {
      throw invalidRequest('missing_refresh_token', `The cookie ${hostedCookies.refreshToken} is missing.`);
    }
    const tokens = await refreshGrant(context, application, {
      refreshToken,
      scopes: [],
      address: addressOf(request),
      info: eventInfoOf(request),
      original: request.cookies[hostedCookies.accessToken],
    });
    setHostedCookies(request, reply, tokens, configurationOf(application), context.tokens.nowSeconds());
    return reply.code(200).send();
  });

  routes.get('/app/me', (request) => userInformation(context, request.cookies[hostedCookies.accessToken]));

  onPage('/app/logout', async (request, reply) => {
    const parameters = readParameters(request);
    const application = clientOf(request);
    // The documentation names `redirect_uri`; the SDKs send the parameter of `/oauth2/logout`.
    const target = parameters.get('redirect_uri') ?? parameters.get('post_logout_redirect_uri');
    clearHostedCookies(request, reply);
    const query = new URLSearchParams({
      client_id: application.id,
      tenantId: application.tenantId,
      ...(target === undefined ? {} : { post_logout_redirect_uri: target }),
    });
    return reply.redirect(`/oauth2/logout?${query}`, 302);
  });

  /** Builds the authorization request, whose proof key stays in a cookie of the browser. */
  async function start(request: FastifyRequest, reply: FastifyReply, target: string): Promise<FastifyReply> {
    const parameters = readParameters(request);
    const application = clientOf(request);
    const redirectUri = parameters.get('redirect_uri') ?? application.oauthConfiguration.authorizedRedirectURLs[0];
    if (redirectUri === undefined || !isAuthorizedRedirect(application, redirectUri)) {
      throw invalidRequest('invalid_redirect_uri', `Invalid redirect_uri ${redirectUri}`);
    }
    const verifier = randomBytes(32).toString('base64url');
    setProofKey(request, reply, verifier);
    const query = new URLSearchParams({
      ...passedOn(parameters),
      client_id: application.id,
      tenantId: application.tenantId,
      redirect_uri: callbackOf(request, application),
      response_type: 'code',
      scope: parameters.get('scope') ?? 'openid offline_access',
      state: writeState({ c: application.id, r: redirectUri, s: parameters.get('state') }),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    return reply.redirect(`${target}?${query}`, 302);
  }

  /** Registers a page with the client in the path or in the query. */
  function onPage(path: string, handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) {
    const handler = (request: FastifyRequest, reply: FastifyReply) => asPage(reply, () => handle(request, reply));
    routes.get(path, handler);
    routes.get(`${path}/:clientId`, handler);
  }

  function onPost(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) {
    routes.post(path, handler);
    routes.post(`${path}/:clientId`, handler);
  }

  function clientOf(request: FastifyRequest): Application {
    return requireActive(context, optionalPathUuid(request, 'clientId') ?? readParameters(request).uuid('client_id'));
  }

  function configurationOf(application: Application) {
    return effectiveJwtConfiguration(store.tenantOrThrow(application.tenantId), application);
  }
}

/** The parameters of the login page that an SDK may add. */
function passedOn(parameters: Parameters): Record<string, string> {
  const names = ['locale', 'login_hint', 'idp_hint', 'prompt', 'max_age', 'nonce', 'user_code'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = parameters.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function callbackOf(request: FastifyRequest, { id, tenantId }: Application): string {
  return `${ownUrl(request)}${hostedCallbackPath}?${new URLSearchParams({ client_id: id, tenantId })}`;
}

async function asPage(reply: FastifyReply, handle: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await handle();
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    const { body } = error;
    const message = body !== undefined && 'error' in body ? body.error_description : 'The request is not valid.';
    return reply.code(200).type('text/html').send(errorPage(message));
  }
}

/** The client, its redirect address and its own state, on their way through the login pages. */
const stateJson = z.object({ c: z.string(), r: z.string(), s: z.string().optional() });

function writeState(state: { [K in keyof z.output<typeof stateJson>]: string | undefined }): string {
  return Buffer.from(JSON.stringify(state)).toString('base64url');
}

function readState(text = ''): z.output<typeof stateJson> {
  try {
    return stateJson.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw invalidRequest('unknown', 'The state is not one of /app/login.');
  }
}
