import type { ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { Work } from '../../application/operation/work.js';
import type { WorkTelemetry } from '../../application/operation/work-telemetry.js';
import { type DomainError, InvalidInputError, TooManyRequestsError } from '../../domain/errors.js';
import { pointsOfRequest, type Spending } from '../../domain/ports/spending.js';
import { argumentProblem } from './argument-values.js';
import { introspectionSize } from './introspection-size.js';
import { upstreamCallsOf } from './operation-cost.js';
import { checkVariables, variablesProblem } from './variable-limits.js';

export interface OperationLimits {
  /** The most calls to FusionAuth that one operation may be able to cause. */
  readonly maxOperationCost: number;
  /** Values in one list of the variables. */
  readonly maxListItems: number;
}

interface OperationLimitsOptions extends OperationLimits {
  /** Whether callers may read the schema. */
  readonly introspection: boolean;
}

/**
 * Examines an operation before it runs, and refuses it when its variables or its cost are over the limits, or when its
 * caller has spent its points. `extensions.cost` of the answer has the figures.
 */
export function operationLimits(
  schema: GraphQLSchema,
  { maxOperationCost, maxListItems, introspection }: OperationLimitsOptions,
  spending: Spending,
  telemetry: WorkTelemetry,
): ApolloServerPlugin<OperationScope> {
  return {
    async requestDidStart() {
      let cost: OperationCost | null = null;
      return {
        async didResolveOperation({ document, operation, request, response: { http }, contextValue }) {
          if (operation === undefined) return;
          const asked = { document, operation, variables: request.variables ?? {} };
          const fault = faultOf(asked, contextValue.work);
          if (fault !== null) {
            http.status = 400;
            throw fault;
          }
          const upstreamCalls = upstreamCallsOf(schema, document, operation, asked.variables);
          if (upstreamCalls === null) return;
          cost = { upstreamCalls, limit: maxOperationCost };
          if (upstreamCalls > maxOperationCost) {
            telemetry.workRefused('cost');
            http.status = 400;
            throw tooCostly(upstreamCalls, maxOperationCost);
          }

          const spent = await spending.spend(contextValue.caller, Math.max(0, upstreamCalls - pointsOfRequest));
          cost = { ...cost, remainingPoints: spent.remainingPoints };
          if (!spent.ok) {
            telemetry.workRefused('rate');
            http.status = 429;
            http.headers.set('retry-after', String(spent.retryAfterSeconds));
            throw spentTooMuch(upstreamCalls, spent.retryAfterSeconds);
          }
        },
        async willSendResponse({ response: { body, http }, operation, contextValue: { caller, work } }) {
          if (body.kind !== 'single') return;
          if (work.refusal !== null && operation?.operation === OperationTypeNode.QUERY) {
            telemetry.workRefused('work');
            http.status = 400;
            delete body.singleResult.data;
            body.singleResult.errors = [{ message: work.refusal.message, extensions: { code: 'BAD_REQUEST' } }];
          }
          if (cost === null) return;
          const { points } = work;
          if (points > 0) await spending.charge(caller, points);
          body.singleResult.extensions = { ...body.singleResult.extensions, cost: withWork(cost, work, points) };
        },
      };
    },
  };

  /** The first fault of an operation that shows before its cost; null when it has none. */
  function faultOf({ document, operation, variables }: AskedOperation, work: Work): Error | null {
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) return subscriptionsElsewhere;
    const problem =
      checkVariables(variables, maxListItems) ?? variablesProblem(schema, operation, variables, introspection);
    if (problem !== null) {
      telemetry.workRefused('variables');
      return refusal(problem);
    }
    const wrongArgument = argumentProblem(schema, document, operation, variables);
    if (wrongArgument !== null) return wrongArgument;
    try {
      work.answer(introspectionSize(schema, operation.selectionSet, fragmentsOf(document)));
    } catch (error) {
      if (error instanceof InvalidInputError) return error;
      throw error;
    }
    return null;
  }
}

interface AskedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The cost after the execution of the operation, whose work has cost these points. */
function withWork({ remainingPoints, ...cost }: OperationCost, work: Work, points: number): OperationCost {
  return {
    ...cost,
    ...(remainingPoints === undefined ? {} : { remainingPoints: Math.max(0, remainingPoints - points) }),
    ...(points === 0 ? {} : { workUnits: Math.round(work.units), workPoints: points }),
  };
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

/** The `cost` in the extensions of an answer. */
interface OperationCost {
  /** How many calls to FusionAuth the operation can cause. */
  readonly upstreamCalls: number;
  readonly limit: number;
  /** The points that the caller has left in this interval. */
  readonly remainingPoints?: number;
  /** The work of executing it: see `Work`. Absent where it costs no point. */
  readonly workUnits?: number;
  /** The points that the work costs beside the calls. */
  readonly workPoints?: number;
}

const subscriptionsElsewhere = new GraphQLError(
  'Send subscriptions to /graphql/stream, as GraphQL over SSE; or here, accepting text/event-stream and no JSON beside it.',
  { extensions: { code: 'BAD_REQUEST' } },
);

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
