import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { OperationScope } from '../application/operation-scope.js';
import { readSession, readSessions } from '../application/read-sessions.js';
import type { Application, User } from '../domain/directory.js';
import { parseSessionId, parseUserId } from '../domain/ids.js';
import { parseId } from './arguments.js';
import { ApplicationType, UserType } from './directory.types.js';
import { SessionFilterInput, SessionOrderInput, toSessionFilter, toSessionOrder } from './session.inputs.js';
import { SessionType, toSessionType } from './session.type.js';

@Resolver(() => SessionType)
export class SessionResolver {
  @Query(() => [SessionType], {
    description:
      'Live sessions of one user, newest first. An unknown user yields [], as in FusionAuth. With filter.states, expired ones too. FusionAuth lists the newest 1,000. Needs session:read.',
  })
  async sessions(
    @Arg('userId', () => ID, { description: 'Whose sessions: a UUID.' }) userId: string,
    @Arg('filter', () => SessionFilterInput, { nullable: true, description: 'Which of them. Default: the live ones.' })
    filter: SessionFilterInput | null,
    @Arg('orderBy', () => SessionOrderInput, { nullable: true, description: 'Their order. Default: newest first.' })
    orderBy: SessionOrderInput | null,
    @Ctx() scope: OperationScope,
  ): Promise<readonly SessionType[]> {
    const id = parseId(userId, parseUserId, ['userId']);
    const sessions = await readSessions(scope, id, toSessionFilter(filter ?? null), toSessionOrder(orderBy ?? null));
    const now = scope.clock.now();
    return sessions.map((session) => toSessionType(session, now));
  }

  @Query(() => SessionType, {
    nullable: true,
    description:
      'One live session. Null when it does not exist or has ended: the two look the same. Needs session:read.',
  })
  async session(
    @Arg('id', () => ID, { description: 'The session: a UUID.' }) id: string,
    @Ctx() scope: OperationScope,
  ): Promise<SessionType | null> {
    const session = await readSession(scope, parseId(id, parseSessionId, ['id']));
    return session === null ? null : toSessionType(session, scope.clock.now());
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'The user. Null when deleted in the meantime.' })
  user(@Root() session: SessionType, @Ctx() { reads }: OperationScope): Promise<User | null> {
    return reads.user(session.userId);
  }

  @FieldResolver(() => ApplicationType, {
    nullable: true,
    description: 'The application. Null for an SSO session, and when the application is not active.',
  })
  async application(@Root() session: SessionType, @Ctx() { reads }: OperationScope): Promise<Application | null> {
    return session.applicationId === null ? null : reads.application(session.applicationId);
  }
}
