import type { WorkTelemetry } from '../application/operation/work-telemetry.js';

/** The reports of the GraphQL engine. No method throws. */
export interface GraphQLTelemetry extends WorkTelemetry {
  operationAnswered(operation: AnsweredOperation): void;
  /** Fields of an operation failed by a cause that callers see masked. */
  operationFailed(failure: OperationFailure): void;
  /** Fields failed by `count` further causes, none of which is reported by itself. */
  operationFailedForMoreCauses(failure: Pick<OperationFailure, 'requestId' | 'operationName' | 'count'>): void;
  /** A subscriber has read too slowly and is cut off. */
  subscriberOverflowed(): void;
  subscriptionFailed(error: unknown, requestId: string): void;
}

export interface AnsweredOperation {
  /** `none` where the document was refused, or holds no such operation. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'none';
  /** The name in the request; null without one. */
  readonly name: string | null;
  /** The codes of the errors of the answer, each once. */
  readonly codes: readonly string[];
}

export interface OperationFailure {
  readonly requestId: string;
  /** The name in the request; null or undefined without one. */
  readonly operationName: string | null | undefined;
  /** The path of the first field that failed by this cause. */
  readonly path: readonly (string | number)[] | undefined;
  /** How many fields failed by it. */
  readonly count: number;
  readonly err: unknown;
}
