import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { hashServiceKey, type ServiceKey } from '../auth/service-keys.js';
import { permissions } from '../domain/caller.js';
import { parseTenantId, type TenantId } from '../domain/ids.js';
import { type LogLevel, logLevels } from '../observability/logger.js';

/** How the service runs. Holds no secret, so it may be logged. */
export interface Config {
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly maxBodyBytes: number;
    readonly requestTimeoutMs: number;
    /** How long requests in flight may take to finish once the service is told to stop. */
    readonly shutdownTimeoutMs: number;
  };
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly fusionAuth: {
    /** Null: the embedded emulator, listening on `emulatorPort`. */
    readonly url: string | null;
    readonly emulatorPort: number;
    readonly tenantId: TenantId | null;
    readonly requestTimeoutMs: number;
    readonly callBudgetMs: number;
    readonly maxAttempts: number;
    readonly maxConcurrentCalls: number;
    readonly maxQueuedCalls: number;
    readonly settingsMaxAgeMs: number;
    /** Whether revocations are also recorded in FusionAuth's own audit log. */
    readonly auditLog: boolean;
  };
  readonly endingBudgetMs: number;
  readonly userLockMaxWaitMs: number;
  readonly readinessMaxAgeMs: number;
  readonly logLevel: LogLevel;
}

export interface Secrets {
  readonly fusionAuthApiKey: string;
  readonly serviceKeys: readonly ServiceKey[];
  /** A service key with every permission, to be shown at start-up. Null when keys are configured. */
  readonly demoServiceKey: string | null;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly secrets: Secrets }
  /** Every problem found, each naming its variable. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the configuration from environment variables; the README explains each. Has no side effects. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ParsedConfig {
  // An empty variable is the same as none: that is how compose files and CI systems leave one out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)),
    ...contradictions(given),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };

  const values = parsed.data;
  const isProduction = values.NODE_ENV === 'production';
  const demoServiceKey = values.SERVICE_KEYS === undefined ? (values.DEMO_SERVICE_KEY ?? randomKey()) : null;
  return {
    ok: true,
    config: {
      http: {
        host: values.HOST,
        port: values.PORT,
        maxBodyBytes: values.MAX_BODY_BYTES,
        requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
        shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
      },
      graphiql: values.GRAPHIQL ?? !isProduction,
      introspection: values.INTROSPECTION ?? !isProduction,
      fusionAuth: {
        url: values.FUSIONAUTH_URL ?? null,
        emulatorPort: values.EMULATOR_PORT,
        tenantId: values.FUSIONAUTH_TENANT_ID ?? null,
        requestTimeoutMs: values.FUSIONAUTH_REQUEST_TIMEOUT_MS,
        callBudgetMs: values.FUSIONAUTH_CALL_BUDGET_MS,
        maxAttempts: values.FUSIONAUTH_MAX_ATTEMPTS,
        maxConcurrentCalls: values.FUSIONAUTH_MAX_CONCURRENT_CALLS,
        maxQueuedCalls: values.FUSIONAUTH_MAX_QUEUED_CALLS,
        settingsMaxAgeMs: values.SETTINGS_MAX_AGE_MS,
        auditLog: values.FUSIONAUTH_AUDIT_LOG ?? false,
      },
      endingBudgetMs: values.ENDING_BUDGET_MS,
      userLockMaxWaitMs: values.USER_LOCK_MAX_WAIT_MS,
      readinessMaxAgeMs: values.READINESS_MAX_AGE_MS,
      logLevel: values.LOG_LEVEL,
    },
    secrets: {
      fusionAuthApiKey: values.FUSIONAUTH_API_KEY ?? values.DEMO_FUSIONAUTH_API_KEY ?? randomKey(),
      serviceKeys: values.SERVICE_KEYS ?? [demoKey(demoServiceKey ?? randomKey())],
      demoServiceKey,
    },
  };
}

const positive = (max: number) =>
  z.coerce
    .number(`must be a whole number from 1 to ${max}`)
    .pipe(
      z.int(`must be a whole number from 1 to ${max}`).min(1, `must be at least 1`).max(max, `must be at most ${max}`),
    );
const port = z.coerce
  .number('must be a port from 0 to 65535')
  .pipe(z.int('must be a port from 0 to 65535').min(0, 'must be at least 0').max(65_535, 'must be at most 65535'));
const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');
const printableKey = z
  .string()
  .regex(/^[A-Za-z0-9\-._~+/]{16,256}=*$/, 'must be 16 to 256 characters of A-Z a-z 0-9 - . _ ~ + /');

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

const fusionAuthUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}, 'must not hold credentials, a query or a fragment');

const environment = z.object({
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
  DEMO_SERVICE_KEY: printableKey.optional(),
  DEMO_FUSIONAUTH_API_KEY: printableKey.optional(),
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

/** What cannot be seen from one variable alone. */
function contradictions(env: Readonly<Record<string, unknown>>): readonly string[] {
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

function demoKey(key: string): ServiceKey {
  return { name: 'demo', sha256: hashServiceKey(key), permissions: new Set(permissions) };
}

/** 256 random bits: beyond guessing. */
function randomKey(): string {
  return randomBytes(32).toString('base64url');
}
