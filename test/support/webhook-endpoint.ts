import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { LoopTurns } from '../../src/application/operation/loop-turns.js';
import { parseConfig } from '../../src/config/config.js';
import type { FusionAuthEvent } from '../../src/domain/fusionauth-event.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { WebhookInput } from '../../src/emulator/store/creators.js';
import type { Webhook } from '../../src/emulator/store/instance-records.js';
import type { Application, TransactionType } from '../../src/emulator/store/records.js';
import type { SigningKey } from '../../src/emulator/tokens/signing-keys.js';
import { createHttpServer, type HttpServerOptions } from '../../src/http/http-server.js';
import { SeenDeliveries } from '../../src/http/seen-deliveries.js';
import { Drain } from '../../src/http/stopping.js';
import { SubscriptionCount } from '../../src/http/subscription-count.js';
import { createLogger } from '../../src/observability/logger.js';
import { Telemetry } from '../../src/observability/telemetry.js';
import { WebhookReceiver } from '../../src/webhook/webhook-receiver.js';
import { captureLogs, type LogLine } from './logs.js';
import { silent } from './telemetry.js';
import { createTestUser, type TestUser, type TestUserOptions } from './users.js';

interface WebhookEndpointOptions {
  /** Environment variables, on top of those that connect it to its emulator. Default: signatures by key set. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long fetching the signing keys may take. Default: far longer than it takes on a busy machine. */
  readonly keyFetchTimeoutMs?: number;
  /** What handling an event takes, once it is recorded and before it counts as published. */
  readonly work?: (event: FusionAuthEvent) => Promise<void>;
}

/** The HTTP server with its webhook, a handler that records, and an emulated FusionAuth, all over real sockets. */
export interface WebhookEndpoint extends AsyncDisposable {
  /** Of the webhook. */
  readonly url: string;
  readonly emulator: Emulator;
  readonly logs: readonly LogLine[];
  /** The events that began to be handled, in order; duplicates of one that was published are left out. */
  readonly handled: readonly FusionAuthEvent[];
  /** The deliveries that count as lost, in order; the event is null where it is not known. */
  readonly lost: readonly { readonly eventId: string | null; readonly cause: string }[];
  readonly shop: Application;
  readonly desk: Application;
  /** With what FusionAuth signs. */
  readonly key: SigningKey;
  user(options?: TestUserOptions): TestUser;
  /** Has the emulator deliver events here, signed with `key` unless the input says otherwise. */
  subscribe(types: readonly string[], input?: Partial<WebhookInput>, transaction?: TransactionType): Webhook;
  /** Waits for the deliveries under way, and answers what was handled. */
  settled(): Promise<readonly FusionAuthEvent[]>;
  /** Delivers a body with these headers only. */
  post(body: BodyInit, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Delivers an event as FusionAuth does: signed. */
  deliver(event: unknown): Promise<Response>;
}

/** Far longer than handling takes on a busy machine: only tests about lateness set it shorter. */
const patient = { WEBHOOK_HANDLE_TIMEOUT_MS: '10000' };

export const jsonType = { 'content-type': 'application/json' };

export async function startWebhookEndpoint(options: WebhookEndpointOptions = {}): Promise<WebhookEndpoint> {
  const { env = { WEBHOOK_SIGNATURE: 'jwks' }, work = async () => undefined, keyFetchTimeoutMs = 20_000 } = options;
  const emulator = await startEmulator();
  const logs = captureLogs();
  const telemetry = new Telemetry(createLogger('trace', logs.destination), emulator.clock);
  const parsed = parseConfig({ ...patient, FUSIONAUTH_URL: emulator.url, FUSIONAUTH_API_KEY: 'unused', ...env });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const { config, secrets } = parsed;
  if (config.webhook === null) throw new Error('No webhook is configured');
  const handled: FusionAuthEvent[] = [];
  const published = new Set<string>();
  const lost: { readonly eventId: string | null; readonly cause: string }[] = [];
  const receiver = new WebhookReceiver({
    ...config.webhook,
    secrets: secrets.webhook,
    fusionAuthUrl: config.fusionAuth.url ?? emulator.url,
    keyFetchTimeoutMs,
    clock: emulator.clock,
    handle: async (event) => {
      if (published.has(event.id)) return 'known';
      handled.push(event);
      await work(event);
      published.add(event.id);
      return 'published';
    },
    onHandleFailure: (error, event) => telemetry.eventNotHandled(error, event),
    onLost: (event, cause) => lost.push({ eventId: event?.id ?? null, cause }),
  });
  const http = createHttpServer({
    telemetry,
    graphQL: unusedGraphQL,
    subscriptions: unusedSubscriptions,
    maxConcurrentOperations: 1,
    serviceReservePercent: 0,
    tokenEndpoints: null,
    globalRevocation: null,
    discovery: null,
    health: {
      check: async () => undefined,
      warnings: () => [],
      maxAgeMs: 1_000,
      isDraining: () => false,
      telemetry,
    },
    webhook: { ...config.webhook, receiver, refusals: null, seen: new SeenDeliveries({ now: () => 0 }) },
    graphiql: null,
    registerConsole: null,
    schema: null,
    ...config.http,
    silenceTimeoutMs: 30_000,
    drain: new Drain(),
  });
  await http.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/webhooks/fusionauth`;
  const key = emulator.keys.generate({ name: 'Webhook', algorithm: 'ES256' });
  const shop = emulator.store.addApplication({ name: 'Shop', jwtConfiguration: { timeToLiveInSeconds: 300 } });
  const desk = emulator.store.addApplication({ name: 'Desk' });
  const post: WebhookEndpoint['post'] = (body, headers = {}) => fetch(url, { method: 'POST', body, headers });

  return {
    url,
    emulator,
    logs: logs.lines,
    handled,
    lost,
    shop,
    desk,
    key,
    user: (input = {}) => createTestUser(emulator, [shop, desk], input),
    subscribe(types, input = {}, transaction = 'None') {
      emulator.store.enableEvents(types, transaction);
      return emulator.store.addWebhook({
        url,
        connectTimeout: 30_000,
        readTimeout: 30_000,
        eventsEnabled: Object.fromEntries(types.map((type) => [type, true])),
        signatureConfiguration: { enabled: true, signingKeyId: key.id },
        ...input,
      });
    },
    async settled() {
      await emulator.events.settled();
      return handled;
    },
    post,
    async deliver(event) {
      const body = JSON.stringify({ event });
      return post(body, { ...jsonType, 'x-fusionauth-signature-jwt': await signBody(key, body) });
    },
    [Symbol.asyncDispose]: async () => {
      await emulator[Symbol.asyncDispose]();
      http.server.closeAllConnections();
      await http.close();
    },
  };
}

/** What FusionAuth puts into X-FusionAuth-Signature-JWT, or something near it. */
export async function signBody(
  key: SigningKey,
  body: string | Buffer,
  { claims = {}, header = {} }: { claims?: JWTPayload; header?: Partial<JWTHeaderParameters> } = {},
): Promise<string> {
  const { kid, jwsAlgorithm, signingKey } = await key.material();
  return new SignJWT({ request_body_sha256: sha256(body), ...claims })
    .setProtectedHeader({ alg: jwsAlgorithm, typ: 'JWT', kid, ...header })
    .sign(signingKey);
}

export function sha256(body: string | Buffer, encoding: 'base64' | 'base64url' | 'hex' = 'base64'): string {
  return createHash('sha256').update(body).digest(encoding);
}

const never = () => {
  throw new Error('No operation runs in these tests');
};

const unusedGraphQL: HttpServerOptions['graphQL'] = {
  apollo: Object.create(null),
  turns: new LoopTurns(),
  authenticate: async () => ({ kind: 'missing' }),
  chooseTenant: never,
  createScope: never,
  recogniseConsole: null,
  guesses: null,
  telemetry: silent,
  spending: { spend: never },
  findDocument: never,
  operationTimeoutMs: 1_000,
  maxResponseBytes: 1_000_000,
};

const unusedSubscriptions: HttpServerOptions['subscriptions'] = {
  ...unusedGraphQL,
  count: new SubscriptionCount({
    maxSubscriptions: 1,
    maxServiceSubscriptions: 1,
    maxUserSubscriptions: 1,
    serviceReservePercent: 0,
  }),
  subscribe: never,
  onRevoked: never,
  maxSubscriptionMs: 1_000,
  clock: { now: never },
};
