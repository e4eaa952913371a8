import { Field, Int, ObjectType } from 'type-graphql';
import { InvalidInputError } from '../../domain/errors.js';
import { cursorOf, type PageRequest, type SessionPage } from '../../domain/session-page.js';
import type { SessionOrder } from '../../domain/session-query.js';
import { SessionType, toSessionType, type Viewpoint } from './session.type.js';

@ObjectType('SessionEdge', { simpleResolvers: true, description: 'A session and its place in the list.' })
export class SessionEdgeType {
  @Field(() => String, { description: 'Give it as `after` to get what follows. Valid for lists in the same order.' })
  cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  node!: SessionType;
}

@ObjectType('PageInfo', { simpleResolvers: true, description: 'Where a page stands in its list, as Relay defines it.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether sessions follow this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether sessions precede this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge. Null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last edge. Null on an empty page.' })
  endCursor!: string | null;
}

@ObjectType('SessionConnection', {
  simpleResolvers: true,
  description: 'A page of sessions. Cursors are places in the order, so they stay valid while sessions come and go.',
})
export class SessionConnectionType {
  @Field(() => [SessionEdgeType], { description: 'The sessions of this page with their cursors.' })
  edges!: readonly SessionEdgeType[];

  @Field(() => [SessionType], { description: 'The sessions of this page.' })
  nodes!: readonly SessionType[];

  @Field(() => PageInfoType, { description: 'Where this page stands.' })
  pageInfo!: PageInfoType;

  @Field(() => Int, { description: 'How many sessions match, over all pages.' })
  totalCount!: number;

  @Field(() => Boolean, {
    description:
      'FusionAuth lists at most 1,000 sessions of a user: true when older ones may exist that no list shows.',
  })
  truncated!: boolean;
}

export const defaultPageSize = 50;
const maxPageSize = 100;

/** @throws InvalidInputError when the page is empty or too large. */
export function toPageRequest(first: number, after: string | null): PageRequest {
  if (first < 1 || first > maxPageSize) {
    throw new InvalidInputError(['first'], `first must be from 1 to ${maxPageSize}.`);
  }
  return { first, after };
}

export function toSessionConnection(
  page: SessionPage & { readonly truncated: boolean },
  order: SessionOrder,
  view: Viewpoint,
): SessionConnectionType {
  const nodes = page.sessions.map((session) => toSessionType(session, view));
  const edges = page.sessions.map((session, index) => ({
    cursor: cursorOf(session, order),
    node: nodes[index] ?? toSessionType(session, view),
  }));
  const { hasNextPage, hasPreviousPage, totalCount, truncated } = page;
  const startCursor = edges.at(0)?.cursor ?? null;
  const endCursor = edges.at(-1)?.cursor ?? null;
  return { edges, nodes, pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor }, totalCount, truncated };
}
