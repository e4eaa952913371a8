import { BREAK, type DocumentNode, GraphQLError, isValueNode, Kind, visit } from 'graphql';

/**
 * Adds to the error of a refused value the argument, or the member of an input, that it is for: graphql-js names only
 * the fault of the value. Leaves other errors as they are.
 */
export function namingArgument(document: DocumentNode, error: GraphQLError): GraphQLError {
  const { nodes = [], message } = error;
  const [value] = nodes;
  if (value === undefined || !isValueNode(value)) return error;
  const names: string[] = [];
  visit(document, {
    enter(node, _key, parent, _path, ancestors) {
      if (node !== value) return undefined;
      for (const ancestor of [...ancestors, parent]) {
        if (ancestor === undefined || !('kind' in ancestor)) continue;
        if (ancestor.kind === Kind.ARGUMENT || ancestor.kind === Kind.OBJECT_FIELD) {
          names.push(ancestor.name.value);
        } else if (ancestor.kind === Kind.VARIABLE_DEFINITION) {
          names.push(`$${ancestor.variable.name.value}`);
        }
      }
      return BREAK;
    },
  });
  return names.length === 0
    ? error
    : new GraphQLError(`${names.join('.')}: ${message}`, { nodes: error.nodes ?? null });
}
