import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { Caller } from '../../domain/caller.js';
import { type DomainError, TooManyRequestsError } from '../../domain/errors.js';
import { upstreamCallsOf } from './operation-cost.js';
import { checkVariables } from './variable-limits.js';

export interface OperationLimits {
  /** The most calls to FusionAuth that one operation may be able to cause. */
  readonly maxOperationCost: number;
  /** Values in one list of the variables. */
  readonly maxListItems: number;
}

/** Takes points from what a caller may spend. */
export type SpendPoints = (caller: Caller, points: number) => Promise<Spending>;

export type Spending =
  | { readonly ok: true; readonly remainingPoints: number }
  /** Nothing was taken. */
  | { readonly ok: false; readonly remainingPoints: number; readonly retryAfterSeconds: number };

/** Every request costs one point, which the HTTP server takes before it reads the body. */
const pointsOfRequest = 1;

/**
 * Examines an operation before anything of it runs: refuses it when its variables or its cost are over the limits, or
 * when its caller has spent too much. `extensions.cost` of the answer tells the figures.
 */
export function operationLimits(
  schema: GraphQLSchema,
  { maxOperationCost, maxListItems }: OperationLimits,
  spend: SpendPoints,
): ApolloServerPlugin<OperationScope> {
  return {
    async requestDidStart() {
      let cost: OperationCost | null = null;
      return {
        async didResolveOperation({ document, operation, request, response: { http }, contextValue }) {
          if (operation === undefined) return;
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
            http.status = 400;
            throw subscriptionsElsewhere;
          }
          const variables = request.variables ?? {};
          const problem = checkVariables(variables, maxListItems);
          if (problem !== null) {
            http.status = 400;
            throw refusal(problem);
          }
          const upstreamCalls = upstreamCallsOf(schema, document, operation, variables);
          if (upstreamCalls === null) return;
          cost = { upstreamCalls, limit: maxOperationCost };
          if (upstreamCalls > maxOperationCost) {
            http.status = 400;
            throw tooCostly(upstreamCalls, maxOperationCost);
          }

          const spending = await spend(contextValue.caller, Math.max(0, upstreamCalls - pointsOfRequest));
          cost = { ...cost, remainingPoints: spending.remainingPoints };
          if (!spending.ok) {
            http.status = 429;
            http.headers.set('retry-after', String(spending.retryAfterSeconds));
            throw spentTooMuch(upstreamCalls, spending.retryAfterSeconds);
          }
        },
        async willSendResponse({ response: { body } }) {
          if (cost === null || body.kind !== 'single') return;
          body.singleResult.extensions = { ...body.singleResult.extensions, cost };
        },
      };
    },
  };
}

/** The `cost` in the extensions of an answer. */
interface OperationCost {
  /** How many calls to FusionAuth the operation can cause. */
  readonly upstreamCalls: number;
  readonly limit: number;
  /** What the caller has left in this interval. */
  readonly remainingPoints?: number;
}

const subscriptionsElsewhere = new GraphQLError('Send subscriptions to /graphql/stream, as GraphQL over SSE.', {
  extensions: { code: 'BAD_REQUEST' },
});

function tooCostly(upstreamCalls: number, limit: number): GraphQLError {
  const message = `This operation can cause ${upstreamCalls} calls to FusionAuth; at most ${limit} are accepted. Ask for fewer users or sessions at once.`;
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

function spentTooMuch(upstreamCalls: number, retryAfterSeconds: number): GraphQLError {
  const message = `This operation costs ${upstreamCalls} points, more than this caller has left. Call again later.`;
  return refusal(new TooManyRequestsError(message, retryAfterSeconds));
}

function refusal(error: DomainError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error });
}
