import { reachOf } from '../../domain/caller.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';
import type { SessionEvent, SessionEventType } from '../../domain/session-event.js';
import { visibilityOf } from '../authorization/visibility.js';
import type { OperationScope } from '../operation/operation-scope.js';

export interface FollowSessionEventsCommand {
  /** Events of these users, and those about every user; null for those of anyone within the bounds of the caller. */
  readonly userIds: ReadonlySet<UserId> | null;
  /** Null for every type. */
  readonly types: ReadonlySet<SessionEventType> | null;
  /** Begin after the event with this id. Null for what happens from now on. */
  readonly after: string | null;
}

/**
 * The events that the caller may learn of, from now on.
 * @throws ForbiddenError when it may not; InvalidInputError when `after` is not remembered.
 */
export async function followSessionEvents(
  scope: Pick<OperationScope, 'caller' | 'tenantId' | 'events'>,
  { userIds, types, after }: FollowSessionEventsCommand,
): Promise<AsyncIterableIterator<SessionEvent>> {
  const { caller, events } = scope;
  const isVisible = visibilityOf(scope, 'event:subscribe');
  const isOwn = (userId: UserId) => caller.kind === 'user' && caller.userId === userId;
  const isAboutOthers = userIds !== null && [...userIds].some((userId) => !isOwn(userId));
  // A stream on which nothing ever comes would look like one of a user to whom nothing happens.
  if (isAboutOthers && reachOf(caller, 'event:subscribe') === 'self') {
    throw new ForbiddenError('Without the permission event:subscribe you may follow your own sessions only.');
  }
  return events.subscribe(
    (event) =>
      (types === null || types.has(event.type)) &&
      (userIds === null || event.userId === null || userIds.has(event.userId)) &&
      isVisible(event) &&
      (caller.applicationIds === null || concernsApplications(event)),
    after,
  );
}

/**
 * Whether an event is about applications at all. A revocation that names none is about every one; anything else without
 * an application is about an SSO session, or about a limit over all of them, and no business of one application.
 */
function concernsApplications({ type, applicationId }: SessionEvent): boolean {
  return applicationId !== null || type === 'SESSION_REVOKED';
}
