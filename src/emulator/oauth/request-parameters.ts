import type { Parameters } from '../http/request-input.js';
import type { Application, Device } from '../store/records.js';
import { oauthError } from './oauth-error.js';

export function scopesOf(parameters: Parameters): string[] {
  return parameters.get('scope')?.split(' ').filter(Boolean) ?? [];
}

/** The device as the hosted login page's hidden fields and the password grant name it. */
export function deviceParameters(parameters: Parameters): Pick<Device, 'name' | 'description' | 'type'> {
  const members = (['name', 'description', 'type'] as const).flatMap((member) => {
    const value = parameters.get(`metaData.device.${member}`);
    return value === undefined ? [] : [[member, value] as const];
  });
  return Object.fromEntries(members);
}

export function requireGrant(application: Application, grant: string): void {
  if (!application.oauthConfiguration.enabledGrants.includes(grant)) {
    throw oauthError('unauthorized_client', 'grant_type_disabled', `The ${grant} grant is not enabled.`);
  }
}
