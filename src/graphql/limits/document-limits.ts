import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, Kind, type SelectionSetNode, type ValidationContext, type ValidationRule } from 'graphql';

/** What a document may look like, whatever its variables are. */
export interface DocumentLimits {
  /** Levels of fields, fragments not counted. */
  readonly maxQueryDepth: number;
  /** Aliases of one operation, counted as often as fragments repeat them. */
  readonly maxQueryAliases: number;
  /** Directives of one operation, likewise. */
  readonly maxQueryDirectives: number;
  /** Fields of Query or Mutation that one operation calls. */
  readonly maxRootFields: number;
  /** Values in one list, written out in the document. */
  readonly maxListItems: number;
}

/**
 * Rules for validation, so that Apollo Server applies them once to each document and remembers those that pass.
 * Introspection has no depth of its own here: where it is on, graphql-js bounds it (MaxIntrospectionDepthRule).
 */
export function documentLimits(limits: DocumentLimits): readonly ValidationRule[] {
  return [
    maxDepthRule({ n: limits.maxQueryDepth, flattenFragments: true, ...reported }),
    maxAliasesRule({ n: limits.maxQueryAliases, ...reported }),
    maxDirectivesRule({ n: limits.maxQueryDirectives, ...reported }),
    rootFieldsRule(limits.maxRootFields),
    listLiteralsRule(limits.maxListItems),
  ];
}

/** The rules of the library throw unless told otherwise, which would end in an internal error. */
const reported = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) => {
      context?.reportError(new GraphQLError(error.message.replace(/^Syntax Error: /, '')));
    },
  ],
};

function rootFieldsRule(maxRootFields: number): ValidationRule {
  return (context) => ({
    OperationDefinition({ selectionSet }) {
      const found = fieldsOf(selectionSet, context, new Map());
      if (found <= maxRootFields) return;
      context.reportError(new GraphQLError(`Root fields limit of ${maxRootFields} exceeded, found ${found}.`));
    },
  });
}

/** @param known The counts of fragments; zero for one that is being counted, since circles are refused elsewhere. */
function fieldsOf({ selections }: SelectionSetNode, context: ValidationContext, known: Map<string, number>): number {
  let count = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) count++;
    else if (selection.kind === Kind.INLINE_FRAGMENT) count += fieldsOf(selection.selectionSet, context, known);
    else {
      const name = selection.name.value;
      const fragment = context.getFragment(name);
      if (!known.has(name) && fragment != null) {
        known.set(name, 0);
        known.set(name, fieldsOf(fragment.selectionSet, context, known));
      }
      count += known.get(name) ?? 0;
    }
  }
  return count;
}

function listLiteralsRule(maxListItems: number): ValidationRule {
  return (context) => ({
    ListValue(node) {
      const found = node.values.length;
      if (found <= maxListItems) return;
      context.reportError(new GraphQLError(`List limit of ${maxListItems} exceeded, found ${found}.`, { nodes: node }));
    },
  });
}
