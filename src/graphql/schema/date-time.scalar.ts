import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import type { Instant } from '../../domain/session.js';
import { toIsoText } from './iso-instant.js';

/** RFC 3339 on the wire, milliseconds since the epoch inside. */
export const DateTimeScalar = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  description: 'An instant as RFC 3339 text in UTC with milliseconds, such as `2026-01-31T12:00:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => toIsoText(value as Instant),
  parseValue(value) {
    if (typeof value !== 'string') throw new GraphQLError(whatIsRight);
    return instantOf(value);
  },
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw new GraphQLError(whatIsRight, { nodes: node });
    try {
      return instantOf(node.value);
    } catch {
      throw new GraphQLError(whatIsRight, { nodes: node });
    }
  },
});

const whatIsRight =
  'A DateTime is RFC 3339 text with a date, a time and an offset, such as "2026-01-31T12:00:00Z" or "2026-01-31T13:00:00+01:00".';

function instantOf(text: string): Instant {
  try {
    return GraphQLDateTime.parseValue(text).getTime();
  } catch {
    throw new GraphQLError(whatIsRight);
  }
}
