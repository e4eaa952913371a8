import { type Caller, type Permission, reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { BoundedDirectory, BoundedSessionGateway } from './bounded-gateway.js';

/** FusionAuth as one caller may use it: to be had only by naming the permission that the use needs. */
export interface Access {
  /**
   * Sessions as far as the caller may act on them under the permission. What is beyond is not there: the answers are
   * those for users and sessions that do not exist. Only to a caller who may see the sessions of anyone that would be
   * a lie: its calls on them are refused.
   * @throws ForbiddenError when the caller may act on nobody's.
   */
  sessions(permission: Permission): SessionGateway;
  /** Users and applications, likewise. */
  directory(permission: Permission): Directory;
}

/** Bounds what a connection to FusionAuth offers to what the caller may see and do. */
export function createAccess(caller: Caller, sessions: SessionGateway, directory: Directory): Access {
  const lacks = (permission: Permission) =>
    new ForbiddenError(`This needs the permission ${permission}, which "${caller.name}" does not have.`);
  const ownOnly = (permission: Permission) => {
    const reach = reachOf(caller, permission);
    if (reach === 'nobody') throw lacks(permission);
    return reach === 'self' && caller.kind === 'user' ? caller.userId : null;
  };
  return {
    sessions(permission) {
      const userId = ownOnly(permission);
      const { applicationIds } = caller;
      if (userId === null && applicationIds === null) return sessions;
      const refusal = reachOf(caller, 'session:read') === 'anyone' ? () => lacks(permission) : null;
      return new BoundedSessionGateway(sessions, { userId, applicationIds, refusal });
    },
    directory(permission) {
      const userId = ownOnly(permission);
      return userId === null ? directory : new BoundedDirectory(directory, userId);
    },
  };
}
