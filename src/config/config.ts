import type { z } from 'zod';
import type { AccessTokenOptions } from '../auth/access-tokens.js';
import type { ServiceKey } from '../auth/service-keys.js';
import type { LogLevel } from '../observability/logger.js';
import type { WebhookSecrets } from '../webhook/webhook-receiver.js';
import { accessTokensOf, toServiceKey, withEveryPermission } from './callers.js';
import {
  type ConsoleConfig,
  type ConsoleSecrets,
  consoleContradictions,
  consoleContradictoryValues,
  consoleOf,
  consoleSecretsOf,
} from './console.js';
import { contradictions, contradictoryValues, cutValues } from './contradictions.js';
import { copyingSlips, problemOf } from './copied-values.js';
import { type DatabaseConfig, databaseContradictions, databaseOf } from './database.js';
import { demoFusionAuthKeyOf, demoServiceKeyOf } from './demo.js';
import { environment } from './environment.js';
import { type EventsConfig, eventsOf, type SubscriptionsConfig, subscriptionsOf } from './events.js';
import { type FusionAuthConfig, fusionAuthOf } from './fusionauth.js';
import { type HttpConfig, httpOf } from './http.js';
import { type Limits, limitContradictoryValues, limitsOf } from './limits.js';
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
  readonly fusionAuth: FusionAuthConfig;
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
  readonly subscriptions: SubscriptionsConfig;
  readonly events: EventsConfig;
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

type Values = z.output<typeof environment>;
type Given = Readonly<Record<string, string>>;

/** Reads the configuration from environment variables; docs/reference/configuration.md explains each. Has no side effects. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ParsedConfig {
  const { given, warnings, problems: doubles } = underCurrentNames(withoutEmpty(env));
  const parsed = environment.safeParse(given);
  const problems = [
    ...doubles,
    ...(parsed.success
      ? [...copyingSlips(given).values(), ...problemsOfValues(parsed.data, given)]
      : problemsOfVariables(parsed.error, given)),
    ...problemsOfCombination(given),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    warnings: [...warnings, ...cutValues(parsed.data, given)],
    config: configOf(parsed.data),
    secrets: secretsOf(parsed.data),
  };
}

/** An empty variable counts as absent, because compose files and CI systems leave one out that way. */
function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Given {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

/** The problems of each variable alone. A slip of copying explains the problem that the schema has with the same one. */
function problemsOfVariables({ issues }: z.ZodError, given: Given): readonly string[] {
  const slips = copyingSlips(given);
  const others = issues.filter(({ path: [name] }) => !slips.has(String(name)));
  return [...slips.values(), ...others.map(({ path, message }) => problemOf(path, message, given))];
}

/** The problems of values that are each right alone. */
function problemsOfValues(values: Values, given: Given): readonly string[] {
  return [
    ...limitContradictoryValues(values),
    ...contradictoryValues(values, given),
    ...consoleContradictoryValues(values),
    ...oauthContradictoryValues(values),
  ];
}

/** The problems of which variables are given, whatever their values. */
function problemsOfCombination(given: Given): readonly string[] {
  return [
    ...contradictions(given),
    ...webhookContradictions(given),
    ...oauthContradictions(given),
    ...databaseContradictions(given),
    ...consoleContradictions(given),
    ...unknownVariables(Object.keys(given), Object.keys(environment.shape)),
  ];
}

function configOf(values: Values): Config {
  const isProduction = values.NODE_ENV === 'production';
  return {
    http: httpOf(values),
    limits: limitsOf(values),
    graphiql: values.GRAPHIQL ?? (!isProduction && values.TRUSTED_DOCUMENTS_FILE === undefined),
    introspection: values.INTROSPECTION ?? !isProduction,
    compileQueries: values.COMPILE_QUERIES,
    fusionAuth: fusionAuthOf(values),
    accessTokens: accessTokensOf(values),
    console: consoleOf(values),
    oauth: oauthOf(values),
    globalRevocation: globalRevocationOf(values),
    publicUrl: values.PUBLIC_URL ?? null,
    webhook: webhookOf(values),
    recentSignInSeconds: values.RECENT_SIGN_IN_SECONDS ?? null,
    commentRequired: values.REQUIRE_COMMENT,
    subscriptions: subscriptionsOf(values),
    events: eventsOf(values),
    policy: policyTriggersOf(values),
    serviceKeysFile: values.SERVICE_KEYS_FILE ?? null,
    policyFile: values.POLICY_FILE ?? null,
    database: databaseOf(values),
    confirmationsPerSecond: values.CONFIRMATIONS_PER_SECOND,
    endingBudgetMs: values.ENDING_BUDGET_MS,
    userLockMaxWaitMs: values.USER_LOCK_MAX_WAIT_MS,
    readinessMaxAgeMs: values.READINESS_MAX_AGE_MS,
    logLevel: values.LOG_LEVEL,
  };
}

function secretsOf(values: Values): Secrets {
  return {
    fusionAuthApiKey: values.FUSIONAUTH_API_KEY ?? demoFusionAuthKeyOf(values),
    ...serviceKeysOf(values),
    webhook: webhookSecretsOf(values),
    console: consoleSecretsOf(values),
    databaseUrl: values.DATABASE_URL ?? null,
  };
}

function serviceKeysOf(values: Values): Pick<Secrets, 'serviceKeys' | 'demoServiceKey'> {
  if (values.SERVICE_KEYS !== undefined) {
    return { serviceKeys: values.SERVICE_KEYS.map(toServiceKey), demoServiceKey: null };
  }
  const demoServiceKey = demoServiceKeyOf(values);
  return { serviceKeys: [withEveryPermission(demoServiceKey)], demoServiceKey };
}
