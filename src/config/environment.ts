import { z } from 'zod';
import { permissions } from '../domain/caller.js';
import { parseTenantId } from '../domain/ids.js';
import { logLevels } from '../observability/logger.js';

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

const serviceKey = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 _ . -'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be the SHA-256 of the key as 64 hex digits')
    .transform((hex) => Buffer.from(hex, 'hex')),
  permissions: z
    .array(z.enum(permissions, `must be among ${permissions.join(', ')}`))
    .min(1, 'must name at least one permission')
    .transform((list) => new Set(list)),
});

const serviceKeys = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON: a list of {name, sha256, permissions}' });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(serviceKey, 'must be a JSON list of {name, sha256, permissions}')
      .min(1, 'must hold at least one key')
      .max(100, 'must hold at most 100 keys'),
  );

const fusionAuthUrl = z
  .string()
  .refine(isPlainHttpUrl, 'must be an http or https URL without credentials, query and fragment');

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

/** Every variable, with its bounds and default. The README explains each. */
export const environment = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(4_000),
  EMULATOR_PORT: port.default(9_011),
  FUSIONAUTH_URL: fusionAuthUrl.optional(),
  FUSIONAUTH_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, 'must be the API key alone, without spaces')
    .optional(),
  FUSIONAUTH_TENANT_ID: z
    .string()
    .transform((text, context) => {
      const id = parseTenantId(text);
      if (id !== undefined) return id;
      context.addIssue({ code: 'custom', message: 'must be a UUID' });
      return z.NEVER;
    })
    .optional(),
  FUSIONAUTH_REQUEST_TIMEOUT_MS: positive(60_000).default(2_000),
  FUSIONAUTH_CALL_BUDGET_MS: positive(120_000).default(5_000),
  FUSIONAUTH_MAX_ATTEMPTS: positive(10).default(3),
  FUSIONAUTH_MAX_CONCURRENT_CALLS: positive(1_000).default(64),
  FUSIONAUTH_MAX_QUEUED_CALLS: positive(100_000).default(5_000),
  FUSIONAUTH_AUDIT_LOG: flag.optional(),
  SETTINGS_MAX_AGE_MS: positive(300_000).default(10_000),
  SERVICE_KEYS: serviceKeys.optional(),
  DEMO_SERVICE_KEY: demoKey.optional(),
  DEMO_FUSIONAUTH_API_KEY: demoKey.optional(),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  MAX_BODY_BYTES: positive(10_000_000).default(100_000),
  REQUEST_TIMEOUT_MS: positive(300_000).default(15_000),
  ENDING_BUDGET_MS: positive(300_000).default(15_000),
  USER_LOCK_MAX_WAIT_MS: positive(60_000).default(5_000),
  READINESS_MAX_AGE_MS: positive(60_000).default(2_000),
  SHUTDOWN_TIMEOUT_MS: positive(300_000).default(10_000),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
});

/** Problems that cannot be seen from one variable alone. */
export function contradictions(env: Readonly<Record<string, unknown>>): readonly string[] {
  const has = (name: string) => env[name] !== undefined;
  const problems: string[] = [];
  if (env['NODE_ENV'] === 'production') {
    for (const name of ['FUSIONAUTH_URL', 'FUSIONAUTH_API_KEY', 'SERVICE_KEYS']) {
      if (!has(name)) problems.push(`${name}: is required with NODE_ENV=production`);
    }
    for (const name of ['DEMO_SERVICE_KEY', 'DEMO_FUSIONAUTH_API_KEY']) {
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
  return problems;
}
