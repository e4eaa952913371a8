import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

/** The name of the only argument in compiled code: the number of the call of a field. */
export const callArgument = 'call';

interface WithoutValues {
  /** The operation and its fragments, without variables and without any argument but the numbers of calls. */
  readonly document: DocumentNode;
  /** The fields as the caller wrote them, by the numbers of their calls. */
  readonly calls: readonly FieldNode[];
}

/**
 * Takes every value out of a document before it is compiled. graphql-jit then copies no values into code, and coerces
 * none, which it does differently from graphql-js (absent variables, defaults of input fields, variables in lists, and
 * more in 0.8.9).
 */
export function withoutValues(
  { definitions, ...document }: DocumentNode,
  operation: OperationDefinitionNode,
): WithoutValues {
  const calls: FieldNode[] = [];
  const noVariables: readonly VariableDefinitionNode[] = [];
  const kept = definitions.filter(
    (definition) => definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION,
  );
  const numbered: DocumentNode = visit(
    { ...document, definitions: kept },
    {
      Field(node) {
        if (node.arguments === undefined || node.arguments.length === 0) return undefined;
        const number = calls.push(node) - 1;
        return { ...node, arguments: [numberOf(number)] };
      },
      OperationDefinition: (node) => ({ ...node, variableDefinitions: noVariables }),
    },
  );
  return { document: numbered, calls };
}

function numberOf(call: number) {
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: callArgument },
    value: { kind: Kind.INT, value: String(call) },
  } as const;
}
