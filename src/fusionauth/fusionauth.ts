import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { AgeingMap } from '../domain/ageing-map.js';
import type { TenantId } from '../domain/ids.js';
import { keepAtMost } from '../domain/keep-at-most.js';
import type { KnownNames, NamedKind } from '../domain/policy/unknown-names.js';
import type { AuditLog } from '../domain/ports/audit-log.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Directory } from '../domain/ports/directory.js';
import type { SessionGateway } from '../domain/ports/session-gateway.js';
import type { SignInRecords } from '../domain/ports/sign-in-records.js';
import { FusionAuthAuditLog } from './audit-log.js';
import { translateErrors } from './call-error.js';
import { askFusionAuth, type CheckResult, checkFusionAuth } from './checks.js';
import { ClockSkew } from './clock-skew.js';
import { type KeyScope, lookAtKey } from './key-scope.js';
import { type FusionAuthOperation, type FusionAuthPorts, OperationPorts, type TenantParts } from './operation-ports.js';
import { readPolicyNames } from './policy-names.js';
import { createClient } from './rest-client.js';
import { learnSearchEngine, type SearchEngine } from './search-engine.js';
import { maxSetUpListBytes, SetUpReader } from './set-up.js';
import { maxSettingsListBytes, Settings } from './settings.js';
import { FusionAuthSignInRecords } from './sign-in-records.js';
import type { FusionAuthTelemetry } from './telemetry.js';
import { Transport, type TransportOptions } from './transport.js';
import type { TransportRequest, UpstreamOperation } from './transport-call.js';

export interface FusionAuthOptions extends TransportOptions {
  readonly apiKey: string;
  /** Binds every call to one tenant. Null where FusionAuth has a single tenant, or the API key belongs to one. */
  readonly tenantId: TenantId | null;
  /** How old application and tenant settings may be, in milliseconds. */
  readonly settingsMaxAgeMs: number;
  readonly clock: Clock;
  readonly telemetry: FusionAuthTelemetry;
}

interface FusionAuthTenant extends FusionAuthPorts {
  /** The ports for one operation of a caller. When calls have to wait, operations take turns. */
  during(operation: UpstreamOperation): FusionAuthOperation;
}

/** How many tenants are kept; more are possible only where callers may name any tenant. */
const maxTenants = 1_000;

/** The connection to one FusionAuth: one pool, and for each tenant a client of its own that is never changed. */
export class FusionAuth implements AsyncDisposable {
  /** The tenant this service is bound to. */
  readonly sessions: SessionGateway;
  readonly directory: Directory;
  /** How far FusionAuth's clock is ahead. */
  readonly skew: ClockSkew;
  readonly #options: FusionAuthOptions;
  readonly #tenants = new AgeingMap<TenantId | null, FusionAuthTenant>();
  readonly #searchEngine: SearchEngine = { kind: 'unknown' };
  readonly #transport: Transport;
  readonly #client: FusionAuthClient;

  constructor(options: FusionAuthOptions) {
    this.#options = options;
    const { clock, telemetry } = options;
    this.skew = new ClockSkew({ clock, onSkew: (skewMs) => telemetry.clocksDiffer(skewMs) });
    this.#transport = new Transport({
      ...options,
      onDate: (date, sentAt, readAt) => this.skew.observeDate(date, sentAt, readAt),
    });
    this.#client = createClient(this.#transport, options.apiKey, options.tenantId);
    const { sessions, directory } = this.tenant(options.tenantId);
    this.sessions = sessions;
    this.directory = directory;
  }

  /** How many calls wait for their turn. */
  get waitingCalls(): number {
    return this.#transport.waitingCalls;
  }

  /**
   * The ports for one tenant: FusionAuth answers for other tenants as if they did not exist. Null: calls name no
   * tenant.
   */
  tenant(tenantId: TenantId | null): FusionAuthTenant {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const { apiKey, clock, settingsMaxAgeMs, telemetry } = this.#options;
    const clientFor: TenantParts['clientFor'] = (context, { maxResponseBytes, isAcrossTenants = false } = {}) => {
      const limit = maxResponseBytes === undefined ? {} : { maxResponseBytes, repeatable: false };
      const send = (request: TransportRequest) => this.#transport.send({ ...request, ...limit }, context);
      return createClient({ send }, apiKey, isAcrossTenants ? null : tenantId);
    };
    // Reading the settings has a line of its own, because many operations wait for it.
    const line = {};
    const settings = new Settings({
      clock,
      maxAgeMs: settingsMaxAgeMs,
      tenantId,
      clientFor: (operation) => clientFor({ operation, line }, { maxResponseBytes: maxSettingsListBytes }),
      onFailure: (error, olderValueIsUsed) => {
        if (olderValueIsUsed) telemetry.settingsStale(error);
        else telemetry.settingsUnavailable(error);
      },
    });
    const parts: TenantParts = {
      tenantId,
      settings,
      clientFor,
      searchEngine: this.#searchEngine,
      revocations: new Map(),
    };
    const ports = new OperationPorts(parts, { operation: { calls: 0 } });
    const tenant: FusionAuthTenant = {
      sessions: ports.sessions,
      directory: ports.directory,
      policies: ports.policies,
      people: ports.people,
      during: (operation) => new OperationPorts(parts, { operation }),
    };
    this.#tenants.set(tenantId, tenant);
    keepAtMost(this.#tenants, maxTenants);
    return tenant;
  }

  /** Checks everything that the service needs of FusionAuth, without changing anything. Never rejects. */
  async runChecks(): Promise<readonly CheckResult[]> {
    const { baseUrl, tenantId } = this.#options;
    const results = await checkFusionAuth({ client: this.#client, baseUrl, tenantId });
    if (results.some(({ check, state }) => check === 'users' && state === 'ok')) {
      await learnSearchEngine(this.#client, this.#searchEngine);
    }
    return results;
  }

  /**
   * Checks further permissions of the key: those that some settings need, and those that the service never needs. Never
   * rejects.
   */
  lookAtKey(): Promise<KeyScope> {
    const ofInstance = createClient(this.#transport, this.#options.apiKey, null);
    return lookAtKey(this.#client, ofInstance);
  }

  /**
   * Reads the set-up of FusionAuth. @param apiKey A key that may read more than the service's own; null for that one.
   */
  createSetUpReader(apiKey: string | null = null): SetUpReader {
    const { tenantId } = this.#options;
    const key = apiKey ?? this.#options.apiKey;
    const send = (request: TransportRequest) =>
      this.#transport.send({ ...request, maxResponseBytes: maxSetUpListBytes });
    const client = createClient({ send }, key, tenantId);
    return new SetUpReader({ client, ofInstance: createClient({ send }, key, null), tenantId });
  }

  /**
   * Rejects with an UpstreamError unless FusionAuth answers, takes the key and has the tenant. It lists the sessions of
   * a user that does not exist: the cheapest call that needs the database and the permission of the API key.
   * @see https://fusionauth.io/docs/apis/jwt#retrieve-refresh-tokens (never answers 404)
   */
  async check(): Promise<void> {
    await translateErrors(() => askFusionAuth(this.#client, this.#options.tenantId));
  }

  /** FusionAuth's own audit log. Disposing of it waits for the records that are being written. */
  createAuditLog(): Pick<AuditLog, 'record'> & AsyncDisposable {
    return new FusionAuthAuditLog(this.#client, this.#options.telemetry);
  }

  /**
   * Reads the applications, roles, groups and tenants of FusionAuth, to find unknown names in a policy. A kind that is
   * not asked for, or that the API key may not read, is null. Other failures reject with an UpstreamError.
   */
  readPolicyNames(kinds: readonly NamedKind[]): Promise<KnownNames> {
    return readPolicyNames(this.#client, kinds, this.#options.tenantId);
  }

  /** Login records of all tenants, which only API keys of no tenant may read. */
  createSignInRecords(): SignInRecords {
    return new FusionAuthSignInRecords(createClient(this.#transport, this.#options.apiKey, null));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }
}
