import { type Caller, reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import { lacksPermission } from './access.js';

/** @throws ForbiddenError when the caller may not see the set-up. */
export function requireSetUp(caller: Caller): void {
  if (reachOf(caller, 'setup:read') !== 'anyone') throw lacksPermission(caller, 'setup:read');
  if (caller.applicationIds !== null) {
    throw new ForbiddenError('The set-up is for callers that are not bound to applications.');
  }
}
