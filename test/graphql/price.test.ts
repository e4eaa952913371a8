import { buildSchema, type GraphQLObjectType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { upstreamCallsOf } from '../../src/graphql/limits/operation-cost.js';
import { type Price, priceOf } from '../../src/graphql/schema/price.js';
import { createSchema } from '../../src/graphql/schema/schema.js';
import { operationOf } from './support/operation-of.js';

let types: readonly GraphQLObjectType[];

beforeAll(() => {
  const schema = createSchema(Object.create(null), { commentRequired: false });
  types = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'));
});

describe('the price', () => {
  it('stands beside every field that has a resolver of its own', () => {
    const resolved = types.flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ resolve }) => resolve !== undefined)
        .map((field) => ({ name: `${type.name}.${field.name}`, field })),
    );
    expect(resolved.length).toBeGreaterThan(20);
    // A type without simpleResolvers gives each of its fields a resolver.
    expect(resolved.filter(({ field }) => priceOf(field) === null).map(({ name }) => name)).toEqual([]);
  });

  it('is stated by fields of the roots without exception', () => {
    const roots = types.filter(({ name }) => ['Query', 'Mutation', 'Subscription'].includes(name));
    const fields = roots.flatMap((type) => Object.values(type.getFields()));
    expect(fields.filter((field) => priceOf(field) === null).map(({ name }) => name)).toEqual([]);
  });
});

describe('behind an interface', () => {
  const schema = buildSchema(`
    interface Node { id: ID! }
    type User implements Node { id: ID! count: Int }
    type Session implements Node { id: ID! user: User }
    type Query { node: Node user: User }
  `);
  const perOwner: Price = (calls, _args, owners) => {
    calls.sessionsOf(owners);
    return owners;
  };
  const someone: Price = () => ['someone'];
  const given: Readonly<Record<string, Price>> = {
    'Query.node': someone,
    'Query.user': someone,
    'User.count': perOwner,
    'Session.user': (calls, _args, owners) => {
      calls.usersApart(owners);
      return owners;
    },
  };
  for (const [path, price] of Object.entries(given)) {
    const [typeName = '', fieldName = ''] = path.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field !== undefined) field.extensions = { price };
  }

  it.each([
    [0, '{ node { id __typename } }'],
    [3, '{ node { ... on User { count } } }'],
    [1, '{ node { ... on Session { user { id } } } }'],
    [4, '{ node { ... on User { count } ... on Session { user { count } } } }'],
    [3, '{ user { ... on Node { ... on User { count } } } }'],
    [0, '{ user { ... on Node { ... on Session { user { id } } } } }'],
    [3, '{ node { ...F } } fragment F on Node { ... on Node { ... on User { count } } }'],
    // The same fragment once where it is nothing and once where it is something.
    [3, '{ user { ...F } node { ...F } } fragment F on Node { ... on User { count } }'],
  ])('%i calls are told of %s', (calls, text) => {
    const { document, operation } = operationOf(text);
    expect(upstreamCallsOf(schema, document, operation, {})).toBe(calls);
  });
});
