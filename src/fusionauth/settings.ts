import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { Application, Tenant } from '../domain/directory.js';
import { UpstreamContractError } from '../domain/errors.js';
import type { ApplicationId, TenantId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import { FusionAuthCallError, orNullIfNotFound } from './call-error.js';
import { decodeApplication, decodeTenant } from './decode.js';
import { asObject, listOrNone } from './json.js';
import { type ApplicationSettings, jwtSettingsOf, type LifetimeSettings, type TenantSettings } from './lifetimes.js';
import { SettingsCollection, Unlisted } from './settings-collection.js';
import type { UpstreamOperation } from './transport-call.js';

/** The largest list of applications or tenants that is read whole, in bytes: some hundred of them. */
export const maxSettingsListBytes = 2 * 1_024 * 1_024;

interface SettingsOptions {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  /** The tenant that calls are bound to, which is then the only one that is read. */
  readonly tenantId: TenantId | null;
  /**
   * Makes a client for the calls of this operation, without retries, which fail with `tooLarge` above {@link
   * maxSettingsListBytes}. A list of many thousands costs FusionAuth much, even if nobody reads it to its end.
   */
  readonly clientFor: (operation: UpstreamOperation) => FusionAuthClient;
  readonly onFailure: (error: unknown, olderValueIsUsed: boolean) => void;
}

/** The settings needed to show some sessions. */
export interface NeededSettings {
  readonly applicationIds: readonly ApplicationId[];
  readonly tenantIds: readonly TenantId[];
}

/** The settings that could be read, even if others could not. */
export interface ReadSettings {
  readonly settings: LifetimeSettings;
  /** Why some are missing; undefined when none is. */
  readonly error: unknown;
}

/** An application with the lifetimes that follow from its tenant's settings. */
type KnownApplication = ApplicationSettings & Application;

type KnownTenant = TenantSettings & Tenant;

/**
 * Caches application and tenant settings, the only data of FusionAuth that is kept across operations. They only add to
 * an answer, such as the expiry of a session, so a setting that cannot be read is left out and never fails a list.
 */
export class Settings {
  readonly applications: SettingsCollection<ApplicationId, KnownApplication>;
  readonly #tenants: SettingsCollection<TenantId, KnownTenant>;
  readonly #tenantId: TenantId | null;

  constructor({ clock, maxAgeMs, tenantId, clientFor, onFailure }: SettingsOptions) {
    const common = { clock, maxAgeMs, onFailure };
    const shared = clientFor({ calls: 0 });
    this.#tenantId = tenantId;
    this.applications = new SettingsCollection<ApplicationId, KnownApplication>({
      ...common,
      list: unlessUnlistable((operation) => listApplications(clientFor(operation), (one) => this.#shown(one))),
      find: async (id) => {
        const found = await orNullIfNotFound(shared.retrieveApplication(id));
        if (found === null) return null;
        return this.#shown(decodeApplication(asObject(found.response, 'The answer for an application')['application']));
      },
    });
    this.#tenants = new SettingsCollection<TenantId, KnownTenant>({
      ...common,
      list: tenantId === null ? unlessUnlistable((operation) => listTenants(clientFor(operation))) : null,
      find: async (id, operation) => {
        // The one tenant that a service is bound to replaces the list, and counts as a shared reading.
        const client = tenantId === null ? shared : clientFor(operation);
        const found = await orNullIfNotFound(client.retrieveTenant(id));
        return found === null ? null : decodeTenant(asObject(found.response, 'The answer for a tenant')['tenant']);
      },
    });
  }

  /** Begins to read the settings that any list needs, so that they arrive with the list. */
  prepare(operation: UpstreamOperation): void {
    if (!this.#areFresh) void this.read(nothing, operation);
  }

  /** Never rejects, and takes a few seconds at most. */
  async read({ applicationIds, tenantIds }: NeededSettings, operation: UpstreamOperation): Promise<ReadSettings> {
    // The usual case. The rest of this method would have the same result by some twenty promises, twice for each list.
    if (this.#areFresh) return { settings: this.known(), error: undefined };
    const [ofApplications, ofTenants] = await Promise.allSettled([
      this.applications.ensure(applicationIds, operation),
      this.#tenants.ensure(this.#tenantId === null ? tenantIds : [this.#tenantId], operation),
    ]);
    const ofTheirTenants = await settled(this.#ensureTenantsOf(applicationIds, operation));
    const failed = [ofApplications, ofTenants, ofTheirTenants].find((one) => one.status === 'rejected');
    return { settings: this.known(), error: failed?.reason };
  }

  get #areFresh(): boolean {
    return this.applications.isFresh(null) && this.#tenants.isFresh(this.#tenantId);
  }

  get tenants(): ReadonlyMap<TenantId, KnownTenant> {
    return this.#tenants.known;
  }

  known(): LifetimeSettings {
    return {
      applications: this.applications.known,
      tenants: this.#tenants.known,
      areSomeTenants: !this.#tenants.isWhole,
      areSomeApplications: !this.applications.isWhole,
    };
  }

  /** Reads the tenants of applications, where tenants are read one by one. */
  async #ensureTenantsOf(applicationIds: readonly ApplicationId[], operation: UpstreamOperation): Promise<void> {
    if (this.#tenantId !== null || this.#tenants.isWhole) return;
    const tenantIds = new Set<TenantId>();
    for (const id of applicationIds) {
      const application = this.applications.known.get(id);
      if (application?.tenantId != null && application.jwt === null) tenantIds.add(application.tenantId);
    }
    if (tenantIds.size > 0) await this.#tenants.ensure([...tenantIds], operation);
  }

  #shown(application: ApplicationSettings): KnownApplication {
    const lifetime = () => jwtSettingsOf(application, this.known(), this.#tenantId)?.accessTokenLifetimeSeconds ?? null;
    const { id, name, tenantId, jwt, sessionPolicy } = application;
    return {
      id,
      name,
      tenantId,
      jwt,
      sessionPolicy,
      get accessTokenLifetimeSeconds() {
        return lifetime();
      },
    };
  }
}

const nothing: NeededSettings = { applicationIds: [], tenantIds: [] };

async function listApplications(
  client: FusionAuthClient,
  shown: (application: ApplicationSettings) => KnownApplication,
) {
  const { response } = await client.retrieveApplications();
  const records = listOrNone(asObject(response, 'The list of applications'), 'applications');
  return byId(records, (record) => shown(decodeApplication(record)));
}

async function listTenants(client: FusionAuthClient) {
  const { response } = await client.retrieveTenants();
  const records = listOrNone(asObject(response, 'The list of tenants'), 'tenants');
  // Read as an empty list, an answer of something else would lift the limits of the tenant, and its exemptions.
  if (records.length === 0) throw new UpstreamContractError('FusionAuth has a tenant always, and lists none');
  return byId(records, decodeTenant);
}

/** Decodes records by their id. An undecodable record must not keep the others from being shown. */
function byId<Id, Item extends { readonly id: Id }>(records: readonly unknown[], decode: (record: unknown) => Item) {
  const items = new Map<Item['id'], Item>();
  for (const record of records) {
    try {
      const item = decode(record);
      items.set(item.id, item);
    } catch {}
  }
  return items;
}

/** Turns a list that is too large, slow or refused into {@link Unlisted}: its items may be readable one by one. */
function unlessUnlistable<List>(list: (operation: UpstreamOperation) => Promise<List>) {
  return async (operation: UpstreamOperation): Promise<List | Unlisted> => {
    try {
      return await list(operation);
    } catch (error) {
      if (!(error instanceof FusionAuthCallError)) throw error;
      if (error.failure.kind === 'timeout') return new Unlisted('slow', error);
      if (error.failure.kind === 'tooLarge') return new Unlisted('tooLarge', error);
      if (isListRefused(error)) return new Unlisted('refused', error);
      throw error;
    }
  };
}

/** A 401 does not count, because FusionAuth refuses single items to such a key, too. */
function isListRefused({ failure }: FusionAuthCallError): boolean {
  return failure.kind === 'status' && [400, 403, 404, 405].includes(failure.statusCode);
}

async function settled(work: Promise<void>): Promise<PromiseSettledResult<void>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}
