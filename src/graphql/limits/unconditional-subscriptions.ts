import { GraphQLError, Kind, OperationTypeNode, type SelectionSetNode, type ValidationRule } from 'graphql';

/**
 * Refuses conditions (`@skip`, `@include`) on the root field of a subscription. Judging one takes the values of its
 * variables, and the rule of graphql-js 16 throws where it looks for them (SingleFieldSubscriptionsRule).
 * @see https://spec.graphql.org/September2025/#sec-Single-Root-Field
 */
export const unconditionalSubscriptionsRule: ValidationRule = (context) => ({
  OperationDefinition({ operation, selectionSet }) {
    if (operation !== OperationTypeNode.SUBSCRIPTION) return;
    const visited = new Set<string>();
    const examine = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        const condition = selection.directives?.find(({ name }) => name.value === 'skip' || name.value === 'include');
        if (condition !== undefined) {
          const message = `A subscription has no conditions: leave out @${condition.name.value}, or do not subscribe.`;
          context.reportError(new GraphQLError(message, { nodes: condition }));
        }
        if (selection.kind === Kind.INLINE_FRAGMENT) examine(selection.selectionSet);
        if (selection.kind !== Kind.FRAGMENT_SPREAD || visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
        const fragment = context.getFragment(selection.name.value);
        if (fragment != null) examine(fragment.selectionSet);
      }
    };
    examine(selectionSet);
  },
});
