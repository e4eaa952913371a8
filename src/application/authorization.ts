import type { Caller, Permission } from '../domain/caller.js';
import { ForbiddenError } from '../domain/errors.js';

/** @throws ForbiddenError when the caller lacks the permission. */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!caller.permissions.has(permission)) {
    throw new ForbiddenError(`The permission ${permission} is missing from the service key "${caller.name}".`);
  }
}
