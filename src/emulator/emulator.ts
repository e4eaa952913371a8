import type { AddressInfo } from 'node:net';
import { registerFaultScript } from './api/fault-script.js';
import { answerUnknownRoute, registerNotEmulated } from './api/not-emulated.js';
import { CallLog } from './call-log.js';
import { MovableClock } from './clock.js';
import type { EmulatorContext, OneClickPerson, SearchEngine } from './context.js';
import { registerControl } from './control/control-api.js';
import { EmulatorState } from './control/emulator-state.js';
import { registerEndpoints } from './endpoints.js';
import { EventPublisher } from './events/event-publisher.js';
import { WebhookSender } from './events/webhook-sender.js';
import { FaultSwitches } from './faults.js';
import { createHttpServer } from './http/http-server.js';
import { RouteTable } from './http/route-table.js';
import { PendingIds } from './pending-ids.js';
import { SessionRevoker } from './session-revoker.js';
import { Store } from './store/store.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { TokenIssuer } from './tokens/token-issuer.js';

export interface EmulatorOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port to listen on. Default 0: any free one. */
  readonly port?: number;
  /** Default: real time that can be moved. */
  readonly clock?: MovableClock;
  /** The first API key, which may do everything. Default: random. */
  readonly apiKey?: string;
  /** The id of the default tenant. Default: the one of FusionAuth's documentation. */
  readonly tenantId?: string;
  /** The id of the Tenant Manager application. Default: one of the emulator's own. */
  readonly tenantManagerApplicationId?: string;
  /** Refuse what would be kept as a document without effect. Default: false. */
  readonly isStrict?: boolean;
  /** Which of FusionAuth's engines searches users. Default: elasticsearch, which understands more. */
  readonly searchEngine?: SearchEngine;
  /** Has `/emulator/control`, by which another process resets, saves and loads the state. Default: false. */
  readonly hasControl?: boolean;
  /** Called once for each kind of record that is kept without effect. */
  readonly onKept?: (name: string) => void;
}

export interface Emulator extends AsyncDisposable {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** A key that may do everything. */
  readonly apiKey: string;
  /** The default tenant. */
  readonly tenantId: string;
  readonly clock: MovableClock;
  readonly store: Store;
  readonly faults: FaultSwitches;
  readonly calls: CallLog;
  /** Wait for webhook deliveries, or have events delivered twice. */
  readonly events: Pick<EventPublisher, 'settled' | 'duplicates'>;
  readonly keys: SigningKeys;
  /** Made-up people whom the login page of an application offers to sign in with one click, by its id. */
  readonly oneClickPeople: Map<string, readonly OneClickPerson[]>;
  /** Saves and loads everything the emulator holds. */
  readonly state: EmulatorState;
  /** Sends `kickstart.success` to the webhooks that want it. */
  kickstartSucceeded(): void;
}

/** The documented default of `externalIdentifierConfiguration.changePasswordIdTimeToLiveInSeconds`: ten minutes. */
const changePasswordLifetimeMs = 600_000;

/** The documented default of `externalIdentifierConfiguration.twoFactorIdTimeToLiveInSeconds`: five minutes. */
const twoFactorLifetimeMs = 300_000;

/** The documented default of `externalIdentifierConfiguration.passwordlessLoginTimeToLiveInSeconds`: three minutes. */
const passwordlessLifetimeMs = 180_000;

/** The documented default of `externalIdentifierConfiguration.emailVerificationIdTimeToLiveInSeconds`: a day. */
const verificationLifetimeMs = 86_400_000;

/** How long the question of consent may stay open; the documentation gives no limit. */
const consentLifetimeMs = 600_000;

/** The documented default of `externalIdentifierConfiguration.authorizationGrantIdTimeToLiveInSeconds`. */
const authorizationCodeLifetimeMs = 30_000;

/**
 * Starts an emulated FusionAuth that keeps everything in memory. Disposing it closes its connections, also those of
 * calls that hang.
 *
 * @throws the Node.js listen error, for example `EADDRINUSE` when the port is busy.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, clock = new MovableClock() } = options;
  const store = new Store(clock, options.tenantId, options.tenantManagerApplicationId);
  const apiKey = store.addApiKey({ key: options.apiKey, name: 'Super key', keyManager: true });
  const faults = new FaultSwitches();
  const calls = new CallLog();
  const keys = new SigningKeys(clock);
  const webhookSender = new WebhookSender(keys);
  const events = new EventPublisher(store, webhookSender);
  const context: EmulatorContext = {
    store,
    clock,
    events,
    keys,
    tokens: new TokenIssuer(keys, clock, store),
    revoker: new SessionRevoker(store, events),
    changePasswordIds: new PendingIds(clock, changePasswordLifetimeMs),
    twoFactorIds: new PendingIds(clock, twoFactorLifetimeMs),
    passwordlessCodes: new PendingIds(clock, passwordlessLifetimeMs),
    verificationIds: new PendingIds(clock, verificationLifetimeMs),
    authorizationCodes: new PendingIds(clock, authorizationCodeLifetimeMs),
    pendingConsents: new PendingIds(clock, consentLifetimeMs),
    searchEngine: options.searchEngine ?? 'elasticsearch',
    oneClickPeople: new Map(),
    isStrict: options.isStrict ?? false,
    keptKinds: new Set(),
    onKept: options.onKept ?? (() => undefined),
    openCalls: new WeakMap(),
  };
  const app = await createHttpServer(context, faults, calls);
  const routes = new RouteTable();
  registerEndpoints(routes, context);
  registerFaultScript(routes, context, faults);
  const state = new EmulatorState(context, faults);
  if (options.hasControl === true) {
    registerControl(app, context, state);
    await state.keepAsStart();
  }
  registerNotEmulated(routes);
  const unknown = answerUnknownRoute(routes.known);
  routes.answer(app, unknown);
  app.setNotFoundHandler(unknown);
  await app.listen({ host, port });
  return {
    url: `http://${urlHost(host)}:${portOf(app.server.address())}`,
    apiKey: apiKey.key,
    tenantId: store.defaultTenantId,
    clock,
    store,
    faults,
    calls,
    events,
    keys,
    oneClickPeople: context.oneClickPeople,
    state,
    kickstartSucceeded: () => events.kickstartSucceeded(),
    [Symbol.asyncDispose]: async () => {
      await webhookSender[Symbol.asyncDispose]();
      await app.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') {
    throw new Error('The emulator does not listen on a TCP port');
  }
  return address.port;
}

/** An address that listens on every interface is reached locally over the loopback interface. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') {
    return '127.0.0.1';
  }
  return host.includes(':') ? `[${host}]` : host;
}
