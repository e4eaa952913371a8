import { reachOf } from '../../domain/caller.js';
import { ForbiddenError, InvalidInputError, StoreUnavailableError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';
import type { SessionEvent, SessionEventType } from '../../domain/session-event.js';
import { visibilityOf } from '../authorization/visibility.js';
import { ResumableEvents, type SubscriptionScope } from '../operation/subscription.js';

interface FollowSessionEventsCommand {
  /** Events of these users, and those about every user; null for those of anyone within the bounds of the caller. */
  readonly userIds: ReadonlySet<UserId> | null;
  /** Null for every type. */
  readonly types: ReadonlySet<SessionEventType> | null;
  /** Begin after the event with this id. Null: begin where the connection goes on, or else now. */
  readonly after: string | null;
  /** Begin with this many of the latest events, unless the connection goes on after one. */
  readonly last: number;
}

/**
 * The events that the caller may see, from now on or from where it left off. An event that the client names has to be
 * remembered, so that the client learns when something is missing. An event that only the connection names is used
 * where it can be, because a browser would repeat a refused one for ever.
 * @throws ForbiddenError when the caller may see none; InvalidInputError when `after` is not remembered;
 * StoreUnavailableError when the store cannot say whether it is.
 */
export async function followSessionEvents(
  scope: Pick<SubscriptionScope, 'caller' | 'tenantId' | 'events' | 'lastEventId'>,
  { userIds, types, after, last }: FollowSessionEventsCommand,
): Promise<ResumableEvents<SessionEvent>> {
  const { caller, events, lastEventId } = scope;
  const isVisible = visibilityOf(scope, 'event:subscribe');
  const isOwn = (userId: UserId) => caller.kind === 'user' && caller.userId === userId;
  const isAboutOthers = userIds !== null && [...userIds].some((userId) => !isOwn(userId));
  // An empty stream would look like that of a user to whom nothing happens.
  if (isAboutOthers && reachOf(caller, 'event:subscribe') === 'self') {
    throw new ForbiddenError('Without the permission event:subscribe you may follow your own sessions only.');
  }
  const isFollowed = (event: SessionEvent) =>
    (types === null || types.has(event.type)) &&
    (userIds === null || event.userId === null || userIds.has(event.userId)) &&
    isVisible(event) &&
    (caller.applicationIds === null || concernsApplications(event));
  const followed =
    after === null && lastEventId !== null
      ? events.subscribe(isFollowed, lastEventId).catch((error: unknown) => {
          const mayBeginAnew = error instanceof InvalidInputError || error instanceof StoreUnavailableError;
          if (!mayBeginAnew) throw error;
          return events.subscribe(isFollowed, null, last);
        })
      : events.subscribe(isFollowed, after, last);
  return new ResumableEvents(await followed, ({ id }) => id);
}

/**
 * Whether an event concerns applications. A revocation without an application concerns every one; any other event
 * without one is about an SSO session, or about a limit over all applications.
 */
function concernsApplications({ type, applicationId }: SessionEvent): boolean {
  return applicationId !== null || type === 'SESSION_REVOKED';
}
