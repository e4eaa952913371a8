import type { FusionAuthSetUp } from '../fusionauth/set-up.js';
import type { TenantSetUp } from '../fusionauth/set-up-records.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, nameOf, notChecked, ok, problem, warning } from './found.js';
import { howToConnect, type NeededEvent, neededEvents } from './needed-events.js';
import { deniesSignIns, type FoundPolicy } from './policy-findings.js';

/** The first of the three switches of each event, the tenant's, and its transaction type. */
export function eventFindings(
  { tenants }: FusionAuthSetUp,
  policies: readonly FoundPolicy[],
  { config }: ExaminedService,
): readonly Found[] {
  if (config.webhook === null) {
    const message = `The service takes no events of FusionAuth: sessions that end elsewhere are not noticed, and a session policy is enforced late. Set WEBHOOK_SIGNATURE=jwks. ${howToConnect(policies.length > 0)}`;
    return [policies.length > 0 ? problem(message) : warning(message)];
  }
  if (!tenants.isRead) return [notChecked(`Which events are switched on is not known, because ${tenants.why}.`)];
  const needed = neededEvents(policies.length > 0);
  return tenants.value.flatMap((tenant) => {
    const isDenying = policies.some((one) => (one.tenantId ?? tenant.id) === tenant.id && deniesSignIns(one));
    return ofTenant(tenant, needed, isDenying);
  });
}

function ofTenant(tenant: TenantSetUp, needed: readonly NeededEvent[], isDenying: boolean): readonly Found[] {
  const name = nameOf(tenant);
  const where = `Tenants > ${name} > Webhooks`;
  const right: string[] = [];
  const faults = needed.flatMap(({ type, without, isEssential }) => {
    const transactionType = tenant.events.get(type);
    if (transactionType === undefined) {
      const message = `${type} is off in the tenant ${name}: ${without}. Switch it on under ${where}.`;
      return [isEssential ? problem(message, tenant.id) : warning(message, tenant.id)];
    }
    const mustAsk = isDenying && type === 'user.login.success';
    if (mustAsk && transactionType === 'None') {
      const message = `${type} has the transaction type None in the tenant ${name}, so a rule with deny-new has no effect. Set "All the webhooks must succeed" under ${where}.`;
      return [problem(message, tenant.id)];
    }
    if (!mustAsk && transactionType !== 'None') {
      const message = `${type} has the transaction type ${transactionType} in the tenant ${name}: while the service is away FusionAuth does neither this nor what it reports. Set "No webhooks are required to succeed" (None) under ${where}.`;
      return [warning(message, tenant.id)];
    }
    right.push(`${type} (${transactionType})`);
    return [];
  });
  if (right.length === 0) return faults;
  return [...faults, ok(`On in the tenant ${name}, with the right transaction type: ${right.join(', ')}.`, tenant.id)];
}
