import { Field, Int, ObjectType } from 'type-graphql';
import type { User } from '../../domain/directory.js';
import { InvalidInputError } from '../../domain/errors.js';
import { type FoundUsers, maxFoundUsers } from '../../domain/ports/people.js';
import type { Optional } from './arguments.js';
import { UserType } from './directory.types.js';
import { PageInfoType } from './session-connection.type.js';

@ObjectType('UserEdge', { simpleResolvers: true, description: 'A user and its place in the results.' })
class UserEdgeType {
  @Field(() => String, { description: 'Give it as `after` to get what follows.' })
  cursor!: string;

  @Field(() => UserType, { description: 'The user.' })
  node!: User;
}

@ObjectType('UserConnection', { simpleResolvers: true, description: 'A page of the results of a search for users.' })
export class UserConnectionType {
  @Field(() => [UserEdgeType], { description: 'The users of this page with their cursors.' })
  edges!: readonly UserEdgeType[];

  @Field(() => [UserType], { description: 'The users of this page.' })
  nodes!: readonly User[];

  @Field(() => PageInfoType, { description: 'Where this page stands.' })
  pageInfo!: PageInfoType;

  @Field(() => Int, {
    description: `How many users match, over all pages: at most ${maxFoundUsers}, which means that many or more.`,
  })
  totalCount!: number;
}

/** A cursor, opaque to callers: the number of users up to the edge, including it. */
function cursorAt(row: number): string {
  return Buffer.from(`row ${row}`).toString('base64url');
}

/** @throws InvalidInputError when it is no cursor of a search, or of the last user that a search reaches. */
export function rowsBefore(after: Optional<string>): number {
  if (after == null) return 0;
  const row = Number(/^row (\d{1,5})$/.exec(Buffer.from(after, 'base64url').toString())?.[1] ?? Number.NaN);
  if (row >= 1 && row < maxFoundUsers) return row;
  const message = `after is not a cursor of a search for users, or one of the last of ${maxFoundUsers} that a search reaches.`;
  throw new InvalidInputError(['after'], message);
}

export function toUserConnection({ users, total }: FoundUsers, skip: number): UserConnectionType {
  const edges = users.map((node, index) => ({ cursor: cursorAt(skip + index + 1), node }));
  const end = skip + users.length;
  return {
    edges,
    nodes: users,
    pageInfo: {
      hasNextPage: users.length > 0 && end < Math.min(total, maxFoundUsers),
      hasPreviousPage: skip > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: total,
  };
}
