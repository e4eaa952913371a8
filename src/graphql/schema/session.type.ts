import { Field, ID, ObjectType } from 'type-graphql';
import { mayShowDetails } from '../../application/authorization/session-details.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { Instant, Session, SessionDevice } from '../../domain/session.js';
import { type SessionState as SessionStateValue, stateOf } from '../../domain/session-query.js';
import { DateTimeScalar } from './date-time.scalar.js';
import { NodeType } from './node.type.js';
import { SessionKind, SessionState } from './session.enums.js';

// The types of list items are simple, so that type-graphql wraps no function around the reading of each field. Simple
// fields skip @Authorized and @UseMiddleware silently, so nothing uses either.
@ObjectType('SessionDevice', {
  simpleResolvers: true,
  description: 'The device a session was created on, as the application described it.',
})
export class SessionDeviceType {
  @Field(() => String, { nullable: true, description: 'Its name, such as `Alice’s laptop`. Null when none was given.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'A description. Null when none was given.' })
  description!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its type, such as `BROWSER` or `MOBILE`: free text since FusionAuth 1.46. Null when none was given.',
  })
  type!: string | null;
}

@ObjectType('Session', {
  simpleResolvers: true,
  implements: NodeType,
  description:
    'One sign-in of a user: a FusionAuth refresh token, without its secret value. It ends when it is revoked or expires. A mutation shows sessions to callers who lack session:read for them without details: lastAccessedAt, expiresAt, ipAddress and the members of device are null then, and scopes is empty.',
})
export class SessionType implements NodeType {
  @Field(() => ID, {
    description: 'The id of the refresh token and the `sid` claim of its access tokens. Not a secret; stable for life.',
  })
  id!: SessionId;

  @Field(() => ID, { description: 'The id of the user who signed in.' })
  userId!: UserId;

  @Field(() => ID, {
    nullable: true,
    description: 'The application signed in to. Null for an SSO session, which belongs to no application.',
  })
  applicationId!: ApplicationId | null;

  @Field(() => SessionKind, { description: 'Whether this signs in to one application or is an SSO session.' })
  kind!: Session['kind'];

  @Field(() => SessionState, {
    description:
      'Whether the session can still be used, by its expiry under the settings in force now and the clock of FusionAuth. FusionAuth decides: a session shown as EXPIRED that it still has can be kept and ended like any other.',
  })
  state!: SessionStateValue;

  @Field(() => DateTimeScalar, {
    description: "FusionAuth's insertInstant: fixed for the life of the session, hence the key for newest and oldest.",
  })
  createdAt!: Instant;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When its refresh token was last used. Null when FusionAuth does not say, and without session:read.',
  })
  lastAccessedAt!: Instant | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When it expires under the settings in force now. Null when these could not be read, and without session:read.',
  })
  expiresAt!: Instant | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True for the session from which the caller calls. Null when the caller has no session of its own.',
  })
  isCurrent!: boolean | null;

  @Field(() => SessionDeviceType, {
    description: 'The device it was created on. Its members are null when not given, and without session:read.',
  })
  device!: SessionDevice;

  @Field(() => String, {
    nullable: true,
    description:
      'The address its refresh token was last used from. Null when FusionAuth does not say, and without session:read.',
  })
  ipAddress!: string | null;

  @Field(() => [String], {
    description: 'The OAuth scopes granted at sign-in. Empty when there are none, and without session:read.',
  })
  scopes!: readonly string[];
}

/** The viewpoint from which a session is shown: the instant, the caller's session, and the caller. */
export interface Viewpoint {
  readonly at: Instant;
  readonly currentSessionId: SessionId | null;
  /** Whether the caller may see the details of this user's sessions. */
  readonly showsDetails: (userId: UserId) => boolean;
}

export function viewpointOf({ clock, caller }: Pick<OperationScope, 'clock' | 'caller'>): Viewpoint {
  const currentSessionId = caller.kind === 'user' ? caller.sessionId : null;
  return { at: clock.now(), currentSessionId, showsDetails: mayShowDetails(caller) };
}

/** The members are written out because V8 spreads a session many times slower, which makes lists slower. */
export function toSessionType(session: Session, { at, currentSessionId, showsDetails }: Viewpoint): SessionType {
  const { lastAccessedAt, expiresAt, device, ipAddress, scopes } = showsDetails(session.userId) ? session : noDetails;
  return {
    id: session.id,
    userId: session.userId,
    applicationId: session.applicationId,
    kind: session.kind,
    state: stateOf(session, at),
    createdAt: session.createdAt,
    lastAccessedAt,
    expiresAt,
    isCurrent: currentSessionId === null ? null : session.id === currentSessionId,
    device,
    ipAddress,
    scopes,
  };
}

/**
 * The members of a session without its details. The expiry is a detail, because it reveals the last use where use
 * prolongs sessions.
 */
const noDetails: Pick<Session, 'lastAccessedAt' | 'expiresAt' | 'device' | 'ipAddress' | 'scopes'> = {
  lastAccessedAt: null,
  expiresAt: null,
  device: { name: null, description: null, type: null },
  ipAddress: null,
  scopes: [],
};
