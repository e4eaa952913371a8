import { z } from 'zod';
import { permissions } from '../domain/caller.js';
import { parseTenantId } from '../domain/ids.js';
import { logLevels } from '../observability/logger.js';
import { asymmetricAlgorithms } from '../tokens/signature-algorithms.js';
import { basePath, headerNames, host, origins, trustedProxies } from './network-variables.js';
import { serviceKeys } from './service-key-variables.js';
import { commaSeparated, id, ids, json } from './values.js';
import {
  webhookHeaderName,
  webhookHeaderValue,
  webhookHmacSecret,
  webhookPassword,
  webhookSignature,
  webhookUsername,
} from './webhook-variables.js';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
const positive = (max: number) => wholeNumber(1, max);
const port = wholeNumber(0, 65_535);

const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');
/** What an Authorization header can carry. @see RFC 6750 section 2.1 */
const demoKey = z
  .string()
  .regex(/^[A-Za-z0-9\-._~+/]{1,256}=*$/, 'must be 1 to 256 characters of A-Z a-z 0-9 - . _ ~ + /');

/** Which permissions a role or a scope of an access token grants. */
const grants = z
  .record(
    z.string(),
    z.array(z.enum(permissions, `must be among ${permissions.join(', ')}`)).min(1, 'must name at least one permission'),
  )
  .transform((record) => new Map(Object.entries(record).map(([name, list]) => [name, new Set(list)])));

const accessTokenPermissions = json('must be JSON: {"roles": {…}, "scopes": {…}}').pipe(
  z
    .strictObject({ roles: grants.default(new Map()), scopes: grants.default(new Map()) })
    .refine(({ roles, scopes }) => roles.size + scopes.size > 0, 'must grant something to a role or a scope'),
);

const names = commaSeparated.pipe(z.array(z.string()).min(1, 'must name at least one'));

/** The values that frameworks and hosts agree on. Any other one is a slip, and must not switch the demo on. */
const nodeEnvironments = ['development', 'test', 'production'] as const;

const fusionAuthUrl = z
  .string()
  .refine(isPlainHttpUrl, 'must be an http or https URL without credentials, query and fragment');

function isPlainHttpUrl(text: string): boolean {
  // A parser trims what it is given; the text is used as it is.
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

/** Every variable, with its bounds and default. docs/reference/configuration.md explains each. */
export const environment = z.object({
  NODE_ENV: z.enum(nodeEnvironments, `must be ${nodeEnvironments.join(', ')}, or not set`).optional(),
  HOST: host.default('127.0.0.1'),
  PORT: port.default(4_000),
  EMULATOR_PORT: port.default(9_011),
  FUSIONAUTH_URL: fusionAuthUrl.optional(),
  FUSIONAUTH_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, 'must be the API key alone, without spaces')
    .optional(),
  FUSIONAUTH_TENANT_ID: id(parseTenantId).optional(),
  FUSIONAUTH_REQUEST_TIMEOUT_MS: positive(60_000).default(2_000),
  FUSIONAUTH_CALL_BUDGET_MS: positive(120_000).default(5_000),
  FUSIONAUTH_MAX_ATTEMPTS: positive(10).default(3),
  FUSIONAUTH_MAX_CONCURRENT_CALLS: positive(1_000).default(64),
  FUSIONAUTH_MAX_QUEUED_CALLS: positive(100_000).default(5_000),
  FUSIONAUTH_AUDIT_LOG: flag.optional(),
  SETTINGS_MAX_AGE_MS: positive(300_000).default(10_000),
  SERVICE_KEYS: serviceKeys.optional(),
  ACCESS_TOKEN_ISSUERS: names.optional(),
  ACCESS_TOKEN_AUDIENCES: names.optional(),
  ACCESS_TOKEN_ALGORITHMS: commaSeparated
    .pipe(
      z.array(z.enum(asymmetricAlgorithms, `must be among ${asymmetricAlgorithms.join(', ')}`)).min(1, 'must name one'),
    )
    .optional(),
  ACCESS_TOKEN_TENANT_IDS: commaSeparated.pipe(ids(parseTenantId)).optional(),
  ACCESS_TOKEN_PERMISSIONS: accessTokenPermissions.optional(),
  ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300).default(5),
  WEBHOOK_SIGNATURE: webhookSignature.optional(),
  WEBHOOK_HMAC_SECRET: webhookHmacSecret.optional(),
  WEBHOOK_USERNAME: webhookUsername.optional(),
  WEBHOOK_PASSWORD: webhookPassword.optional(),
  WEBHOOK_HEADER_NAME: webhookHeaderName.optional(),
  WEBHOOK_HEADER_VALUE: webhookHeaderValue.optional(),
  WEBHOOK_MAX_AGE_SECONDS: positive(86_400).default(300),
  WEBHOOK_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300).default(30),
  WEBHOOK_HEAR_TIMEOUT_MS: positive(10_000).default(1_000),
  WEBHOOK_MAX_BODY_BYTES: positive(10_000_000).default(1_048_576),
  WEBHOOK_MAX_CONCURRENT_DELIVERIES: positive(10_000).default(200),
  RECENT_SIGN_IN_SECONDS: positive(86_400).optional(),
  DEMO_SERVICE_KEY: demoKey.optional(),
  DEMO_FUSIONAUTH_API_KEY: demoKey.optional(),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  COMPILE_QUERIES: flag.default(true),
  CORS_ORIGINS: origins.optional(),
  CORS_HEADERS: headerNames.optional(),
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
  MAX_BODY_BYTES: positive(10_000_000).default(100_000),
  MAX_QUERY_CHARACTERS: positive(1_000_000).default(20_000),
  MAX_QUERY_TOKENS: positive(100_000).default(2_000),
  MAX_QUERY_DEPTH: positive(100).default(10),
  MAX_QUERY_ALIASES: wholeNumber(0, 10_000).default(30),
  MAX_QUERY_DIRECTIVES: wholeNumber(0, 10_000).default(20),
  MAX_ROOT_FIELDS: positive(1_000).default(20),
  MAX_QUERY_FIELDS: positive(10_000).default(500),
  MAX_SELECTION_FIELDS: positive(10_000).default(100),
  MAX_LIST_ITEMS: positive(10_000).default(500),
  MAX_OPERATION_COST: positive(100_000).default(1_100),
  SERVICE_RESERVE_PERCENT: wholeNumber(0, 90).default(25),
  MAX_OPERATION_WORK: positive(100_000_000).default(500_000),
  MAX_USER_OPERATION_WORK: positive(100_000_000).default(50_000),
  MAX_RESPONSE_BYTES: positive(100_000_000).default(5_000_000),
  MAX_CONCURRENT_OPERATIONS: positive(100_000).default(1_000),
  OPERATION_TIMEOUT_MS: positive(600_000).default(30_000),
  RATE_LIMIT_INTERVAL_SECONDS: positive(86_400).default(10),
  RATE_LIMIT_POINTS: positive(100_000_000).default(100_000),
  RATE_LIMIT_USER_POINTS: positive(100_000_000).default(2_000),
  MAX_SUBSCRIPTIONS: positive(100_000).default(1_000),
  MAX_SERVICE_SUBSCRIPTIONS: positive(100_000).default(100),
  MAX_USER_SUBSCRIPTIONS: positive(100_000).default(10),
  MAX_SUBSCRIPTION_SECONDS: positive(604_800).default(86_400),
  MAX_WAITING_EVENTS: positive(100_000).default(1_000),
  MAX_REMEMBERED_EVENTS: positive(1_000_000).default(10_000),
  MAX_REMEMBERED_REVOCATIONS: positive(10_000_000).default(100_000),
  ENDED_SESSION_MEMORY_SECONDS: positive(31_536_000).default(86_400),
  MAX_ACCESS_TOKEN_LIFETIME_SECONDS: positive(31_536_000).default(86_400),
  TRUSTED_PROXIES: trustedProxies.optional(),
  BASE_PATH: basePath.optional(),
  MAX_CONNECTIONS: positive(1_000_000).default(10_000),
  MAX_ADDRESS_CONNECTIONS: positive(1_000_000).default(500),
  MAX_ADDRESS_REFUSALS: positive(1_000_000).default(100),
  MAX_UNREAD_BYTES: positive(999_999_999).default(100_000_000),
  WRITE_TIMEOUT_MS: positive(600_000).default(30_000),
  KEEP_ALIVE_TIMEOUT_MS: positive(3_600_000).default(130_000),
  REQUEST_TIMEOUT_MS: positive(300_000).default(15_000),
  ENDING_BUDGET_MS: positive(300_000).default(15_000),
  USER_LOCK_MAX_WAIT_MS: positive(60_000).default(5_000),
  READINESS_MAX_AGE_MS: positive(60_000).default(2_000),
  DRAIN_MS: wholeNumber(0, 300_000).optional(),
  SHUTDOWN_TIMEOUT_MS: positive(300_000).default(10_000),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
});
