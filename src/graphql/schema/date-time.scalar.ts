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
  parseValue: (value) => toInstant(GraphQLDateTime.parseValue(value)),
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw new GraphQLError('DateTime must be text', { nodes: node });
    return toInstant(GraphQLDateTime.parseLiteral(node, undefined));
  },
});

function toInstant(date: Date): Instant {
  return date.getTime();
}
