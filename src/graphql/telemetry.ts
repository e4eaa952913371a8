import type { WorkTelemetry } from '../application/operation/work-telemetry.js';

/** What the GraphQL engine reports. None of it throws. */
export interface GraphQLTelemetry extends WorkTelemetry {
  operationAnswered(operation: AnsweredOperation): void;
  /** Fields of an operation failed by a cause that callers see masked. */
  operationFailed(failure: OperationFailure): void;
  /** The same by so many more causes, none of which is reported by itself. */
  operationFailedForMoreCauses(failure: Pick<OperationFailure, 'requestId' | 'operationName' | 'count'>): void;
  /** A subscriber has read too slowly and is cut off. */
  subscriberOverflowed(): void;
  subscriptionFailed(error: unknown, requestId: string): void;
}

export interface AnsweredOperation {
  /** `none` where the document was refused, or holds no such operation. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'none';
  /** As the caller names it; null when it does not. */
  readonly name: string | null;
  /** Of the errors of the answer, each once. */
  readonly codes: readonly string[];
}

export interface OperationFailure {
  readonly requestId: string;
  /** As the caller names it; null or undefined when it does not. */
  readonly operationName: string | null | undefined;
  /** Of the first field that failed by this cause. */
  readonly path: readonly (string | number)[] | undefined;
  /** How many fields failed by it. */
  readonly count: number;
  readonly err: unknown;
}
