import { type Caller, ownIdOf, type Permission, reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { People } from '../../domain/ports/people.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { BoundedDirectory, BoundedSessionGateway } from './bounded-gateway.js';
import { BoundedPeople } from './bounded-people.js';

/** FusionAuth as one caller may use it. Each use names the permission that it needs. */
export interface Access {
  /**
   * The sessions that the caller may act on under the permission. Other sessions seem not to exist. A caller that may
   * see anyone's sessions knows that they exist, so its calls on them are refused instead.
   * @throws ForbiddenError when the caller may act on nobody's.
   */
  sessions(permission: Permission): SessionGateway;
  /** Users and applications, within the same bounds. */
  directory(permission: Permission): Directory;
  /** Registrations and sign-ins of people, within the same bounds. */
  people(permission: Permission): People;
}

/** A connection to FusionAuth. Its members may be created on demand, so they are read only when they are needed. */
interface Connection {
  readonly sessions: SessionGateway;
  readonly directory: Directory;
  readonly people: People;
}

/**
 * Narrows a connection to FusionAuth to the sessions and users that the caller may see and act on.
 * @param observing Wraps the gateway, to observe its answers.
 */
export function createAccess(
  caller: Caller,
  connection: Connection,
  observing: (sessions: SessionGateway) => SessionGateway = (sessions) => sessions,
): Access {
  return new CallerAccess(caller, connection, observing);
}

class CallerAccess implements Access {
  #sessions: SessionGateway | undefined;

  constructor(
    private readonly caller: Caller,
    private readonly connection: Connection,
    private readonly observing: (sessions: SessionGateway) => SessionGateway,
  ) {}

  sessions(permission: Permission): SessionGateway {
    const userId = this.#ownOnly(permission);
    this.#sessions ??= this.observing(this.connection.sessions);
    const { caller } = this;
    const { applicationIds } = caller;
    if (userId === null && applicationIds === null) return this.#sessions;
    const refusal = reachOf(caller, 'session:read') === 'anyone' ? () => lacksPermission(caller, permission) : null;
    return new BoundedSessionGateway(this.#sessions, { userId, applicationIds, refusal });
  }

  directory(permission: Permission): Directory {
    const userId = this.#ownOnly(permission);
    const { directory } = this.connection;
    return userId === null ? directory : new BoundedDirectory(directory, userId);
  }

  people(permission: Permission): People {
    const userId = this.#ownOnly(permission);
    const { caller, connection } = this;
    const { applicationIds } = caller;
    if (userId === null && applicationIds === null) return connection.people;
    const refusal = () => lacksPermission(caller, permission);
    return new BoundedPeople(connection.people, { userId, applicationIds, refusal });
  }

  #ownOnly(permission: Permission): UserId | null {
    if (reachOf(this.caller, permission) === 'nobody') throw lacksPermission(this.caller, permission);
    return ownIdOf(this.caller, permission);
  }
}

/** Whether a caller may see on whose behalf sessions ended, and the comment. Users without permissions may not. */
export function mayReadAudit(caller: Caller): boolean {
  return reachOf(caller, 'audit:read') === 'anyone';
}

export function lacksPermission({ name }: Caller, permission: Permission): ForbiddenError {
  return new ForbiddenError(`This needs the permission ${permission}, which "${name}" does not have.`);
}
