import { Arg, Ctx, Extensions, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readSessions, readUsers } from '../../application/operation/read-sessions.js';
import type { Registration, Tenant, User } from '../../domain/directory.js';
import { parseUserId } from '../../domain/ids.js';
import { byNewest } from '../../domain/session-query.js';
import { type Optional, parseId, parseIds } from './arguments.js';
import { RegistrationType, TenantType, UserType } from './directory.types.js';
import { idOf, idsOf, listsOfOwners, type Price, settingsRead } from './price.js';
import { type SessionFilterInput, type SessionOrderInput, toSessionFilter } from './session.inputs.js';
import { SessionType } from './session.type.js';
import { SessionConnectionType } from './session-connection.type.js';
import { AfterArg, BeforeArg, FilterArg, FirstArg, LastArg, OrderByArg } from './session-list-arguments.js';
import { readConnection, readList } from './session-lists.js';

const priceOfUser: Price = (calls, { id }) => {
  calls.usersTogether([idOf(id)]);
  return [idOf(id)];
};

const priceOfUsers: Price = (calls, { ids }) => {
  const owners = [...new Set(idsOf(ids))];
  calls.usersTogether(owners);
  return owners;
};

const registrationsOfOwners: Price = (calls, _args, owners) => {
  calls.searchTogether('registrations', owners);
  return owners;
};

@Resolver(() => UserType)
export class UserResolver {
  @Extensions({ price: priceOfUser })
  @Query(() => UserType, {
    nullable: true,
    description: 'One user. Null when the user does not exist. Needs session:read.',
  })
  async user(
    @Arg('id', () => ID, { description: 'The user: a UUID.' }) id: string,
    @Ctx() scope: OperationScope,
  ): Promise<User | null> {
    const [user = null] = await readUsers(scope, [parseId(id, parseUserId, ['id'])]);
    return user;
  }

  @Extensions({ price: priceOfUsers })
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

  @Extensions({ price: settingsRead })
  @FieldResolver(() => TenantType, {
    nullable: true,
    description: 'The tenant to which the user belongs. Null when it could not be read.',
  })
  async tenant(@Root() { tenantId }: User, @Ctx() { reads }: OperationScope): Promise<Tenant | null> {
    return tenantId === null ? null : reads.tenant(tenantId);
  }

  @Extensions({ price: registrationsOfOwners })
  @FieldResolver(() => [RegistrationType], {
    description:
      'The applications that the user is registered for, within the bounds of the caller. Needs session:read.',
  })
  async registrations(@Root() { id }: User, @Ctx() { reads }: OperationScope): Promise<readonly Registration[]> {
    return reads.registrations(id);
  }

  @Extensions({ price: listsOfOwners })
  @FieldResolver(() => [SessionType], {
    description: 'Live sessions of the user, newest first; others with filter.states.',
  })
  async sessions(
    @Root() user: User,
    @FilterArg filter: Optional<SessionFilterInput>,
    @OrderByArg orderBy: Optional<SessionOrderInput>,
    @Ctx() scope: OperationScope,
  ): Promise<readonly SessionType[]> {
    return readList(scope, user.id, { filter, orderBy });
  }

  @Extensions({ price: listsOfOwners })
  @FieldResolver(() => SessionConnectionType, {
    description: 'The sessions of the field `sessions`, in pages, for tables.',
  })
  async sessionsConnection(
    @Root() user: User,
    @FilterArg filter: Optional<SessionFilterInput>,
    @OrderByArg orderBy: Optional<SessionOrderInput>,
    @FirstArg first: Optional<number>,
    @AfterArg after: Optional<string>,
    @LastArg last: Optional<number>,
    @BeforeArg before: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<SessionConnectionType> {
    return readConnection(scope, user.id, { filter, orderBy, first, after, last, before });
  }

  @Extensions({ price: listsOfOwners })
  @FieldResolver(() => Int, {
    description: 'How many live sessions the user has; others with filter.states. At most 1,000 are counted.',
  })
  async sessionCount(
    @Root() user: User,
    @FilterArg filter: Optional<SessionFilterInput>,
    @Ctx() scope: OperationScope,
  ): Promise<number> {
    return (await readSessions(scope, user.id, toSessionFilter(filter), byNewest)).length;
  }
}
