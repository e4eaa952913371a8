import {
  BREAK,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Whether an operation may be compiled: a query without anything that graphql-jit is known to get wrong, or by which
 * the text of a caller could become code. Other operations are executed by graphql-js, which answers the same, more
 * slowly.
 *
 * - Texts written out in a document are copied into the compiled code, and those that look like the marks of
 *   graphql-jit for dates are copied as code (0.8.9, `objectStringify`), so that a caller could run a program here.
 *   Values are taken out of a document before it is compiled; refusing texts is a second lock.
 * - Names that begin with two underscores are `__proto__`, which is no ordinary member of an object literal, or ask for
 *   introspection.
 * - graphql-jit mixes up the directives of a fragment that is used in several places
 *   (`useExperimentalPathBasedSkipInclude`).
 * - Mutations happen one after the other. Executing them costs next to nothing beside their calls.
 */
export function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return operation.operation === 'query' && isHarmless(document) && selectsFew(document, operation);
}

/** Whether a document selects fields of an abstract type, which the schema for compiling leaves out. */
export function selectsAbstractTypes(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  const look = () => {
    if (!isAbstractType(getNamedType(types.getType()))) return undefined;
    found = true;
    return BREAK;
  };
  visit(document, visitWithTypeInfo(types, { Field: look, InlineFragment: look, FragmentDefinition: look }));
  return found;
}

function isHarmless(document: DocumentNode): boolean {
  let isHarmless = true;
  const refuse = () => {
    isHarmless = false;
    return BREAK;
  };
  visit(document, {
    StringValue: refuse,
    Directive: refuse,
    Name: ({ value }) => (value.startsWith('__') && value !== '__typename' ? refuse() : undefined),
  });
  return isHarmless;
}

/** Compiled code repeats a fragment wherever it is used, so that a short document can become very long code. */
const maxSelectedFields = 500;

function selectsFew(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return selectedFieldsOf(document, operation) <= maxSelectedFields;
}

/** How much an operation selects, fields and fragments, each as often as it is used. Of too many only a part is counted. */
export function selectedFieldsOf(document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let selected = 0;
  const count = ({ selections }: SelectionSetNode): boolean =>
    selections.every((selection) => {
      if (++selected > maxSelectedFields) return false;
      const selectionSet =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? fragments.get(selection.name.value)?.selectionSet
          : selection.selectionSet;
      return selectionSet === undefined || count(selectionSet);
    });
  count(operation.selectionSet);
  return selected;
}
