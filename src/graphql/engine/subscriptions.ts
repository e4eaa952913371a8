import { hash } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  subscribe,
} from 'graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { SubscriptionOverflowError } from '../../domain/errors.js';
import { argumentProblem } from '../limits/argument-values.js';
import type { Charge, OperationLimits } from '../limits/operation-limits.js';
import { checkVariables, variablesProblem } from '../limits/variable-limits.js';
import type { GraphQLTelemetry } from '../telemetry.js';
import { pointsOfRefusal } from './document-store.js';
import type { Documents } from './documents.js';
import { limitErrors } from './error-limit.js';
import { formatError, isOperatorsConcern } from './errors.js';
import { ResultStream } from './result-stream.js';

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly telemetry: GraphQLTelemetry;
  readonly documents: Documents;
  readonly limits: Pick<OperationLimits, 'maxListItems'>;
  /** Takes points from a caller whose document is refused. */
  readonly charge: Charge;
}

export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Either results, or an answer that holds nothing but errors. */
export type Subscribed = ResultStream | (ExecutionResult & { readonly errors: readonly GraphQLError[] });

export type Subscribe = (request: SubscriptionRequest, scope: OperationScope) => Promise<Subscribed>;

/**
 * What Apollo Server does for queries and mutations, for subscriptions, which it does not run: the same limits, the same
 * words for errors.
 * @returns a function that begins a subscription, to last until the signal of the scope's time is aborted.
 */
export function createSubscribe({ schema, telemetry, documents, limits, charge }: SubscriptionOptions): Subscribe {
  const examine = (request: SubscriptionRequest): DocumentNode | readonly GraphQLError[] => {
    const examined = documents.examine(request.query, hash('sha256', request.query));
    if ('errors' in examined) return examined.errors;
    const operation = getOperationAST(examined.document, request.operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return [notASubscription];
    const problem =
      checkVariables(request.variables, limits.maxListItems) ?? variablesProblem(schema, operation, request.variables);
    if (problem !== null) return [new GraphQLError(problem.message, { originalError: problem })];
    const wrongArgument = argumentProblem(schema, examined.document, operation, request.variables);
    return wrongArgument === null ? examined.document : [wrongArgument];
  };

  return async (request, scope) => {
    const { requestId } = scope;
    const describe = (error: unknown): GraphQLError => {
      const known = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
      if (isOperatorsConcern(known)) telemetry.subscriptionFailed(known.originalError ?? known, requestId);
      const { message, extensions } = formatError(known.toJSON(), known);
      return new GraphQLError(message, { extensions: { ...extensions, requestId } });
    };
    const describeWithin = (error: GraphQLError): GraphQLError => {
      const { message, extensions } = describe(error);
      return new GraphQLError(message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions });
    };

    const examined = examine(request);
    if (!('kind' in examined)) {
      telemetry.workRefused('document');
      await charge(scope.caller, pointsOfRefusal);
      return { errors: limitErrors(examined).errors.map(describe) };
    }
    const results = await subscribe({
      schema,
      document: examined,
      operationName: request.operationName,
      variableValues: request.variables,
      contextValue: scope,
    });
    if (Symbol.asyncIterator in results) {
      return new ResultStream(describingErrors(results, describeWithin), scope.time.signal, (error) => {
        if (error instanceof SubscriptionOverflowError) telemetry.subscriberOverflowed();
        return { errors: [describe(error)] };
      });
    }
    return { errors: limitErrors(results.errors ?? []).errors.map((error) => describe(ofVariables(error))) };
  };
}

/** The same results, with what went wrong within one in words for the caller. */
function describingErrors(
  results: AsyncGenerator<ExecutionResult, void, void>,
  describe: (error: GraphQLError) => GraphQLError,
): AsyncIterator<ExecutionResult> {
  return {
    async next() {
      const { done, value } = await results.next();
      if (done === true) return { done, value: undefined };
      return { value: value.errors === undefined ? value : { ...value, errors: value.errors.map(describe) } };
    },
    async return() {
      await results.return();
      return { done: true, value: undefined };
    },
  };
}

const notASubscription = new GraphQLError(
  'Only subscriptions are accepted here. Send queries and mutations to /graphql.',
  {
    extensions: { code: 'BAD_REQUEST' },
  },
);

function withCode(error: unknown, code: string): GraphQLError {
  const message = error instanceof Error ? error.message : String(error);
  return new GraphQLError(message, { extensions: { code } });
}

/** What is not of a field is about the variables, which graphql-js reports without a code. */
function ofVariables(error: GraphQLError): GraphQLError {
  return error.path === undefined ? withCode(error, 'BAD_USER_INPUT') : error;
}
