import type { z } from 'zod';
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

type Values = z.output<typeof environment>;

/** The tenant and the application of the demo data. */
const demoTokens = { issuers: ['acme.com'], audiences: ['a0000000-0000-4000-8000-000000000001'] };

/** Null when nothing says which tokens are known: then there are no OAuth endpoints. In the demo they are its own. */
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
  return problems;
}

/** Problems of the combination of values. */
export function oauthContradictoryValues({ PUBLIC_URL: url, BASE_PATH: basePath = '' }: Values): readonly string[] {
  if (url === undefined) return [];
  const { pathname } = new URL(url);
  const path = pathname === '/' ? '' : pathname;
  return path === basePath ? [] : [`PUBLIC_URL: must end with BASE_PATH, which is ${basePath || 'not set'}`];
}
