import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getVariableValues,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { CallCount, type Owners, priceOf } from './field-prices.js';

type Variables = Readonly<Record<string, unknown>>;

/**
 * How many calls to FusionAuth an operation can cause, told from its shape and arguments before anything is called.
 * Look-ups that the loaders share count once: the same list under ten aliases is one call. Every user asked for is
 * taken to exist. Not counted are retries, second looks after unanswered revocations, and audit records.
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
    return new OperationWalk(document, coerced).count(operation, rootType);
  } catch {
    // A literal argument that its type does not accept.
    return null;
  }
}

class OperationWalk {
  readonly #calls = new CallCount();
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #variables: Variables;
  /** What was walked for whom. Repeated fragments add nothing, and must not be walked again and again. */
  readonly #walked = new Map<SelectionSetNode, Set<Owners>>();

  constructor(document: DocumentNode, variables: Variables) {
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  count({ selectionSet }: OperationDefinitionNode, rootType: GraphQLObjectType): number {
    this.#walk(selectionSet, rootType, noOwners);
    return this.#calls.total();
  }

  #walk(selectionSet: SelectionSetNode, type: GraphQLObjectType, owners: Owners): void {
    const walkedFor = this.#walked.get(selectionSet) ?? new Set();
    if (walkedFor.has(owners)) return;
    this.#walked.set(selectionSet, walkedFor.add(owners));
    for (const selection of selectionSet.selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        this.#walkField(selection, type, owners);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
      // The schema has no interfaces and unions, so a fragment is always on the type at hand.
      if (fragment !== undefined) this.#walk(fragment.selectionSet, type, owners);
    }
  }

  #walkField(node: FieldNode, type: GraphQLObjectType, owners: Owners): void {
    const field = type.getFields()[node.name.value];
    if (field === undefined) return;
    const price = priceOf(type.name, field.name);
    const below = price === null ? owners : price(this.#calls, getArgumentValues(field, node, this.#variables), owners);
    const named = getNamedType(field.type);
    if (node.selectionSet !== undefined && isObjectType(named)) this.#walk(node.selectionSet, named, below);
  }

  #isIncluded(selection: SelectionNode): boolean {
    if (selection.directives === undefined || selection.directives.length === 0) return true;
    if (getDirectiveValues(GraphQLSkipDirective, selection, this.#variables)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, this.#variables)?.['if'] !== false;
  }
}

const noOwners: Owners = [];
