import { hash } from 'node:crypto';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { StreamedResult, SubscriptionRequest } from '../../application/operation/subscription.js';

/** How many results a group keeps for its slower subscriptions; a result takes about two kilobytes. */
const maxResultsOfGroup = 100;

/** How an event is shown. One with errors is not yet written, because errors are formatted for each subscriber. */
export type ShownEvent = StreamedResult | FailedResult;

interface FailedResult extends ExecutionResult {
  readonly errors: readonly GraphQLError[];
}

/** Subscriptions with the same request and view. */
interface Group {
  members: number;
  /** The results by the id of their event; empty while the group has one subscription. */
  readonly results: Map<string, Promise<ShownEvent>>;
}

/**
 * Executes and writes each event once for all subscriptions with the same request and view, because that is most of the
 * cost of an event. A result depends only on the document, the variables, the view and the event. The caller decides which
 * events arrive, and has no part in the execution.
 */
export class SharedResults {
  readonly #groups = new Map<string, Group>();

  /**
   * Adds a subscription, which has to leave in the end.
   * @param view The key of its caller's view on events.
   */
  join({ query, operationName, variables }: SubscriptionRequest, view: string): SharedResult {
    const asked = hash('sha256', JSON.stringify([query, operationName, variables, view]));
    const group = this.#groups.get(asked) ?? { members: 0, results: new Map() };
    this.#groups.set(asked, group);
    group.members++;
    return {
      of: (id, execute) => (group.members > 1 ? resultIn(group, id, execute) : execute()),
      leave: () => {
        group.members--;
        if (group.members < 2) group.results.clear();
        if (group.members === 0) this.#groups.delete(asked);
      },
    };
  }
}

interface SharedResult {
  /** The result of the event with this id, made by `execute` unless another subscription has made it. */
  of(id: string, execute: () => Promise<ShownEvent>): Promise<ShownEvent>;
  leave(): void;
}

function resultIn({ results }: Group, id: string, execute: () => Promise<ShownEvent>): Promise<ShownEvent> {
  const known = results.get(id);
  if (known !== undefined) return known;
  const result = execute();
  results.set(id, result);
  for (const oldest of results.keys()) {
    if (results.size <= maxResultsOfGroup) break;
    results.delete(oldest);
  }
  return result;
}
