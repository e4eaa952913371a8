import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** The limits of a document, whatever its variables are. */
export interface DocumentLimits {
  /** Lexical tokens of a document; the limit is reached while parsing, before anything else is done. */
  readonly maxQueryTokens: number;
  /** Levels of fields, fragments and introspection not counted. */
  readonly maxQueryDepth: number;
  /** Aliases of one operation, counted as often as fragments repeat them. */
  readonly maxQueryAliases: number;
  /** Directives of one operation, counted as often as fragments repeat them. */
  readonly maxQueryDirectives: number;
  /** Fields of Query or Mutation that one operation calls. */
  readonly maxRootFields: number;
  /** Fields that one operation selects, counted as often as fragments repeat them. */
  readonly maxQueryFields: number;
  /** Fields and fragments of one selection set, counted as often as fragments repeat them. */
  readonly maxSelectionFields: number;
  /** Values in one list, written out in the document. */
  readonly maxListItems: number;
}

/**
 * Checks a parsed document before validation, which compares the fields of a selection set with each other, so that its
 * cost grows with the square of their number. Takes one pass over the document, however often fragments are repeated.
 * Introspection has no depth here: where it is on, graphql-js bounds it (MaxIntrospectionDepthRule).
 * @returns the first limit that it exceeds, or null.
 */
export function limitExceeded(document: DocumentNode, limits: DocumentLimits): GraphQLError | null {
  const measures = new Measures(document);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      const found = measures.ofOperation(definition);
      const problem =
        exceeded('Query depth', limits.maxQueryDepth, found.depth) ??
        exceeded('Aliases', limits.maxQueryAliases, found.aliases) ??
        exceeded('Directives', limits.maxQueryDirectives, found.directives) ??
        exceeded('Root fields', limits.maxRootFields, found.rootFields);
      if (problem !== null) return problem;
    }
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) {
      const { fields, widest } = measures.of(definition.selectionSet);
      const problem =
        exceeded('Fields', limits.maxQueryFields, fields) ??
        exceeded('Selection set', limits.maxSelectionFields, widest);
      if (problem !== null) return problem;
    }
  }
  return longList(document, limits.maxListItems);
}

function exceeded(what: string, limit: number, found: number): GraphQLError | null {
  return found <= limit ? null : new GraphQLError(`${what} limit of ${limit} exceeded, found ${found}.`);
}

function longList(document: DocumentNode, maxListItems: number): GraphQLError | null {
  let problem: GraphQLError | null = null;
  visit(document, {
    ListValue(node) {
      const found = node.values.length;
      if (found <= maxListItems) return;
      problem ??= new GraphQLError(`List limit of ${maxListItems} exceeded, found ${found}.`, { nodes: node });
    },
  });
  return problem;
}

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields of the set itself, those of its fragments included. */
  readonly rootFields: number;
  readonly fields: number;
  /** Fields and fragments of the set itself, and of the largest one below it. */
  readonly width: number;
  readonly widest: number;
}

const nothing: Measure = { depth: 0, aliases: 0, directives: 0, rootFields: 0, fields: 0, width: 0, widest: 0 };

class Measures {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<SelectionSetNode, Measure>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  ofOperation(operation: OperationDefinitionNode): Measure {
    const measure = this.of(operation.selectionSet);
    const ofVariables = operation.variableDefinitions?.map(({ directives }) => count(directives)) ?? [];
    const directives = ofVariables.reduce((sum, one) => sum + one, count(operation.directives));
    return { ...measure, directives: measure.directives + directives };
  }

  of(selectionSet: SelectionSetNode): Measure {
    const known = this.#known.get(selectionSet);
    if (known !== undefined) return known;
    // A fragment counts for nothing while it is being measured: validation refuses fragments that contain themselves.
    this.#known.set(selectionSet, nothing);
    const sum = { ...nothing };
    for (const selection of selectionSet.selections) {
      const part = this.#ofSelection(selection);
      sum.depth = Math.max(sum.depth, part.depth);
      sum.widest = Math.max(sum.widest, part.widest);
      for (const key of ['aliases', 'directives', 'rootFields', 'fields', 'width'] as const) sum[key] += part[key];
    }
    sum.widest = Math.max(sum.widest, sum.width);
    this.#known.set(selectionSet, sum);
    return sum;
  }

  #ofSelection(selection: SelectionNode): Measure {
    const directives = count(selection.directives);
    if (selection.kind !== Kind.FIELD) {
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
      const inside = fragment === undefined ? nothing : this.of(fragment.selectionSet);
      const all = inside.directives + directives + (fragment === selection ? 0 : count(fragment?.directives));
      return { ...inside, directives: all, width: inside.width + 1 };
    }
    const inside = selection.selectionSet === undefined ? nothing : this.of(selection.selectionSet);
    const isIntrospection = selection.name.value.startsWith('__');
    return {
      depth: isIntrospection ? 0 : inside.depth + 1,
      aliases: inside.aliases + (selection.alias === undefined ? 0 : 1),
      directives: inside.directives + directives,
      rootFields: 1,
      fields: inside.fields + 1,
      width: 1,
      widest: inside.widest,
    };
  }
}

function count(directives: readonly DirectiveNode[] | undefined): number {
  return directives?.length ?? 0;
}
