import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { OperationScope } from '../application/operation-scope.js';
import { readSessions, readUsers } from '../application/read-sessions.js';
import type { User } from '../domain/directory.js';
import { parseUserId } from '../domain/ids.js';
import { byNewest } from '../domain/session-query.js';
import { parseId, parseIds } from './arguments.js';
import { UserType } from './directory.types.js';
import { SessionFilterInput, SessionOrderInput, toSessionFilter, toSessionOrder } from './session.inputs.js';
import { SessionType, toSessionType } from './session.type.js';

@Resolver(() => UserType)
export class UserResolver {
  @Query(() => UserType, {
    nullable: true,
    description: 'One user. Null when there is no such user. Needs session:read.',
  })
  async user(
    @Arg('id', () => ID, { description: 'The user: a UUID.' }) id: string,
    @Ctx() scope: OperationScope,
  ): Promise<User | null> {
    const [user = null] = await readUsers(scope, [parseId(id, parseUserId, ['id'])]);
    return user;
  }

  @Query(() => [UserType], {
    nullable: 'items',
    description:
      'Up to 100 users, in the order asked, null where unknown: the shape a client-side DataLoader needs. Needs session:read.',
  })
  async users(
    @Arg('ids', () => [ID], { description: 'The users: UUIDs, at most 100.' }) ids: string[],
    @Ctx() scope: OperationScope,
  ): Promise<readonly (User | null)[]> {
    return readUsers(scope, parseIds(ids, parseUserId, ['ids']));
  }

  @FieldResolver(() => [SessionType], {
    description: 'Live sessions of the user, newest first; others with filter.states.',
  })
  async sessions(
    @Root() user: User,
    @Arg('filter', () => SessionFilterInput, { nullable: true, description: 'Which of them. Default: the live ones.' })
    filter: SessionFilterInput | null,
    @Arg('orderBy', () => SessionOrderInput, { nullable: true, description: 'Their order. Default: newest first.' })
    orderBy: SessionOrderInput | null,
    @Ctx() scope: OperationScope,
  ): Promise<readonly SessionType[]> {
    const sessions = await readSessions(
      scope,
      user.id,
      toSessionFilter(filter ?? null),
      toSessionOrder(orderBy ?? null),
    );
    const now = scope.clock.now();
    return sessions.map((session) => toSessionType(session, now));
  }

  @FieldResolver(() => Int, {
    description: 'How many live sessions the user has; others with filter.states. At most 1,000 are counted.',
  })
  async sessionCount(
    @Root() user: User,
    @Arg('filter', () => SessionFilterInput, { nullable: true, description: 'Which of them. Default: the live ones.' })
    filter: SessionFilterInput | null,
    @Ctx() scope: OperationScope,
  ): Promise<number> {
    return (await readSessions(scope, user.id, toSessionFilter(filter ?? null), byNewest)).length;
  }
}
