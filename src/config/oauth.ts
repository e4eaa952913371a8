import type { z } from 'zod';
import type { RevocationRequesterOptions } from '../auth/revocation-requester.js';
import type { environment } from './environment.js';

/** Which access tokens the OAuth endpoints know, and until when they call them active. */
export interface OAuthConfig {
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly clockToleranceSeconds: number;
  readonly maxRevocationLagMs: number;
  readonly acceptTokensWithoutSession: boolean;
}

/** The identity provider that may end all sessions of a user. */
export type GlobalRevocationConfig = Omit<RevocationRequesterOptions, 'keyFetchTimeoutMs'>;

type Values = z.output<typeof environment>;

/** The tenant and the application of the demo data. */
const demoTokens = { issuers: ['acme.com'], audiences: ['a0000000-0000-4000-8000-000000000001'] };

/**
 * Null when it is not configured which tokens are known: then there are no OAuth endpoints. In the demo they are the
 * demo's own.
 */
export function oauthOf(values: Values): OAuthConfig | null {
  const demo = values.FUSIONAUTH_URL === undefined ? demoTokens : null;
  const issuers = values.OAUTH_ISSUERS ?? values.ACCESS_TOKEN_ISSUERS ?? demo?.issuers;
  const audiences = values.OAUTH_AUDIENCES ?? values.ACCESS_TOKEN_AUDIENCES ?? demo?.audiences;
  if (issuers === undefined || audiences === undefined) return null;
  return {
    issuers,
    audiences,
    algorithms: values.ACCESS_TOKEN_ALGORITHMS ?? ['RS256'],
    clockToleranceSeconds: values.ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS,
    maxRevocationLagMs: values.OAUTH_MAX_REVOCATION_LAG_SECONDS * 1_000,
    acceptTokensWithoutSession: values.OAUTH_TOKENS_WITHOUT_SESSION ?? false,
  };
}

/** Null where no provider may. */
export function globalRevocationOf(values: Values): GlobalRevocationConfig | null {
  const {
    GLOBAL_REVOCATION_JWKS_URL: jwksUrl,
    GLOBAL_REVOCATION_ISSUER: issuer,
    GLOBAL_REVOCATION_AUDIENCE: audience,
  } = values;
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) return null;
  return {
    jwksUrl,
    issuer,
    audience,
    clientId: values.GLOBAL_REVOCATION_CLIENT_ID ?? null,
    tenantId: values.GLOBAL_REVOCATION_TENANT_ID ?? values.FUSIONAUTH_TENANT_ID ?? null,
    clockToleranceSeconds: values.ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS,
  };
}

const neededForGlobalRevocation = [
  'GLOBAL_REVOCATION_JWKS_URL',
  'GLOBAL_REVOCATION_ISSUER',
  'GLOBAL_REVOCATION_AUDIENCE',
];

/** Problems that one variable alone does not show. */
export function oauthContradictions(env: Readonly<Record<string, unknown>>): readonly string[] {
  const has = (name: string) => env[name] !== undefined;
  const knows = (what: 'ISSUERS' | 'AUDIENCES') => has(`OAUTH_${what}`) || has(`ACCESS_TOKEN_${what}`);
  const isDemo = !has('FUSIONAUTH_URL');
  const problems = (['ISSUERS', 'AUDIENCES'] as const)
    .filter((what) => !isDemo && !knows(what) && has(`OAUTH_${what === 'ISSUERS' ? 'AUDIENCES' : 'ISSUERS'}`))
    .map((what) => `OAUTH_${what}: is required for introspecting access tokens`);
  if (!isDemo && !knows('ISSUERS') && !knows('AUDIENCES')) {
    const details = ['OAUTH_MAX_REVOCATION_LAG_SECONDS', 'OAUTH_TOKENS_WITHOUT_SESSION'].filter(has);
    problems.push(...details.map((name) => `${name}: has no effect without OAUTH_ISSUERS`));
  }
  const given = [...neededForGlobalRevocation, 'GLOBAL_REVOCATION_CLIENT_ID', 'GLOBAL_REVOCATION_TENANT_ID'].filter(
    has,
  );
  if (given.length > 0) {
    const missing = neededForGlobalRevocation.filter((name) => !has(name));
    problems.push(...missing.map((name) => `${name}: is required together with ${given[0]}`));
  }
  return problems;
}

/** Problems of the combination of values. */
export function oauthContradictoryValues(values: Values): readonly string[] {
  const { PUBLIC_URL: url, BASE_PATH: basePath = '', FUSIONAUTH_TENANT_ID: tenant } = values;
  const problems: string[] = [];
  if (url !== undefined && new URL(url).pathname.replace(/^\/$/, '') !== basePath) {
    problems.push(`PUBLIC_URL: must end with BASE_PATH, which is ${basePath || 'not set'}`);
  }
  if (tenant !== undefined && (values.GLOBAL_REVOCATION_TENANT_ID ?? tenant) !== tenant) {
    problems.push('GLOBAL_REVOCATION_TENANT_ID: must be FUSIONAUTH_TENANT_ID, outside which nothing is done');
  }
  return problems;
}
