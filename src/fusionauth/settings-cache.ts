import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { Clock } from '../domain/ports.js';
import { decodeApplication, decodeTenant } from './decode.js';
import { asObject, optionalArray } from './json.js';
import type { LifetimeSettings } from './lifetimes.js';

/**
 * Application and tenant settings: the only thing kept across operations, because every list needs them and they
 * change rarely. However many ask at once, FusionAuth is asked once; a failed read is not kept.
 */
export class SettingsCache {
  #current: { readonly settings: Promise<LifetimeSettings>; readonly readAt: number } | undefined;

  constructor(
    private readonly client: FusionAuthClient,
    private readonly clock: Clock,
    /** How old settings may be, in milliseconds. */
    private readonly maxAgeMs: number,
  ) {}

  /** @throws FusionAuthCallError or UpstreamContractError when they cannot be read. */
  read(): Promise<LifetimeSettings> {
    const now = this.clock.now();
    if (this.#current === undefined || Math.abs(now - this.#current.readAt) > this.maxAgeMs) {
      const fresh = { settings: this.#fetch(), readAt: now };
      this.#current = fresh;
      fresh.settings.catch(() => {
        if (this.#current === fresh) this.#current = undefined;
      });
    }
    return this.#current.settings;
  }

  async #fetch(): Promise<LifetimeSettings> {
    const [applications, tenants] = await Promise.all([
      this.client.retrieveApplications(),
      this.client.retrieveTenants(),
    ]);
    const applicationRecords = asObject(applications.response ?? {}, 'The list of applications')['applications'];
    const tenantRecords = asObject(tenants.response ?? {}, 'The list of tenants')['tenants'];
    return {
      applications: byId(optionalArray(applicationRecords, 'applications').map(decodeApplication)),
      tenants: byId(optionalArray(tenantRecords, 'tenants').map(decodeTenant)),
    };
  }
}

function byId<Id, Item extends { readonly id: Id }>(items: readonly Item[]): ReadonlyMap<Item['id'], Item> {
  return new Map(items.map((item) => [item.id, item]));
}
