import { request } from 'undici';
import type { CreateStores } from '../../src/composition/stores.js';
import { loadConfig } from '../../src/config/load-config.js';
import { permissions } from '../../src/domain/caller.js';
import type { Clock } from '../../src/domain/ports/clock.js';
import type { PolicyInForce } from '../../src/domain/ports/policy-in-force.js';
import type { SearchEngine } from '../../src/emulator/context.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { signingKeyOfEvents } from '../../src/emulator/send-events.js';
import type { ApiKeyInput } from '../../src/emulator/store/creators.js';
import type { Application } from '../../src/emulator/store/records.js';
import { createService } from '../../src/server.js';
import { captureLogs, type LogLine } from './logs.js';
import { serviceKeyFor, testServiceKeys } from './service-keys.js';
import { createTestUser, type TestUser, type TestUserOptions } from './users.js';

export interface TestServiceOptions {
  /** Environment variables of the service, on top of those that connect it to its emulator. */
  readonly env?: Readonly<Record<string, string>>;
  /** The id of the shop, for variables that have to name it. Default: random. */
  readonly shopId?: string;
  /** The id of the default tenant. Default: the one of FusionAuth's documentation. */
  readonly tenantId?: string;
  /** Which of FusionAuth's engines searches users. Default: elasticsearch. */
  readonly searchEngine?: SearchEngine;
  /** What the service is given as FUSIONAUTH_API_KEY. Default: a key of the emulator that may do everything. */
  readonly apiKey?: Omit<ApiKeyInput, 'key'>;
  /** The clock of the service. Default: that of the emulator. */
  readonly clock?: Clock;
  /** By which the ages of what is known of sessions are told, and how long a database is away. Default: that of the process. */
  readonly elapsedMs?: () => number;
  /** Whose emulated FusionAuth it stands in front of. Default: one of its own. */
  readonly beside?: Pick<TestService, 'emulator'>;
  /** How long fetching keys may take. Default: far longer than it takes on a busy machine. */
  readonly keyFetchTimeoutMs?: number;
  /** Default: the stores that its configuration names. */
  readonly createStores?: CreateStores;
  /** Default: what its configuration names. */
  readonly policies?: PolicyInForce;
}

/** The real service over HTTP, in front of an emulated FusionAuth of its own. Both listen on any free port. */
export interface TestService extends AsyncDisposable {
  /** Where the service listens, without a trailing slash. */
  readonly url: string;
  /** Where the management server listens; null where it is off. */
  readonly managementUrl: string | null;
  readonly emulator: Emulator;
  /** The service's log, parsed. Grows while the service runs. */
  readonly logs: readonly LogLine[];
  /** What it logged before: while it started. */
  readonly startLogs: readonly LogLine[];
  /** Two applications that users sign in to. Access tokens live an hour, sessions 30 days. */
  readonly shop: Application;
  readonly console: Application;

  /** Adds a user who is registered for both applications and has the password `password`. */
  user(options?: TestUserOptions): TestUser;
  /** The service key with exactly these permissions: one, two, all but one, or all of them. */
  key(permissions: readonly string[]): string;
  /** Posts a GraphQL operation. */
  query<Data>(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    options?: QueryOptions,
  ): Promise<GraphQLAnswer<Data>>;
  /** Like `query`, and answers the data. Throws when there is an error. */
  data<Data>(document: string, variables?: Readonly<Record<string, unknown>>, options?: QueryOptions): Promise<Data>;
  /** As on SIGHUP. */
  reload(): Promise<void>;
  /** As before a stop by SIGTERM. */
  drain(): Promise<void>;
  /** Any request to the service, without credentials unless given. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface QueryOptions {
  /** Default: the service key with every permission. Null: none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GraphQLAnswer<Data = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Data | null;
    readonly errors?: readonly GraphQLAnswerError[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
}

export interface GraphQLAnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** What a busy machine may take, in groups of which a test that sets one gets none: it is about what takes too long. */
const patience: readonly Readonly<Record<string, string>>[] = [
  { FUSIONAUTH_REQUEST_TIMEOUT_MS: '20000', FUSIONAUTH_CALL_BUDGET_MS: '60000' },
  { USER_LOCK_MAX_WAIT_MS: '25000', ENDING_BUDGET_MS: '60000', OPERATION_TIMEOUT_MS: '90000' },
];

const patienceWithDatabase: typeof patience = [
  { DATABASE_STATEMENT_TIMEOUT_MS: '10000', DATABASE_CONNECT_TIMEOUT_MS: '10000' },
];

function patienceBeside(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const groups = env['DATABASE_URL'] === undefined ? patience : [...patience, ...patienceWithDatabase];
  return Object.assign({}, ...groups.filter((group) => Object.keys(group).every((name) => env[name] === undefined)));
}

function headersOf(received: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(received)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

/**
 * Starts a service for one test. The clock of the emulator is that of the service, so `emulator.clock` decides which
 * sessions have expired.
 */
export async function startTestService({
  env = {},
  shopId,
  tenantId,
  searchEngine,
  apiKey,
  beside,
  clock,
  elapsedMs,
  keyFetchTimeoutMs = 15_000,
  createStores,
  policies,
}: TestServiceOptions = {}): Promise<TestService> {
  const emulator =
    beside?.emulator ??
    (await startEmulator({
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(searchEngine === undefined ? {} : { searchEngine }),
    }));
  // Keys are fetched at the start, in a second: on a busy machine it takes longer to make them. FusionAuth delivers once.
  signingKeyOfEvents(emulator);
  if (env['WEBHOOK_SIGNATURE'] === 'jwks') await emulator.keys.jwks();
  const logs = captureLogs();
  const parsed = await loadConfig({
    PORT: '0',
    FUSIONAUTH_URL: emulator.url,
    FUSIONAUTH_API_KEY: apiKey === undefined ? emulator.apiKey : emulator.store.addApiKey(apiKey).key,
    SERVICE_KEYS: JSON.stringify(testServiceKeys()),
    // A sweep reads the settings when it begins, which would decide what a test finds at hand.
    POLICY_SWEEP_INTERVAL_SECONDS: '0',
    // So that the whole suite can be run without compiled queries.
    COMPILE_QUERIES: process.env['COMPILE_QUERIES'],
    ...patienceBeside(env),
    ...env,
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const { config, secrets, trustedDocuments } = parsed;
  const service = await createService(
    { config, secrets, trustedDocuments, fusionAuthUrl: config.fusionAuth.url ?? emulator.url },
    {
      clock: clock ?? emulator.clock,
      ...(elapsedMs === undefined ? {} : { elapsedMs }),
      logDestination: logs.destination,
      keyFetchTimeoutMs,
      ...(createStores === undefined ? {} : { createStores }),
      ...(policies === undefined
        ? {}
        : {
            openPolicySource: async () => ({
              ...policies,
              warnings: () => [],
              ofFile: () => null,
              reload: async () => undefined,
            }),
          }),
    },
  );
  // Tests count calls and read logs from here on.
  await service.checked;
  const startLogs = [...logs.lines];
  if (beside === undefined) emulator.calls.clear();
  logs.clear();

  const shop = emulator.store.addApplication({ id: shopId, name: 'Acme Shop' });
  const console = emulator.store.addApplication({ name: 'Acme Console' });
  const everything = serviceKeyFor(permissions);

  const query: TestService['query'] = async <Data>(
    document: string,
    variables: Readonly<Record<string, unknown>> = {},
    { key = everything, headers = {} }: QueryOptions = {},
  ) => {
    // Nine tenths of all that tests ask, and `fetch` would take as long as the answer does.
    const answer = await request(`${service.url}/graphql`, {
      method: 'POST',
      headers: {
        accept: '*/*',
        'content-type': 'application/json',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      body: JSON.stringify({ query: document, variables }),
    });
    const body = (await answer.body.json()) as GraphQLAnswer<Data>['body'];
    return { status: answer.statusCode, headers: headersOf(answer.headers), body };
  };

  return {
    url: service.url,
    managementUrl: service.managementUrl,
    emulator,
    logs: logs.lines,
    startLogs,
    shop,
    console,
    user: (options = {}) => createTestUser(emulator, [shop, console], options),
    key: serviceKeyFor,
    query,
    async data<Data>(...args: Parameters<TestService['query']>) {
      const { body } = await query<Data>(...args);
      if (body.errors !== undefined || body.data == null) throw new Error(JSON.stringify(body.errors));
      return body.data;
    },
    reload: () => service.reload(),
    drain: () => service.drain(),
    fetch: (path, init) => fetch(`${service.url}${path}`, init),
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      if (beside === undefined) await emulator[Symbol.asyncDispose]();
    },
  };
}
