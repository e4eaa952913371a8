import type { z } from 'zod';
import type { environment } from './environment.js';

type Given = Readonly<Record<string, unknown>>;
type Values = z.output<typeof environment>;

/** Problems of the combination of variables that are given. */
export function contradictions(env: Given): readonly string[] {
  const has = (name: string) => env[name] !== undefined;
  const problems: string[] = [];
  if (has('ACCESS_TOKEN_ISSUERS') !== has('ACCESS_TOKEN_AUDIENCES')) {
    const missing = has('ACCESS_TOKEN_ISSUERS') ? 'ACCESS_TOKEN_AUDIENCES' : 'ACCESS_TOKEN_ISSUERS';
    problems.push(`${missing}: is required for accepting access tokens`);
  } else if (!has('ACCESS_TOKEN_ISSUERS')) {
    const isOfUse = (name: string) => ofAnyToken.includes(name) && has('OAUTH_ISSUERS');
    for (const name of ofAccessTokens.filter((one) => has(one) && !isOfUse(one))) {
      problems.push(`${name}: has no effect without ACCESS_TOKEN_ISSUERS and ACCESS_TOKEN_AUDIENCES`);
    }
  }
  if (env['GRAPHIQL'] === 'true' && has('TRUSTED_DOCUMENTS_FILE')) {
    problems.push('GRAPHIQL: is of no use with TRUSTED_DOCUMENTS_FILE, which refuses what is typed into it');
  }
  if (env['NODE_ENV'] === 'production') {
    for (const name of ['FUSIONAUTH_URL', 'FUSIONAUTH_API_KEY', 'SERVICE_KEYS']) {
      if (!has(name)) problems.push(`${name}: is required with NODE_ENV=production`);
    }
    for (const name of ['DEMO_SERVICE_KEY', 'DEMO_FUSIONAUTH_API_KEY', 'EMULATOR_PORT']) {
      if (has(name)) problems.push(`${name}: is not accepted with NODE_ENV=production`);
    }
    return problems;
  }
  if (has('FUSIONAUTH_URL') && !has('FUSIONAUTH_API_KEY')) {
    problems.push('FUSIONAUTH_API_KEY: is required together with FUSIONAUTH_URL');
  }
  if (has('FUSIONAUTH_API_KEY') && !has('FUSIONAUTH_URL')) {
    problems.push('FUSIONAUTH_URL: is required together with FUSIONAUTH_API_KEY');
  }
  if (has('SERVICE_KEYS') && has('DEMO_SERVICE_KEY')) {
    problems.push('DEMO_SERVICE_KEY: is not accepted together with SERVICE_KEYS');
  }
  if (has('FUSIONAUTH_URL')) {
    for (const name of ['DEMO_FUSIONAUTH_API_KEY', 'EMULATOR_PORT'].filter(has)) {
      problems.push(`${name}: is of the demo, and not accepted together with FUSIONAUTH_URL`);
    }
  }
  return problems;
}

/** Variables only for access tokens, or for the users that have them. */
const ofAccessTokens = [
  'ACCESS_TOKEN_ALGORITHMS',
  'ACCESS_TOKEN_TENANT_IDS',
  'ACCESS_TOKEN_PERMISSIONS',
  'ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS',
  'RECENT_SIGN_IN_SECONDS',
  'REQUIRE_COMMENT',
];

/** Variables that also hold for tokens that OAuth clients present. */
const ofAnyToken = ['ACCESS_TOKEN_ALGORITHMS', 'ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS'];

/** The first has no effect above the second, so a higher value is a mistake. */
const atMost = [
  ['FUSIONAUTH_REQUEST_TIMEOUT_MS', 'FUSIONAUTH_CALL_BUDGET_MS'],
  ['ENDING_BUDGET_MS', 'OPERATION_TIMEOUT_MS'],
  ['USER_LOCK_MAX_WAIT_MS', 'OPERATION_TIMEOUT_MS'],
  ['MAX_QUERY_CHARACTERS', 'MAX_BODY_BYTES'],
  ['MAX_SERVICE_SUBSCRIPTIONS', 'MAX_SUBSCRIPTIONS'],
  ['MAX_USER_SUBSCRIPTIONS', 'MAX_SUBSCRIPTIONS'],
  ['MAX_SUBSCRIPTIONS', 'MAX_CONNECTIONS'],
  ['WEBHOOK_CLOCK_TOLERANCE_SECONDS', 'WEBHOOK_MAX_AGE_SECONDS'],
] as const;

/**
 * Warnings of values above a default, which cuts them, and of what operations cut in any case. A default above a limit
 * that somebody lowers is no mistake.
 */
export function cutValues(values: Values, given: Given): readonly string[] {
  const warnings = atMost
    .filter(([name, limit]) => given[name] !== undefined && given[limit] === undefined && values[name] > values[limit])
    .map(([name, limit]) => `${name}: has no effect above ${limit}, which is ${values[limit]} unless it is set, too`);
  // Calls outside operations have all of it, so it is no mistake for certain.
  const { FUSIONAUTH_CALL_BUDGET_MS: budget, OPERATION_TIMEOUT_MS: limit } = values;
  if (given['FUSIONAUTH_CALL_BUDGET_MS'] !== undefined && budget > limit) {
    warnings.push(`FUSIONAUTH_CALL_BUDGET_MS: operations end their calls by OPERATION_TIMEOUT_MS, which is ${limit}`);
  }
  return warnings;
}

/** Problems of the combination of values. */
export function contradictoryValues(values: Values, given: Given): readonly string[] {
  const problems: string[] = atMost
    .filter(([name, limit]) => given[name] !== undefined && given[limit] !== undefined && values[name] > values[limit])
    .map(([name, limit]) => `${name}: must be at most ${limit}, which is ${values[limit]}`);
  if (values.FUSIONAUTH_URL === undefined && values.PORT !== 0 && values.PORT === values.EMULATOR_PORT) {
    problems.push(`EMULATOR_PORT: must be another one than PORT, which is ${values.PORT}`);
  }
  if (values.MANAGEMENT_PORT !== undefined && values.MANAGEMENT_PORT !== 0 && values.MANAGEMENT_PORT === values.PORT) {
    problems.push(`MANAGEMENT_PORT: must be another one than PORT, which is ${values.PORT}`);
  }
  const tenant = values.FUSIONAUTH_TENANT_ID;
  if (tenant === undefined) return problems;
  const isElsewhere = (tenantIds: ReadonlySet<string> | undefined) => tenantIds?.has(tenant) === false;
  values.SERVICE_KEYS?.forEach(({ tenantIds }, index) => {
    if (!isElsewhere(tenantIds)) return;
    problems.push(`SERVICE_KEYS.${index}.tenantIds: must hold FUSIONAUTH_TENANT_ID, outside which nothing is done`);
  });
  if (isElsewhere(values.ACCESS_TOKEN_TENANT_IDS)) {
    problems.push('ACCESS_TOKEN_TENANT_IDS: must hold FUSIONAUTH_TENANT_ID, outside which nothing is done');
  }
  return problems;
}
