import { randomBytes } from 'node:crypto';
import type { AccessTokenOptions } from '../auth/access-tokens.js';
import type { ServiceKey } from '../auth/service-keys.js';
import type { TenantId } from '../domain/ids.js';
import type { LogLevel } from '../observability/logger.js';
import type { WebhookSecrets } from '../webhook/webhook-receiver.js';
import { accessTokensOf, demoServiceKeyOf, toServiceKey } from './callers.js';
import {
  type ConsoleConfig,
  type ConsoleSecrets,
  consoleContradictions,
  consoleOf,
  consoleSecretsOf,
  contradictoryConsole,
} from './console.js';
import { contradictions, contradictoryValues } from './contradictions.js';
import { copyingSlips, problemOf } from './copied-values.js';
import { type DatabaseConfig, databaseContradictions, databaseOf } from './database.js';
import { environment } from './environment.js';
import { type HttpConfig, httpOf } from './http.js';
import { type Limits, limitContradictions, limitsOf } from './limits.js';
import { isLoopback } from './loopback.js';
import {
  type GlobalRevocationConfig,
  globalRevocationOf,
  type OAuthConfig,
  oauthContradictions,
  oauthContradictoryValues,
  oauthOf,
} from './oauth.js';
import { type PolicyTriggersConfig, policyTriggersOf } from './policy-triggers.js';
import { underCurrentNames } from './renamed-variables.js';
import { unknownVariables } from './variable-names.js';
import { type WebhookConfig, webhookContradictions, webhookOf, webhookSecretsOf } from './webhook.js';

/** How the service runs. Holds no secret, so it may be logged. */
export interface Config {
  readonly http: HttpConfig;
  readonly limits: Limits;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** Whether repeated queries are compiled. Answers are the same either way. */
  readonly compileQueries: boolean;
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
  /** Null when access tokens are not accepted. */
  readonly accessTokens: AccessTokenOptions | null;
  /** Null where there is no console. */
  readonly console: ConsoleConfig | null;
  /** Null where the OAuth endpoints are off. */
  readonly oauth: OAuthConfig | null;
  /** Null where no identity provider may end sessions. */
  readonly globalRevocation: GlobalRevocationConfig | null;
  /** Where clients see the service; null when that is not configured. */
  readonly publicUrl: string | null;
  /** Null when events of FusionAuth are not taken. */
  readonly webhook: WebhookConfig | null;
  /** How recent the sign-in of a user who ends own sessions must be; null when any will do. */
  readonly recentSignInSeconds: number | null;
  /** Whether people who end sessions of others have to give a comment. */
  readonly commentRequired: boolean;
  readonly subscriptions: {
    readonly maxSubscriptions: number;
    readonly maxServiceSubscriptions: number;
    readonly maxUserSubscriptions: number;
    readonly maxSubscriptionMs: number;
  };
  readonly events: {
    /** How many events may wait to be read by one subscriber. */
    readonly maxWaitingEvents: number;
    readonly maxRememberedEvents: number;
    readonly maxRememberedRevocations: number;
    /** How long the ending of a session is remembered. */
    readonly endedSessionMemoryMs: number;
    /** How long access tokens live at most, for applications whose settings are not known. */
    readonly maxAccessTokenLifetimeMs: number;
  };
  /** When the session policy is enforced. */
  readonly policy: PolicyTriggersConfig;
  /** The file of service keys that may change while the service runs; null where the environment holds them. */
  readonly serviceKeysFile: string | null;
  /** The file of the session policy; null where FusionAuth keeps the policy, if there is one. */
  readonly policyFile: string | null;
  /** Null when each process remembers for itself. */
  readonly database: DatabaseConfig | null;
  /** How many calls to FusionAuth a second may confirm that sessions live. */
  readonly confirmationsPerSecond: number;
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
  readonly webhook: WebhookSecrets;
  /** Null where there is no console. */
  readonly console: ConsoleSecrets | null;
  /** The address of the database that replicas share; null without one. */
  readonly databaseUrl: string | null;
}

export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly secrets: Secrets;
      /** Settings that work and should be changed, each naming its variable. */
      readonly warnings: readonly string[];
    }
  /** Every problem found, each naming its variable. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the configuration from environment variables; docs/reference/configuration.md explains each. Has no side effects. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ParsedConfig {
  // An empty variable counts as absent, because compose files and CI systems leave one out that way.
  const set = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value]],
  );
  const { given, warnings, problems: doubles } = underCurrentNames(Object.fromEntries(set));
  const parsed = environment.safeParse(given);
  const slips = copyingSlips(given);
  const problems = [
    ...doubles,
    ...slips.values(),
    ...(parsed.success
      ? [
          ...limitContradictions(parsed.data),
          ...contradictoryValues(parsed.data, given),
          ...contradictoryConsole(parsed.data),
          ...oauthContradictoryValues(parsed.data),
        ]
      : parsed.error.issues
          .filter(({ path: [name] }) => !slips.has(String(name)))
          .map(({ path, message }) => problemOf(path, message, given))),
    ...contradictions(given),
    ...webhookContradictions(given),
    ...oauthContradictions(given),
    ...databaseContradictions(given),
    ...consoleContradictions(given),
    ...unknownVariables(Object.keys(given), Object.keys(environment.shape)),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };

  const values = parsed.data;
  const isProduction = values.NODE_ENV === 'production';
  const known = values.FUSIONAUTH_URL === undefined && isLoopback(values.HOST) ? knownDemoKeys : null;
  // The passwords of its people are known, so only this machine may reach it. Configured access tokens leave no room
  // for the demo's.
  const hasDemoConsole = known !== null && values.ACCESS_TOKEN_ISSUERS === undefined;
  const demoServiceKey =
    values.SERVICE_KEYS === undefined ? (values.DEMO_SERVICE_KEY ?? known?.serviceKey ?? randomKey()) : null;
  return {
    ok: true,
    warnings,
    config: {
      http: httpOf(values),
      limits: limitsOf(values),
      graphiql: values.GRAPHIQL ?? (!isProduction && values.TRUSTED_DOCUMENTS_FILE === undefined),
      introspection: values.INTROSPECTION ?? !isProduction,
      compileQueries: values.COMPILE_QUERIES,
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
      accessTokens: accessTokensOf(values, hasDemoConsole),
      console: consoleOf(values, hasDemoConsole),
      oauth: oauthOf(values),
      globalRevocation: globalRevocationOf(values),
      publicUrl: values.PUBLIC_URL ?? null,
      webhook: webhookOf(values),
      recentSignInSeconds: values.RECENT_SIGN_IN_SECONDS ?? null,
      commentRequired: values.REQUIRE_COMMENT,
      subscriptions: {
        maxSubscriptions: values.MAX_SUBSCRIPTIONS,
        maxServiceSubscriptions: values.MAX_SERVICE_SUBSCRIPTIONS,
        maxUserSubscriptions: values.MAX_USER_SUBSCRIPTIONS,
        maxSubscriptionMs: values.MAX_SUBSCRIPTION_SECONDS * 1_000,
      },
      events: {
        maxWaitingEvents: values.MAX_WAITING_EVENTS,
        maxRememberedEvents: values.MAX_REMEMBERED_EVENTS,
        maxRememberedRevocations: values.MAX_REMEMBERED_REVOCATIONS,
        endedSessionMemoryMs: values.ENDED_SESSION_MEMORY_SECONDS * 1_000,
        maxAccessTokenLifetimeMs: values.MAX_ACCESS_TOKEN_LIFETIME_SECONDS * 1_000,
      },
      policy: policyTriggersOf(values),
      serviceKeysFile: values.SERVICE_KEYS_FILE ?? null,
      policyFile: values.POLICY_FILE ?? null,
      database: databaseOf(values),
      confirmationsPerSecond: values.CONFIRMATIONS_PER_SECOND,
      endingBudgetMs: values.ENDING_BUDGET_MS,
      userLockMaxWaitMs: values.USER_LOCK_MAX_WAIT_MS,
      readinessMaxAgeMs: values.READINESS_MAX_AGE_MS,
      logLevel: values.LOG_LEVEL,
    },
    secrets: {
      fusionAuthApiKey:
        values.FUSIONAUTH_API_KEY ?? values.DEMO_FUSIONAUTH_API_KEY ?? known?.fusionAuthApiKey ?? randomKey(),
      serviceKeys: values.SERVICE_KEYS?.map(toServiceKey) ?? [demoServiceKeyOf(demoServiceKey ?? randomKey())],
      demoServiceKey,
      webhook: webhookSecretsOf(values),
      console: consoleSecretsOf(values, hasDemoConsole),
      databaseUrl: values.DATABASE_URL ?? null,
    },
  };
}

/**
 * The keys of a demo that only this machine can reach. They are fixed, so that commands of the documentation can be
 * pasted into any terminal.
 */
const knownDemoKeys = { serviceKey: 'demo-service-key', fusionAuthApiKey: 'demo-fusionauth-key' };

/** 256 random bits: beyond guessing. */
function randomKey(): string {
  return randomBytes(32).toString('base64url');
}
