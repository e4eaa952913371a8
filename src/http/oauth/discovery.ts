import type { FastifyInstance } from 'fastify';
import { globalRevocationPath } from './global-revocation.js';
import { introspectionPath, revocationPath } from './token-endpoints.js';

export interface DiscoveryOptions {
  /** Where clients see the service, with the base path and without a trailing slash. */
  readonly publicUrl: string;
  readonly hasTokenEndpoints: boolean;
  readonly hasGlobalRevocation: boolean;
}

/**
 * RFC 8414 puts it before the path of the issuer. Many clients look for it behind that path, where the base path leads
 * here.
 */
const wellKnownPath = '/.well-known/oauth-authorization-server';

const maxAgeSeconds = 3_600;

/**
 * Serves the metadata of the OAuth endpoints. It names this service as issuer, because the address of the document
 * follows from that name. Tokens are FusionAuth's, and name its tenant.
 * @see RFC 8414 section 3
 */
export function registerDiscovery(app: FastifyInstance, options: DiscoveryOptions): void {
  const { publicUrl, hasTokenEndpoints, hasGlobalRevocation } = options;
  const document = {
    issuer: publicUrl,
    ...(hasTokenEndpoints ? tokenEndpointsAt(publicUrl) : {}),
    ...(hasGlobalRevocation ? { global_token_revocation_endpoint: `${publicUrl}${globalRevocationPath}` } : {}),
    // Required, and empty, because users sign in at FusionAuth.
    response_types_supported: [],
    grant_types_supported: [],
  };
  const { pathname } = new URL(publicUrl);
  const paths = new Set([wellKnownPath, `${wellKnownPath}${pathname === '/' ? '' : pathname}`]);
  for (const path of paths) {
    app.get(path, async (_request, reply) =>
      reply.header('cache-control', `public, max-age=${maxAgeSeconds}`).send(document),
    );
  }
}

function tokenEndpointsAt(publicUrl: string) {
  return {
    introspection_endpoint: `${publicUrl}${introspectionPath}`,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
    revocation_endpoint: `${publicUrl}${revocationPath}`,
    revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
  };
}
