import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getVariableValues,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { CallCount, type Owners, priceOf } from '../schema/price.js';

type Variables = Readonly<Record<string, unknown>>;

/**
 * How many calls to FusionAuth an operation can cause, computed from its shape and arguments before any call. Look-ups
 * that the loaders share count once: the same list under ten aliases is one call. The price assumes that every user
 * asked for exists. It leaves out retries, second looks after unanswered revocations, and audit records.
 *
 * @returns null when variables or arguments cannot be read, which executing the operation will report.
 */
export function upstreamCallsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number | null {
  const rootType = schema.getRootType(operation.operation);
  if (rootType == null) return null;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  if (coerced === undefined) return null;
  try {
    return new OperationWalk(schema, document, coerced).count(operation, rootType);
  } catch {
    // A literal argument that its type does not accept.
    return null;
  }
}

class OperationWalk {
  readonly #schema: GraphQLSchema;
  readonly #calls = new CallCount();
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #variables: Variables;
  /** The selections walked so far, by types and owners. A repeated fragment adds no call, and is not walked again. */
  readonly #walked = new Map<SelectionSetNode, Map<string, Set<Owners>>>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  count({ selectionSet }: OperationDefinitionNode, rootType: GraphQLObjectType): number {
    this.#walk(selectionSet, [rootType], noOwners);
    return this.#calls.total();
  }

  /** @param types The possible types of the object: one, or those of an interface, all of which are counted. */
  #walk(selectionSet: SelectionSetNode, types: readonly GraphQLObjectType[], owners: Owners): void {
    if (types.length === 0 || !this.#isFirstWalk(selectionSet, types, owners)) return;
    for (const selection of selectionSet.selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        for (const type of types) this.#walkField(selection, type, owners);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition?.name.value;
      const narrowed =
        condition === undefined ? types : intersection(types, this.#objectTypes(this.#schema.getType(condition)));
      this.#walk(fragment.selectionSet, narrowed, owners);
    }
  }

  #isFirstWalk(selectionSet: SelectionSetNode, types: readonly GraphQLObjectType[], owners: Owners): boolean {
    const byTypes = this.#walked.get(selectionSet) ?? new Map<string, Set<Owners>>();
    this.#walked.set(selectionSet, byTypes);
    const key = types.join();
    const walkedFor = byTypes.get(key) ?? new Set();
    if (walkedFor.has(owners)) return false;
    byTypes.set(key, walkedFor.add(owners));
    return true;
  }

  #walkField(node: FieldNode, type: GraphQLObjectType, owners: Owners): void {
    const field = type.getFields()[node.name.value];
    if (field === undefined) return;
    const price = priceOf(field);
    const below = price === null ? owners : price(this.#calls, getArgumentValues(field, node, this.#variables), owners);
    if (node.selectionSet !== undefined) {
      this.#walk(node.selectionSet, this.#objectTypes(getNamedType(field.type)), below);
    }
  }

  #objectTypes(type: GraphQLNamedType | undefined): readonly GraphQLObjectType[] {
    if (isObjectType(type)) return [type];
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [];
  }

  #isIncluded(selection: SelectionNode): boolean {
    if (selection.directives === undefined || selection.directives.length === 0) return true;
    if (getDirectiveValues(GraphQLSkipDirective, selection, this.#variables)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, this.#variables)?.['if'] !== false;
  }
}

const noOwners: Owners = [];

function intersection<Item>(some: readonly Item[], others: readonly Item[]): readonly Item[] {
  return some.filter((item) => others.includes(item));
}
