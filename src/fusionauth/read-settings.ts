import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { decodeApplication, decodeTenant } from './decode.js';
import { asObject, optionalArray } from './json.js';
import type { LifetimeSettings } from './lifetimes.js';

/** @throws FusionAuthCallError or UpstreamContractError when they cannot be read. */
export async function readSettings(client: FusionAuthClient): Promise<LifetimeSettings> {
  const [applications, tenants] = await Promise.all([client.retrieveApplications(), client.retrieveTenants()]);
  const applicationRecords = asObject(applications.response ?? {}, 'The list of applications')['applications'];
  const tenantRecords = asObject(tenants.response ?? {}, 'The list of tenants')['tenants'];
  return {
    applications: byId(optionalArray(applicationRecords, 'applications').map(decodeApplication)),
    tenants: byId(optionalArray(tenantRecords, 'tenants').map(decodeTenant)),
  };
}

function byId<Id, Item extends { readonly id: Id }>(items: readonly Item[]): ReadonlyMap<Item['id'], Item> {
  return new Map(items.map((item) => [item.id, item]));
}
