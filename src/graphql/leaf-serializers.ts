import { GraphQLBoolean, GraphQLID, type GraphQLScalarType, GraphQLString } from 'graphql';

/**
 * How compiled queries write the leaves of an answer. Nearly all are of the type already that goes on the wire; what
 * is not goes the long way of graphql-js, with its conversions and errors. Halves the time of a list of 50 sessions.
 */
export const leafSerializers: Readonly<Record<string, (value: unknown) => unknown>> = {
  [GraphQLID.name]: unlessOfType('string', GraphQLID),
  [GraphQLString.name]: unlessOfType('string', GraphQLString),
  [GraphQLBoolean.name]: unlessOfType('boolean', GraphQLBoolean),
};

function unlessOfType(type: 'string' | 'boolean', scalar: GraphQLScalarType): (value: unknown) => unknown {
  return (value) => (typeof value === type ? value : scalar.serialize(value));
}
