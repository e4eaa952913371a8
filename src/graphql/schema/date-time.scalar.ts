import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import type { Instant } from '../../domain/session.js';
import { toIsoText } from './iso-instant.js';

/** RFC 3339 on the wire, milliseconds since the epoch inside. */
export const DateTimeScalar = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  description:
    'An instant as RFC 3339 text in UTC with milliseconds, such as `2026-01-31T12:00:00.000Z`. Arguments may have any offset and any fraction of a second; leap seconds (`:60`) are not accepted.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => toIsoText(value as Instant),
  parseValue: (value) => instantOf(value),
  parseLiteral: (node) => instantOf(node.kind === Kind.STRING ? node.value : undefined, node),
});

const whatIsRight =
  'A DateTime is RFC 3339 text with a date, a time and an offset, such as "2026-01-31T12:00:00Z" or "2026-01-31T13:00:00+01:00"; its seconds are 00 to 59, because leap seconds are not accepted.';

/** @param node The node of the value, if a document holds it. */
function instantOf(value: unknown, node?: ValueNode): Instant {
  try {
    if (typeof value === 'string') return GraphQLDateTime.parseValue(value).getTime();
  } catch {
    // The library's error does not say what would be right.
  }
  throw new GraphQLError(whatIsRight, node === undefined ? {} : { nodes: node });
}
