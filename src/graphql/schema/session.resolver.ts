import { Arg, Ctx, Extensions, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readSession } from '../../application/operation/read-sessions.js';
import type { Application, User } from '../../domain/directory.js';
import { parseSessionId, parseUserId } from '../../domain/ids.js';
import { type Optional, parseId } from './arguments.js';
import { ApplicationType, UserType } from './directory.types.js';
import { idOf, listOfUserNamed, type Price, settingsRead, usersOfOwners } from './price.js';
import type { SessionFilterInput, SessionOrderInput } from './session.inputs.js';
import { SessionType, toSessionType, viewpointOf } from './session.type.js';
import { SessionConnectionType } from './session-connection.type.js';
import { AfterArg, BeforeArg, FilterArg, FirstArg, LastArg, OrderByArg } from './session-list-arguments.js';
import { readConnection, readList } from './session-lists.js';

const priceOfSession: Price = (calls, { id }) => {
  calls.session(idOf(id));
  return [`owner of ${idOf(id)}`];
};

@Resolver(() => SessionType)
export class SessionResolver {
  @Extensions({ price: listOfUserNamed })
  @Query(() => [SessionType], {
    description:
      'Live sessions of one user, newest first. An unknown user yields [], as in FusionAuth. With filter.states, expired ones too. FusionAuth lists the newest 1,000. Needs session:read.',
  })
  async sessions(
    @Arg('userId', () => ID, { description: 'Whose sessions: a UUID.' }) userId: string,
    @FilterArg filter: Optional<SessionFilterInput>,
    @OrderByArg orderBy: Optional<SessionOrderInput>,
    @Ctx() scope: OperationScope,
  ): Promise<readonly SessionType[]> {
    return readList(scope, parseId(userId, parseUserId, ['userId']), { filter, orderBy });
  }

  @Extensions({ price: listOfUserNamed })
  @Query(() => SessionConnectionType, {
    description: 'The sessions of the field `sessions`, in pages, for tables. Needs session:read.',
  })
  async sessionsConnection(
    @Arg('userId', () => ID, { description: 'Whose sessions: a UUID.' }) userId: string,
    @FilterArg filter: Optional<SessionFilterInput>,
    @OrderByArg orderBy: Optional<SessionOrderInput>,
    @FirstArg first: Optional<number>,
    @AfterArg after: Optional<string>,
    @LastArg last: Optional<number>,
    @BeforeArg before: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<SessionConnectionType> {
    const id = parseId(userId, parseUserId, ['userId']);
    return readConnection(scope, id, { filter, orderBy, first, after, last, before });
  }

  @Extensions({ price: priceOfSession })
  @Query(() => SessionType, {
    nullable: true,
    description:
      'One session that FusionAuth has, whatever its state. Null when it does not exist or has ended: the two look the same. Needs session:read.',
  })
  async session(
    @Arg('id', () => ID, { description: 'The session: a UUID.' }) id: string,
    @Ctx() scope: OperationScope,
  ): Promise<SessionType | null> {
    const session = await readSession(scope, parseId(id, parseSessionId, ['id']));
    return session === null ? null : toSessionType(session, viewpointOf(scope));
  }

  @Extensions({ price: usersOfOwners })
  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'The user. Null when deleted in the meantime. Needs session:read.',
  })
  user(@Root() session: SessionType, @Ctx() { reads }: OperationScope): Promise<User | null> {
    return reads.user(session.userId);
  }

  @Extensions({ price: settingsRead })
  @FieldResolver(() => ApplicationType, {
    nullable: true,
    description:
      'The application. Null for an SSO session, and when the application is not active. When FusionAuth does not answer for it, all fields but its id are null, and the log has the cause.',
  })
  async application(@Root() session: SessionType, @Ctx() { reads }: OperationScope): Promise<Application | null> {
    return session.applicationId === null ? null : reads.application(session.applicationId);
  }
}
