import type { Consent } from './records.js';

/** The decisions that are remembered, by {@link consentKey}. */
export type Consents = Map<string, Consent>;

export function consentKey(userId: string, applicationId: string): string {
  return `${userId} ${applicationId}`;
}

/** @param id - of a user or of an application. */
export function forgetConsents(consents: Consents, id: string): void {
  for (const key of consents.keys()) {
    if (key.split(' ').includes(id)) {
      consents.delete(key);
    }
  }
}
