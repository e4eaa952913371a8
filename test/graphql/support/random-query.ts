import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isRequiredArgument,
} from 'graphql';

/** One choice out of many, the same for the same seed. */
type Choose = <Item>(items: readonly Item[]) => Item;

/**
 * Queries of the schema with any fields, aliases and fragments, their arguments by variables: documents that are
 * compiled. Every field has an alias of its own, so that none conflicts with another.
 */
export function randomQuery(schema: GraphQLSchema): fc.Arbitrary<string> {
  return fc.infiniteStream(fc.nat(9_999)).map((numbers) => {
    const choose: Choose = (items) => {
      const item = items[Number(numbers.next().value) % items.length];
      if (item === undefined) throw new RangeError('There is nothing to choose from');
      return item;
    };
    return write(schema, choose);
  });
}

function write(schema: GraphQLSchema, choose: Choose): string {
  const fragments: string[] = [];
  let names = 0;
  const argument = ({ name, type }: GraphQLArgument) => {
    const variable = name === 'ids' ? '$users' : name === 'id' && String(type) === 'ID!' ? '$id' : '$user';
    return `${name}: ${variable}`;
  };
  const selection = (type: GraphQLCompositeType, depth: number): string => {
    if (isAbstractType(type)) {
      const members = schema.getPossibleTypes(type).map((one) => `... on ${one.name} ${selection(one, depth)}`);
      return `{ ${choose(['', '__typename '])}${members.join(' ')} }`;
    }
    const fields = Object.values(type.getFields()).filter(
      (field) => depth > 0 || !isCompositeType(getNamedType(field.type)),
    );
    const wanted = choose([1, 2, 3, 4]);
    const chosen = Array.from({ length: wanted }, () => {
      const field = choose(fields);
      const named = getNamedType(field.type);
      const required = field.args.filter(isRequiredArgument).map(argument);
      // The id of Query.session is that of a session, any other one is that of a user.
      const given = field.name === 'session' ? ['id: $session'] : required.map((text) => text.replace('$id', '$user'));
      const call = `${field.name}${given.length === 0 ? '' : `(${given.join(', ')})`}`;
      return `f${++names}: ${call}${isCompositeType(named) ? ` ${selection(named, depth - 1)}` : ''}`;
    });
    const body = `{ ${choose(['', '__typename '])}${chosen.join(' ')} }`;
    switch (choose(['plain', 'plain', 'inline', 'fragment'])) {
      case 'inline':
        return `{ ... on ${type.name} ${body} }`;
      case 'fragment': {
        const name = `F${fragments.length}`;
        fragments.push(`fragment ${name} on ${type.name} ${body}`);
        return `{ ...${name} ...${name} }`;
      }
      default:
        return body;
    }
  };
  const queryType = schema.getQueryType();
  if (queryType == null) throw new TypeError('The schema has no queries');
  const selected = selection(queryType, 4);
  const text = [selected, ...fragments].join('\n');
  const declared = [
    ['$users', '[ID!]!'],
    ['$user', 'ID!'],
    ['$session', 'ID!'],
  ].filter(([name = '']) => new RegExp(`\\${name}\\b`).test(text));
  const head = declared.length === 0 ? '' : `(${declared.map(([name, type]) => `${name}: ${type}`).join(', ')})`;
  return `query Random${head} ${text}`;
}
