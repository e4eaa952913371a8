import { reachOf } from '../../domain/caller.js';
import { ForbiddenError, InvalidInputError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';
import type { SessionEvent, SessionEventType } from '../../domain/session-event.js';
import { visibilityOf } from '../authorization/visibility.js';
import { ResumableEvents, type SubscriptionScope } from '../operation/subscription.js';

interface FollowSessionEventsCommand {
  /** Events of these users, and those about every user; null for those of anyone within the bounds of the caller. */
  readonly userIds: ReadonlySet<UserId> | null;
  /** Null for every type. */
  readonly types: ReadonlySet<SessionEventType> | null;
  /** Begin after the event with this id. Null for where the connection goes on, or else what happens from now on. */
  readonly after: string | null;
  /** Begin with so many of the latest events, where the connection does not go on after one. */
  readonly last: number;
}

/**
 * The events that the caller may learn of, from now on, or from where it left off. A client names an event itself when
 * it needs to know whether something is missing; what a connection says is taken where it can be, since a browser would
 * repeat a refused one for ever.
 * @throws ForbiddenError when it may not; InvalidInputError when `after` is not remembered.
 */
export async function followSessionEvents(
  scope: Pick<SubscriptionScope, 'caller' | 'tenantId' | 'events' | 'lastEventId'>,
  { userIds, types, after, last }: FollowSessionEventsCommand,
): Promise<ResumableEvents<SessionEvent>> {
  const { caller, events, lastEventId } = scope;
  const isVisible = visibilityOf(scope, 'event:subscribe');
  const isOwn = (userId: UserId) => caller.kind === 'user' && caller.userId === userId;
  const isAboutOthers = userIds !== null && [...userIds].some((userId) => !isOwn(userId));
  // A stream without any events would look like that of a user to whom nothing happens.
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
          if (!(error instanceof InvalidInputError)) throw error;
          return events.subscribe(isFollowed, null, last);
        })
      : events.subscribe(isFollowed, after, last);
  return new ResumableEvents(await followed, ({ id }) => id);
}

/**
 * Whether an event is about applications at all. A revocation that names none is about every one; anything else without
 * an application is about an SSO session, or about a limit over all of them, and no business of one application.
 */
function concernsApplications({ type, applicationId }: SessionEvent): boolean {
  return applicationId !== null || type === 'SESSION_REVOKED';
}
