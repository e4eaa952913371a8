import { IntrospectToken } from '../application/tokens/introspect-token.js';
import { RevokeAccessToken } from '../application/tokens/revoke-access-token.js';
import { PresentedTokens } from '../auth/presented-tokens.js';
import type { Spending } from '../domain/ports/spending.js';
import type { Stores } from '../domain/ports/stores.js';
import { clockOfFusionAuth } from '../fusionauth/clock-skew.js';
import type { TokenEndpointsOptions } from '../http/oauth/token-endpoints.js';
import type { CreateScope, RecognitionOptions } from '../http/recognise-caller.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';
import type { AllUseCases } from './use-cases.js';

export interface TokenEndpointsParts {
  readonly connected: ConnectedFusionAuth;
  readonly stores: Pick<Stores, 'memory'>;
  readonly useCases: Pick<AllUseCases, 'confirmSessions' | 'revokeSession'>;
  readonly createScope: CreateScope;
  readonly spending: Spending;
}

/** What OAuth clients can ask about tokens; null where nothing says which tokens are FusionAuth's. */
export function createTokenEndpoints(
  { config, fusionAuthUrl, clock, keyFetchTimeoutMs }: Foundation,
  { connected, stores, useCases, createScope, spending }: TokenEndpointsParts,
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
      revoke: (value, tenant) =>
        fusionAuth
          .tenant(tenant ?? tenantId)
          .during({ calls: 0 })
          .revokeRefreshToken(value),
    },
  };
}
