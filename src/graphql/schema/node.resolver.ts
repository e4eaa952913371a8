import { Arg, Ctx, Extensions, ID, Query, Resolver } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readSession, readUsers } from '../../application/operation/read-sessions.js';
import type { User } from '../../domain/directory.js';
import { parseSessionId, parseUserId } from '../../domain/ids.js';
import { parseId } from './arguments.js';
import { NodeType } from './node.type.js';
import { type CallCount, idOf, idsOf, type Owners, type Price } from './price.js';
import { type SessionType, toSessionType, viewpointOf } from './session.type.js';

/** The answers of both fields: the interface reads the type from the object. */
type Node = (SessionType & { readonly __typename: 'Session' }) | (User & { readonly __typename: 'User' });

const priceOfNode: Price = (calls, { id }) => priceOfIds(calls, [idOf(id)]);

const priceOfNodes: Price = (calls, { ids }) => priceOfIds(calls, [...new Set(idsOf(ids))]);

/** The price of looking for each id among the sessions, and for the other ids together among the users. */
function priceOfIds(calls: CallCount, ids: readonly string[]): Owners {
  for (const id of ids) calls.session(id);
  const owners = ids.map((id) => `user behind ${id}`);
  calls.usersOnceKnown(owners);
  return owners;
}

@Resolver()
export class NodeResolver {
  @Extensions({ price: priceOfNode })
  @Query(() => NodeType, {
    nullable: true,
    description:
      'The session or the user with this id, as session and user answer it. Null when there is neither, and when the caller may not see it: the two look the same. Needs session:read.',
  })
  async node(
    @Arg('id', () => ID, { description: 'A session or a user: a UUID.' }) id: string,
    @Ctx() scope: OperationScope,
  ): Promise<Node | null> {
    const [node = null] = await readNodes(scope, [{ id, argument: ['id'] }]);
    return node;
  }

  @Extensions({ price: priceOfNodes })
  @Query(() => [NodeType], {
    nullable: 'items',
    description: 'The same for several ids, in the order asked, null where node answers null. Needs session:read.',
  })
  async nodes(
    @Arg('ids', () => [ID], { description: 'Sessions or users: UUIDs, as many as MAX_LIST_ITEMS lets a list hold.' })
    ids: string[],
    @Ctx() scope: OperationScope,
  ): Promise<readonly (Node | null)[]> {
    // MAX_LIST_ITEMS bounds every list of a request before it is executed.
    return readNodes(
      scope,
      ids.map((id, index) => ({ id, argument: ['ids', String(index)] })),
    );
  }
}

async function readNodes(
  scope: OperationScope,
  asked: readonly { readonly id: string; readonly argument: readonly string[] }[],
): Promise<readonly (Node | null)[]> {
  const ids = asked.map(({ id, argument }) => ({
    sessionId: parseId(id, parseSessionId, argument),
    userId: parseId(id, parseUserId, argument),
  }));
  const sessions = await Promise.all(ids.map(({ sessionId }) => readSession(scope, sessionId)));
  // After all sessions are known, so that one search finds all users.
  const userIds = ids.filter((_, index) => sessions[index] == null).map(({ userId }) => userId);
  const users = new Map<string, User>();
  for (const user of await readUsers(scope, userIds)) if (user !== null) users.set(user.id, user);
  const view = viewpointOf(scope);
  return ids.map(({ userId }, index) => {
    const session = sessions[index];
    if (session != null) return { ...toSessionType(session, view), __typename: 'Session' };
    const user = users.get(userId);
    return user === undefined ? null : { ...user, __typename: 'User' };
  });
}
