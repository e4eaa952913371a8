import { Field, Int, ObjectType } from 'type-graphql';
import { InvalidInputError } from '../../domain/errors.js';
import { cursorOf, type PageRequest, type SessionPage } from '../../domain/session-page.js';
import type { SessionOrder } from '../../domain/session-query.js';
import type { Optional } from './arguments.js';
import { SessionType, toSessionType, type Viewpoint } from './session.type.js';

@ObjectType('SessionEdge', { simpleResolvers: true, description: 'A session and its place in the list.' })
class SessionEdgeType {
  @Field(() => String, {
    description:
      'Give it as `after` to get what follows, as `before` to get what precedes. Valid for lists in the same order.',
  })
  cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  node!: SessionType;
}

@ObjectType('PageInfo', { simpleResolvers: true, description: 'Where a page stands in its list, as Relay defines it.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether anything follows this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether anything precedes this page.' })
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
export const maxPageSize = 100;

/** Which page a caller asks for. */
export interface PageArguments {
  readonly first: Optional<number>;
  readonly after: Optional<string>;
  readonly last: Optional<number>;
  readonly before: Optional<string>;
}

/** @throws InvalidInputError when the page is empty or too large, or both `first` and `last` are given. */
export function toPageRequest({ first, after, last, before }: PageArguments): PageRequest {
  if (first != null && last != null) {
    throw new InvalidInputError(['last'], 'last is not accepted together with first. Give one of them.');
  }
  const take = last == null ? 'first' : 'last';
  const size = last ?? first ?? defaultPageSize;
  if (size < 1 || size > maxPageSize) {
    throw new InvalidInputError([take], `${take} must be from 1 to ${maxPageSize}.`);
  }
  return { take, size, after: after ?? null, before: before ?? null };
}

/** Builds nodes and edges when they are first read, so that an operation pays only for those that it selects. */
export function toSessionConnection(
  page: SessionPage & { readonly truncated: boolean },
  order: SessionOrder,
  view: Viewpoint,
): SessionConnectionType {
  const { sessions, hasNextPage, hasPreviousPage, totalCount, truncated } = page;
  const nodes = once(() => sessions.map((session) => toSessionType(session, view)));
  const edges = once(() =>
    sessions.map((session, index) => ({
      cursor: cursorOf(session, order),
      node: nodes()[index] ?? toSessionType(session, view),
    })),
  );
  const cursorAt = (index: 0 | -1) => {
    const session = sessions.at(index);
    return session === undefined ? null : cursorOf(session, order);
  };
  return {
    get edges() {
      return edges();
    },
    get nodes() {
      return nodes();
    },
    pageInfo: { hasNextPage, hasPreviousPage, startCursor: cursorAt(0), endCursor: cursorAt(-1) },
    totalCount,
    truncated,
  };
}

function once<T>(build: () => T): () => T {
  let built: { readonly value: T } | null = null;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}
