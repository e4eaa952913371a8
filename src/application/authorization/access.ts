import { type Caller, ownIdOf, type Permission, reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { People } from '../../domain/ports/people.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { BoundedDirectory, BoundedSessionGateway } from './bounded-gateway.js';
import { BoundedPeople } from './bounded-people.js';

/** FusionAuth as one caller may use it. Each use names the permission that it needs. */
export interface Access {
  /**
   * Sessions as far as the caller may act on them under the permission. Sessions beyond that are not there: the answers
   * are those for users and sessions that do not exist. A caller that may see anyone's sessions knows better, so its
   * calls on them are refused instead.
   * @throws ForbiddenError when the caller may act on nobody's.
   */
  sessions(permission: Permission): SessionGateway;
  /** Users and applications, likewise. */
  directory(permission: Permission): Directory;
  /** What is known of people, likewise. */
  people(permission: Permission): People;
}

/** Narrows a connection to FusionAuth to the sessions and users that the caller may see and act on. */
export function createAccess(
  caller: Caller,
  {
    sessions,
    directory,
    people,
  }: { readonly sessions: SessionGateway; readonly directory: Directory; readonly people: People },
): Access {
  const ownOnly = (permission: Permission) => {
    if (reachOf(caller, permission) === 'nobody') throw lacksPermission(caller, permission);
    return ownIdOf(caller, permission);
  };
  return {
    sessions(permission) {
      const userId = ownOnly(permission);
      const { applicationIds } = caller;
      if (userId === null && applicationIds === null) return sessions;
      const refusal = reachOf(caller, 'session:read') === 'anyone' ? () => lacksPermission(caller, permission) : null;
      return new BoundedSessionGateway(sessions, { userId, applicationIds, refusal });
    },
    directory(permission) {
      const userId = ownOnly(permission);
      return userId === null ? directory : new BoundedDirectory(directory, userId);
    },
    people(permission) {
      const userId = ownOnly(permission);
      const { applicationIds } = caller;
      if (userId === null && applicationIds === null) return people;
      return new BoundedPeople(people, { userId, applicationIds, refusal: () => lacksPermission(caller, permission) });
    },
  };
}

/** Whether a caller is shown on whose behalf sessions ended, and with what note: never users without permissions. */
export function mayReadAudit(caller: Caller): boolean {
  return reachOf(caller, 'audit:read') === 'anyone';
}

export function lacksPermission({ name }: Caller, permission: Permission): ForbiddenError {
  return new ForbiddenError(`This needs the permission ${permission}, which "${name}" does not have.`);
}
