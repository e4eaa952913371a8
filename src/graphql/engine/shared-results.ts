import { hash } from 'node:crypto';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { StreamedResult, SubscriptionRequest } from '../../application/operation/subscription.js';

/** How far one subscription may be ahead of another that it shares results with; a result takes about two kilobytes. */
const maxResultsOfGroup = 100;

/** What an event looks like; one with errors is not written yet, because they are put into words for each subscriber. */
export type ShownEvent = StreamedResult | FailedResult;

interface FailedResult extends ExecutionResult {
  readonly errors: readonly GraphQLError[];
}

/** Subscriptions that ask the same. */
interface Group {
  members: number;
  /** By the id of the event; empty while there is nobody to share with. */
  readonly results: Map<string, Promise<ShownEvent>>;
}

/**
 * What events look like to subscriptions, executed and written once for all that ask the same: executing takes most of what
 * an event costs for each of them. Results can be shared because they follow from the document, the variables, the view and the event
 * alone: who asks decides which events come, and is no part of the execution.
 */
export class SharedResults {
  readonly #groups = new Map<string, Group>();

  /**
   * One more subscription. Whoever joins leaves.
   * @param view The key of what its caller is shown of events.
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

export interface SharedResult {
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
