import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { AuditEntry, AuditLog } from '../domain/audit.js';
import type { TenantId } from '../domain/ids.js';
import type { Clock, Directory, SessionGateway } from '../domain/ports.js';
import { FusionAuthAuditLog } from './audit-log.js';
import { translateErrors } from './call-error.js';
import { FusionAuthDirectory } from './directory.js';
import { createClient } from './rest-client.js';
import { FusionAuthSessionGateway } from './session-gateway.js';
import { SettingsCache } from './settings-cache.js';
import { Transport, type TransportOptions } from './transport.js';

export interface FusionAuthOptions extends TransportOptions {
  readonly apiKey: string;
  /** Binds every call to one tenant. Null where FusionAuth has a single tenant, or the API key belongs to one. */
  readonly tenantId: TenantId | null;
  /** How old application and tenant settings may be, in milliseconds. */
  readonly settingsMaxAgeMs: number;
  readonly clock: Clock;
  readonly onSettingsUnavailable: (error: unknown) => void;
}

/** The connection to one FusionAuth: the domain's ports, implemented over one pool and one client. */
export class FusionAuth implements AsyncDisposable {
  readonly sessions: SessionGateway;
  readonly directory: Directory;
  readonly #transport: Transport;
  readonly #client: FusionAuthClient;

  constructor(options: FusionAuthOptions) {
    const { tenantId, onSettingsUnavailable } = options;
    this.#transport = new Transport(options);
    this.#client = createClient(this.#transport, options.apiKey, tenantId);
    const settings = new SettingsCache(this.#client, options.clock, options.settingsMaxAgeMs);
    this.sessions = new FusionAuthSessionGateway({ client: this.#client, settings, tenantId, onSettingsUnavailable });
    this.directory = new FusionAuthDirectory(this.#client, settings, tenantId);
  }

  /**
   * Rejects with an UpstreamError unless FusionAuth can do what this service lives from. Asks for the sessions of a
   * user that does not exist, which is answered with an empty list: cheaper than any other call that needs the
   * database and the permission of the API key.
   * @see https://fusionauth.io/docs/apis/jwt#retrieve-refresh-tokens (never answers 404)
   */
  async check(): Promise<void> {
    await translateErrors(() => this.#client.retrieveRefreshTokens('00000000-0000-0000-0000-000000000000'));
  }

  /**
   * FusionAuth's own audit log. Disposing of it waits for the records that are being written.
   * @param onFailure Told of each record that could not be written.
   */
  createAuditLog(onFailure: (entry: AuditEntry, error: unknown) => void): AuditLog & AsyncDisposable {
    return new FusionAuthAuditLog(this.#client, onFailure);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }
}
