import { randomUUID } from 'node:crypto';
import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { answerOf } from './checks.js';
import type { ProbeAnswer } from './probe-answer.js';

/** The permissions of an API key beyond those that the service always needs. */
export interface KeyScope {
  /** `POST` on `/api/system/audit-log`; null when FusionAuth does not say. */
  readonly mayWriteAuditLog: boolean | null;
  /** `POST` on `/api/system/login-record/search`; null when FusionAuth does not say. */
  readonly mayReadSignIns: boolean | null;
  /** Permissions that it has, and that the service never uses. */
  readonly unneeded: readonly string[];
  /** Whether it has every permission that was tried, as an unrestricted key does. */
  readonly isUnrestricted: boolean;
}

/**
 * Tries permissions without changing anything, by an audit record without a message, which FusionAuth refuses, and by
 * random ids. A key without the permission gets 401, and a key with it another status. Of the permissions that the
 * service does not need, only reads are tried, because other calls could change something.
 */
export async function lookAtKey(client: FusionAuthClient, ofInstance: FusionAuthClient): Promise<KeyScope> {
  const unneeded: Readonly<Record<string, () => Promise<unknown>>> = {
    'GET on /api/user': () => client.retrieveUser(randomUUID()),
    'GET on /api/identity-provider': () => ofInstance.retrieveIdentityProvider(randomUUID()),
    'GET on /api/lambda': () => ofInstance.retrieveLambda(randomUUID()),
    'GET on /api/email/template': () => ofInstance.retrieveEmailTemplate(randomUUID()),
    'GET on /api/system-configuration': () => ofInstance.retrieveSystemConfiguration(),
  };
  const [auditLog, signIns, ...others] = await Promise.all([
    answerOf(() => client.createAuditLog({ auditLog: {} })),
    answerOf(() => ofInstance.searchLoginRecords({ search: { numberOfResults: 1 } })),
    ...Object.values(unneeded).map(answerOf),
  ]);
  const granted = Object.keys(unneeded).filter((_name, index) => isGranted(others[index]) === true);
  return {
    mayWriteAuditLog: isGranted(auditLog),
    mayReadSignIns: isGranted(signIns),
    unneeded: granted,
    isUnrestricted: granted.length === Object.keys(unneeded).length,
  };
}

function isGranted(answer: ProbeAnswer | undefined): boolean | null {
  if (answer === 401 || answer === 403) return false;
  return answer === 200 || answer === 400 || answer === 404 ? true : null;
}
