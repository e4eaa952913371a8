import { parseUserId, type UserId } from '../../src/domain/ids.js';
import type { PolicyJobRequest } from '../../src/domain/ports/policy-jobs.js';

export function userOf(number: number): UserId {
  const id = parseUserId(`b0000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`);
  if (id === undefined) throw new TypeError('No id');
  return id;
}

export function requestOf(number: number, more: Partial<PolicyJobRequest> = {}): PolicyJobRequest {
  return {
    userId: userOf(number),
    tenantId: null,
    sessionId: null,
    trigger: 'signIn',
    afterMs: 0,
    awaited: null,
    ...more,
  };
}
