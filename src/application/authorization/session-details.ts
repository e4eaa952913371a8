import { type Caller, ownIdOf, reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';

/**
 * Whether the details of a user's sessions are for the caller to see: their device, address, scopes, last use and
 * expiry. A caller that may end sessions learns only their ids and when they began, because that decides which end.
 */
export function mayShowDetails(caller: Caller): (userId: UserId) => boolean {
  const seesAnyone = reachOf(caller, 'session:read') === 'anyone';
  const ownId = ownIdOf(caller, 'session:read');
  return (userId) => seesAnyone || userId === ownId;
}

/** From where events are read: all that is shown of one follows from it, besides what was asked. */
export interface EventView {
  /** The same for callers who are shown the same. */
  readonly key: string;
  readonly showsDetails: (userId: UserId) => boolean;
}

export function eventViewOf(caller: Caller): EventView {
  const key = reachOf(caller, 'session:read') === 'anyone' ? 'anyone' : (ownIdOf(caller, 'session:read') ?? 'nobody');
  return { key, showsDetails: mayShowDetails(caller) };
}

/**
 * A call that changes nothing and selects by details could be repeated until these are known.
 * @param argument Path to the argument that selects.
 * @throws ForbiddenError when the details are not for the caller to see.
 */
export function requireDetails(caller: Caller, userId: UserId, argument: string): void {
  if (mayShowDetails(caller)(userId)) return;
  throw new ForbiddenError(
    `dryRun together with ${argument} tells details of sessions. It needs the permission session:read, which "${caller.name}" does not have.`,
  );
}
