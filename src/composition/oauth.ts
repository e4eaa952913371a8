import { IntrospectToken } from '../application/tokens/introspect-token.js';
import { RevokeAccessToken } from '../application/tokens/revoke-access-token.js';
import { RevokeAllOfUser } from '../application/tokens/revoke-all-of-user.js';
import { PresentedTokens } from '../auth/presented-tokens.js';
import { RevocationRequester } from '../auth/revocation-requester.js';
import type { Spending } from '../domain/ports/spending.js';
import type { Stores } from '../domain/ports/stores.js';
import { clockOfFusionAuth } from '../fusionauth/clock-skew.js';
import type { HttpServerOptions } from '../http/http-server.js';
import type { GlobalRevocationOptions } from '../http/oauth/global-revocation.js';
import type { TokenEndpointsOptions } from '../http/oauth/token-endpoints.js';
import type { CreateScope, RecognitionOptions } from '../http/recognise-caller.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';
import type { AllUseCases } from './use-cases.js';

interface OAuthParts {
  readonly connected: ConnectedFusionAuth;
  readonly stores: Pick<Stores, 'memory'>;
  readonly useCases: Pick<AllUseCases, 'confirmSessions' | 'revokeSession' | 'revokeSessions'>;
  readonly createScope: CreateScope;
  readonly spending: Spending;
}

/** The endpoints for OAuth clients and identity providers. */
export function createOAuth(
  foundation: Foundation,
  parts: OAuthParts,
  recognition: RecognitionOptions,
): Pick<HttpServerOptions, 'tokenEndpoints' | 'globalRevocation' | 'discovery'> {
  const tokenEndpoints = createTokenEndpoints(foundation, parts, recognition);
  const globalRevocation = createGlobalRevocation(foundation, parts, recognition);
  const { publicUrl } = foundation.config;
  const offered = { hasTokenEndpoints: tokenEndpoints !== null, hasGlobalRevocation: globalRevocation !== null };
  const isAny = offered.hasTokenEndpoints || offered.hasGlobalRevocation;
  return {
    tokenEndpoints,
    globalRevocation,
    discovery: publicUrl !== null && isAny ? { publicUrl, ...offered } : null,
  };
}

/**
 * The endpoints of introspection and revocation; null where the configuration does not say which tokens are
 * FusionAuth's.
 */
function createTokenEndpoints(
  { config, fusionAuthUrl, clock, keyFetchTimeoutMs }: Foundation,
  { connected, stores, useCases, createScope, spending }: OAuthParts,
  recognition: RecognitionOptions,
): TokenEndpointsOptions | null {
  const { oauth } = config;
  if (oauth === null) return null;
  const { fusionAuth, audit } = connected;
  const { tenantId } = config.fusionAuth;
  const tokens = new PresentedTokens(fusionAuthUrl, { ...oauth, keyFetchTimeoutMs }, clock);
  const ports = { examine: tokens.examine.bind(tokens), tenantId };
  return {
    ...recognition,
    createScope,
    spending,
    operationTimeoutMs: config.limits.operationTimeoutMs,
    introspectToken: new IntrospectToken({
      ...ports,
      ...oauth,
      memory: stores.memory,
      confirmSessions: useCases.confirmSessions,
      clock: clockOfFusionAuth(clock, fusionAuth.skew),
    }),
    revokeAccessToken: new RevokeAccessToken({ ...ports, revokeSession: useCases.revokeSession }),
    refreshTokens: {
      audit,
      clock,
      tenantId,
      revoke: (value, tenant, upstream) => fusionAuth.tenant(tenant).during(upstream).revokeRefreshToken(value),
    },
  };
}

/** The endpoint at which an identity provider ends all sessions of a user; null where none may. */
function createGlobalRevocation(
  { config, clock, telemetry, keyFetchTimeoutMs }: Foundation,
  { useCases, createScope, spending }: OAuthParts,
  { guesses }: RecognitionOptions,
): GlobalRevocationOptions | null {
  const { globalRevocation, oauth } = config;
  if (globalRevocation === null) return null;
  return {
    requester: new RevocationRequester({ ...globalRevocation, keyFetchTimeoutMs }, clock),
    tenantId: globalRevocation.tenantId,
    issuers: oauth?.issuers ?? [],
    revokeAllOfUser: new RevokeAllOfUser(useCases),
    createScope,
    spending,
    guesses,
    operationTimeoutMs: config.limits.operationTimeoutMs,
    telemetry,
  };
}
