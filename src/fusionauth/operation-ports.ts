import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { TenantId } from '../domain/ids.js';
import type { Directory } from '../domain/ports/directory.js';
import type { People } from '../domain/ports/people.js';
import type { PolicyDocuments } from '../domain/ports/policy-documents.js';
import type { SessionGateway } from '../domain/ports/session-gateway.js';
import { abandonable } from './abandon.js';
import { FusionAuthCallError } from './call-error.js';
import { FusionAuthDirectory } from './directory.js';
import { FusionAuthPeople } from './people.js';
import { readPolicyDocuments } from './policy-documents.js';
import { revokeRefreshToken } from './refresh-token-revocation.js';
import type { SearchEngine } from './search-engine.js';
import { FusionAuthSessionGateway, type RevocationsUnderWay } from './session-gateway.js';
import type { NeededSettings, ReadSettings, Settings } from './settings.js';
import type { CallContext } from './transport-call.js';

/** The domain's ports for one tenant, or for all that the API key reaches. */
export interface FusionAuthPorts {
  readonly sessions: SessionGateway;
  readonly directory: Directory;
  readonly policies: PolicyDocuments;
  readonly people: People;
}

export interface FusionAuthOperation extends FusionAuthPorts {
  /**
   * The same ports, whose calls are given up when the signal is aborted, and then reject with an UpstreamTimeoutError.
   * For reads only: FusionAuth may carry out a revocation that was given up, and the caller must learn its outcome.
   */
  until(signal: AbortSignal): FusionAuthPorts;
  /**
   * Ends the session of a refresh token, whose value only FusionAuth gets. Rejects with an UpstreamError, or with an
   * InvalidInputError for an unknown tenant that only the caller names.
   */
  revokeRefreshToken(value: string): Promise<'revoked' | 'unknown'>;
}

/** The parts that all ports of one tenant share. */
export interface TenantParts {
  readonly tenantId: TenantId | null;
  readonly settings: Settings;
  readonly clientFor: (
    context: CallContext,
    options?: { readonly maxResponseBytes?: number; readonly isAcrossTenants?: boolean },
  ) => FusionAuthClient;
  readonly searchEngine: SearchEngine;
  readonly revocations: RevocationsUnderWay;
}

/**
 * The ports of one operation. Each is made when it is first used: an operation uses one or two, and garbage collection
 * copies everything that it holds while FusionAuth answers.
 */
export class OperationPorts implements FusionAuthOperation {
  #client: FusionAuthClient | undefined;
  #sessions: SessionGateway | undefined;
  #directory: Directory | undefined;
  #people: People | undefined;

  constructor(
    private readonly parts: TenantParts,
    private readonly context: CallContext,
  ) {}

  get sessions(): SessionGateway {
    const { settings, tenantId, revocations } = this.parts;
    const { operation } = this.context;
    this.#sessions ??= new FusionAuthSessionGateway({
      client: this.#ownClient,
      prepareSettings: () => settings.prepare(operation),
      readSettings: (needed) => settings.read(needed, operation),
      tenantId,
      tenantIsCallersWord: this.#tenantIsCallersWord,
      revocations,
    });
    return this.#sessions;
  }

  get directory(): Directory {
    const { settings, tenantId } = this.parts;
    this.#directory ??= new FusionAuthDirectory(
      this.#ownClient,
      {
        applications: () => settings.applications.known,
        tenants: () => settings.tenants,
        prepareApplications: () => this.#unlessAbandoned(() => settings.applications.prepare(this.context.operation)),
        read: (needed) => this.#unlessAbandoned(() => this.#read(needed)),
      },
      tenantId,
      this.#tenantIsCallersWord,
    );
    return this.#directory;
  }

  get policies(): PolicyDocuments {
    return {
      read: () => readPolicyDocuments((needed) => this.#read(needed), this.parts.tenantId, this.#tenantIsCallersWord),
    };
  }

  get people(): People {
    this.#people ??= new FusionAuthPeople({
      client: this.#ownClient,
      acrossTenants: () => this.parts.clientFor(this.context, { isAcrossTenants: true }),
      engine: this.parts.searchEngine,
      tenantIsCallersWord: this.#tenantIsCallersWord,
    });
    return this.#people;
  }

  until(signal: AbortSignal): FusionAuthPorts {
    return new OperationPorts(this.parts, { ...this.context, signal });
  }

  revokeRefreshToken(value: string): Promise<'revoked' | 'unknown'> {
    return revokeRefreshToken(this.#ownClient, value, this.#tenantIsCallersWord);
  }

  get #ownClient(): FusionAuthClient {
    this.#client ??= this.parts.clientFor(this.context);
    return this.#client;
  }

  get #tenantIsCallersWord(): boolean {
    return this.context.operation.tenantIsCallersWord ?? false;
  }

  #read(needed: NeededSettings): Promise<ReadSettings> {
    return this.parts.settings.read(needed, this.context.operation);
  }

  #unlessAbandoned<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.context;
    return signal === undefined ? work() : abandonable(work, signal, settingsAbandoned);
  }
}

/**
 * The error of an operation that stops waiting for settings. Reading them goes on, because other operations share it.
 */
function settingsAbandoned(): Error {
  return new FusionAuthCallError('settings', { kind: 'abandoned' }, false);
}
