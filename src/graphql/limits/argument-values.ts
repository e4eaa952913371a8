import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { InvalidInputError } from '../../domain/errors.js';

type Variables = Readonly<Record<string, unknown>>;

/**
 * Finds an argument that gets null from a variable where null is not accepted. Validation accepts a nullable variable
 * wherever a default applies, so the fault shows only with the variables. graphql-js would report it while it executes
 * the operation: as a failure of the field, without a code, after other mutations of the operation were done.
 *
 * @returns null when there is none, and when the variables themselves are wrong, which the execution reports.
 */
export function argumentProblem(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): GraphQLError | null {
  const rootType = schema.getRootType(operation.operation);
  const definitions = operation.variableDefinitions ?? [];
  if (rootType == null || definitions.length === 0) return null;
  const { coerced } = getVariableValues(schema, definitions, variables, { maxErrors: 1 });
  // Validation sees everything else that can be wrong with an argument.
  if (coerced === undefined || !Object.values(coerced).includes(null)) return null;
  return new ArgumentWalk(schema, document, coerced).problemIn(operation.selectionSet, rootType);
}

class ArgumentWalk {
  readonly #schema: GraphQLSchema;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #variables: Variables;
  /** The selection sets that are done, so that repeated fragments are walked once. */
  readonly #walked = new Set<SelectionSetNode>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  problemIn(selectionSet: SelectionSetNode, type: GraphQLCompositeType): GraphQLError | null {
    if (this.#walked.has(selectionSet)) return null;
    this.#walked.add(selectionSet);
    for (const selection of selectionSet.selections) {
      const problem = this.#problemOf(selection, type);
      if (problem !== null) return problem;
    }
    return null;
  }

  #problemOf(selection: SelectionNode, type: GraphQLCompositeType): GraphQLError | null {
    for (const directive of selection.directives ?? []) {
      const definition = [GraphQLSkipDirective, GraphQLIncludeDirective].find(
        ({ name }) => name === directive.name.value,
      );
      const problem = definition === undefined ? null : this.#problemOfArguments(definition.args, directive);
      if (problem !== null) return problem;
      const isOn = definition !== undefined && getArgumentValues(definition, directive, this.#variables)['if'];
      if (definition !== undefined && isOn === (definition === GraphQLSkipDirective)) return null;
    }
    if (selection.kind === Kind.FIELD) {
      const field = isUnionType(type) ? undefined : type.getFields()[selection.name.value];
      if (field === undefined) return null;
      const problem = this.#problemOfArguments(field.args, selection);
      const named = getNamedType(field.type);
      if (problem !== null || selection.selectionSet === undefined || !isCompositeType(named)) return problem;
      return this.problemIn(selection.selectionSet, named);
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
    if (fragment === undefined) return null;
    const condition = fragment.typeCondition?.name.value;
    const narrowed = condition === undefined ? type : this.#schema.getType(condition);
    return isCompositeType(narrowed) ? this.problemIn(fragment.selectionSet, narrowed) : null;
  }

  #problemOfArguments(
    definitions: readonly GraphQLArgument[],
    node: { readonly arguments?: SelectionArguments | undefined },
  ): GraphQLError | null {
    for (const definition of definitions) {
      const value = node.arguments?.find(({ name }) => name.value === definition.name)?.value;
      const place = value === undefined ? null : nullIn(value, definition, [definition.name], this.#variables);
      if (value !== undefined && place !== null) return notNull(place, value);
    }
    return null;
  }
}

type SelectionArguments = readonly { readonly name: { readonly value: string }; readonly value: ValueNode }[];

interface Place {
  readonly path: readonly string[];
  /** The default; undefined where the argument has none. */
  readonly defaultValue: unknown;
}

type Input = Pick<GraphQLArgument, 'type' | 'defaultValue'>;

/** The place at which a variable puts a null that is not accepted. */
function nullIn(node: ValueNode, input: Input, path: readonly string[], variables: Variables): Place | null {
  const { type, defaultValue } = input;
  if (node.kind === Kind.VARIABLE) {
    return isNonNullType(type) && variables[node.name.value] === null ? { path, defaultValue } : null;
  }
  const inner: GraphQLInputType = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner)) {
    const item = { type: inner.ofType, defaultValue: undefined };
    if (node.kind !== Kind.LIST) return nullIn(node, item, path, variables);
    return first(node.values, (value, index) => nullIn(value, item, [...path, String(index)], variables));
  }
  if (!isInputObjectType(inner) || node.kind !== Kind.OBJECT) return null;
  const members = inner.getFields();
  return first(node.fields, ({ name, value }) => {
    const member = members[name.value];
    return member === undefined ? null : nullIn(value, member, [...path, name.value], variables);
  });
}

function first<Item>(items: readonly Item[], look: (item: Item, index: number) => Place | null): Place | null {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== null) return found;
  }
  return null;
}

function notNull({ path, defaultValue }: Place, node: ValueNode): GraphQLError {
  const advice = defaultValue === undefined ? 'Give a value.' : 'Leave it out for its default, or give a value.';
  const originalError = new InvalidInputError(path, `${path.join('.')} must not be null. ${advice}`);
  return new GraphQLError(originalError.message, { nodes: node, originalError });
}
