import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  isNonNullType,
  TypeInfo,
  type VariableNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * The errors of a compiled query as graphql-js has them. graphql-jit has an error class of its own, without nodes. And
 * where a null propagates to the parent, graphql-js reports only the first error that led there, while graphql-jit
 * collects all of them.
 */
export function asGraphQLJs(
  schema: GraphQLSchema,
  document: DocumentNode,
  data: unknown,
  errors: readonly GraphQLError[],
): readonly GraphQLError[] {
  const places = placesIn(schema, document);
  const explained = new Set<string>();
  return errors.flatMap(({ message, path = [], locations = [], originalError }) => {
    const found = locations
      .map(({ line, column }) => places.get(keyOf(line, column)))
      .filter((one) => one !== undefined);
    if (found.some(({ isNonNull }) => isNonNull)) {
      const nulled = placeOfNull(data, path);
      if (explained.has(nulled)) return [];
      explained.add(nulled);
    }
    return [new GraphQLError(message, { nodes: found.map(({ node }) => node), path, originalError })];
  });
}

interface Place {
  readonly node: FieldNode | VariableNode;
  /** Whether the type of the field is non-null, also for an error of a variable in its arguments. */
  readonly isNonNull: boolean;
}

function placesIn(schema: GraphQLSchema, document: DocumentNode): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const types = new TypeInfo(schema);
  const remember = (node: Place['node']) => {
    const start = node.loc?.startToken;
    const field = types.getFieldDef();
    if (start === undefined || field == null) return;
    places.set(keyOf(start.line, start.column), { node, isNonNull: isNonNullType(field.type) });
  };
  visit(document, visitWithTypeInfo(types, { Field: remember, Variable: remember }));
  return places;
}

function keyOf(line: number, column: number): string {
  return `${line}:${column}`;
}

/** The part of the path that has a value: the step after it is null. */
function placeOfNull(data: unknown, path: readonly (string | number)[]): string {
  let value = data;
  const passed = path.filter((member) => {
    const isThere = typeof value === 'object' && value !== null;
    if (isThere) value = Reflect.get(Object(value), member);
    return isThere;
  });
  return passed.join('.');
}
