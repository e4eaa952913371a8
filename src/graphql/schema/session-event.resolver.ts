import { Arg, Ctx, Extensions, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { EventView } from '../../application/authorization/session-details.js';
import { followSessionEvents } from '../../application/events/follow-session-events.js';
import { refuseUnknownTenant } from '../../application/operation/named-tenant.js';
import type { SubscriptionScope } from '../../application/operation/subscription.js';
import { InvalidInputError } from '../../domain/errors.js';
import { parseUserId, type UserId } from '../../domain/ids.js';
import type { SessionEvent, SessionEventType as SessionEventTypeValue } from '../../domain/session-event.js';
import { maxIds, type Optional, parseId, parseIds } from './arguments.js';
import { free } from './price.js';
import { SessionEventObject, SessionEventType, toSessionEventObject } from './session-event.type.js';

/** The most events with which a stream begins. */
const maxLast = 500;

interface SessionEventsArguments {
  readonly userId: Optional<string>;
  readonly userIds: Optional<readonly string[]>;
  readonly types: Optional<readonly SessionEventTypeValue[]>;
  readonly after: Optional<string>;
  readonly last: Optional<number>;
}

@Resolver()
export class SessionEventResolver {
  @Extensions({ price: free })
  @Subscription(() => SessionEventObject, {
    subscribe: ({ args, context }) => follow(args, context),
    description: `Events of sessions from now on, by GraphQL over SSE at /graphql/stream.

Each event arrives at least once, in the order in which the service learned of it: de-duplicate by id. Each message of the stream has the id of its event. A client that comes back with that id as Last-Event-ID goes on after the event if the service still remembers it, else with events from now on. A subscriber that reads too slowly is cut off with SUBSCRIPTION_OVERFLOW, so that it never misses an event unnoticed; the stream also ends with the credentials that opened it. Needs event:subscribe; users need nothing for sessions of their own.`,
  })
  sessionEvents(
    @Root() event: SessionEvent,
    @Arg('userId', () => ID, {
      nullable: true,
      description: 'Only events of this user, and those about every user. Default: all events that the caller may see.',
    })
    _userId: Optional<string>,
    @Arg('userIds', () => [ID], {
      nullable: true,
      description: `Only events of these users, 1 to ${maxIds}, and those about every user: one stream for several users, because a browser has few connections. Not together with userId.`,
    })
    _userIds: Optional<readonly string[]>,
    @Arg('types', () => [SessionEventType], {
      nullable: true,
      description: 'Only events of these types, at least one. Default: all.',
    })
    _types: Optional<readonly SessionEventTypeValue[]>,
    @Arg('after', () => ID, {
      nullable: true,
      description:
        'Begin with the event after the one with this id, if the service still remembers it; BAD_USER_INPUT if not. Default: after the event of Last-Event-ID, or events from now on.',
    })
    _after: Optional<string>,
    @Arg('last', () => Int, {
      nullable: true,
      description: `Begin with this many of the latest matching events that are remembered, 1 to ${maxLast}, oldest first, and go on without a gap. Not together with after. A client that sends Last-Event-ID goes on after that event instead. Default: events from now on.`,
    })
    _last: Optional<number>,
    @Ctx() view: EventView,
  ): SessionEventObject {
    return toSessionEventObject(event, view);
  }
}

/** @throws InvalidInputError when the beginning is given twice, or reaches too far back. */
async function follow({ userId, userIds, types, after, last }: SessionEventsArguments, scope: SubscriptionScope) {
  if (last != null && after != null) {
    throw new InvalidInputError(['last'], 'last is not accepted together with after. Give one of them.');
  }
  if (last != null && (last < 1 || last > maxLast)) {
    throw new InvalidInputError(['last'], `last must be from 1 to ${maxLast}.`);
  }
  if (types?.length === 0) {
    throw new InvalidInputError(['types'], 'types is empty. Name a type, or leave it out for all of them.');
  }
  const command = {
    userIds: toUserIds(userId, userIds),
    types: types == null ? null : new Set(types),
    after: after ?? null,
    last: last ?? 0,
  };
  await refuseUnknownTenant(scope);
  return followSessionEvents(scope, command);
}

/**
 * The users to follow; null for anyone. @throws InvalidInputError when both are given, or the list is empty, so that no
 * event would match.
 */
function toUserIds(userId: Optional<string>, userIds: Optional<readonly string[]>): ReadonlySet<UserId> | null {
  if (userIds == null) return userId == null ? null : new Set([parseId(userId, parseUserId, ['userId'])]);
  if (userId != null) {
    throw new InvalidInputError(['userIds'], 'userIds is not accepted together with userId. Give one of them.');
  }
  if (userIds.length === 0) {
    throw new InvalidInputError(['userIds'], 'userIds is empty. Name a user, or leave it out for anyone.');
  }
  return new Set(parseIds(userIds, parseUserId, ['userIds']));
}
