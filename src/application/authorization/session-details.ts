import { type Caller, ownIdOf, reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';

/**
 * Whether the caller may see the details of a user's sessions: device, address, scopes, last use and expiry. A caller
 * that may only end sessions learns their ids and creation, which decide the order in which they end.
 */
export function mayShowDetails(caller: Caller): (userId: UserId) => boolean {
  const seesAnyone = reachOf(caller, 'session:read') === 'anyone';
  const ownId = ownIdOf(caller, 'session:read');
  return (userId) => seesAnyone || userId === ownId;
}

/** The view of a caller on events. With the caller's selection, it determines everything that is shown of an event. */
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
 * Refuses a call that selects by details and changes nothing, because repeating it would reveal the details.
 * @param argument Path to the argument that selects.
 * @throws ForbiddenError when the details are not for the caller to see.
 */
export function requireDetails(caller: Caller, userId: UserId, argument: string): void {
  if (mayShowDetails(caller)(userId)) return;
  throw new ForbiddenError(
    `dryRun together with ${argument} tells details of sessions. It needs the permission session:read, which "${caller.name}" does not have.`,
  );
}
