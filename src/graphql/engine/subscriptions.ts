import { hash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { eventViewOf } from '../../application/authorization/session-details.js';
import type { LoopTurns } from '../../application/operation/loop-turns.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import {
  ResumableEvents,
  type StreamedResult,
  type SubscriptionRequest,
  type SubscriptionScope,
} from '../../application/operation/subscription.js';
import { SubscriptionOverflowError } from '../../domain/errors.js';
import type { Spending } from '../../domain/ports/spending.js';
import { argumentProblem } from '../limits/argument-values.js';
import type { OperationLimits } from '../limits/operation-limits.js';
import { checkVariables, variablesProblem } from '../limits/variable-limits.js';
import type { GraphQLTelemetry } from '../telemetry.js';
import { locationsOf } from './document-source.js';
import { pointsOfRefusal } from './document-store.js';
import type { Documents, Examined } from './documents.js';
import { limitErrors } from './error-limit.js';
import { codesOf, formatError, isOperatorsConcern } from './errors.js';
import { EventWork } from './event-work.js';
import { ResultStream } from './result-stream.js';
import { SharedResults, type ShownEvent } from './shared-results.js';

interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly telemetry: GraphQLTelemetry;
  readonly documents: Documents;
  readonly limits: Pick<OperationLimits, 'maxListItems'>;
  /** Takes points from a caller whose document is refused, and for the work of its events. */
  readonly spending: Pick<Spending, 'charge'>;
  readonly turns: LoopTurns;
}

type Subscribed =
  | { readonly kind: 'results'; readonly results: ResultStream<StreamedResult> }
  /** The subscription does not begin. There is at least one error. */
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

type Subscribe = (request: SubscriptionRequest, scope: OperationScope) => Promise<Subscribed>;

/**
 * Executes subscriptions, which Apollo Server cannot, under the limits and with the errors of queries and mutations.
 * @returns a function that begins a subscription, to last until the signal of the scope's time is aborted.
 */
export function createSubscribe({
  schema,
  telemetry,
  documents,
  limits,
  spending,
  turns,
}: SubscriptionOptions): Subscribe {
  const shared = new SharedResults();
  const examine = (request: SubscriptionRequest): Examined => {
    const examined = documents.examine(request.query, hash('sha256', request.query));
    if (examined.kind === 'refused') return examined;
    const operation = getOperationAST(examined.document, request.operationName);
    if (operation == null) return refused(noOperation(request.operationName));
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return refused(notASubscription);
    const problem =
      checkVariables(request.variables, limits.maxListItems) ??
      variablesProblem(schema, operation, request.variables, documents.introspection);
    if (problem !== null) return refused(new GraphQLError(problem.message, { originalError: problem }));
    const wrongArgument = argumentProblem(schema, examined.document, operation, request.variables);
    return wrongArgument === null ? examined : refused(wrongArgument);
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
      const described = new GraphQLError(message, { path: error.path ?? null, extensions });
      return Object.assign(described, { locations: locationsOf(error) });
    };

    const examined = examine(request);
    if (examined.kind === 'refused') {
      telemetry.workRefused('document');
      await spending.charge(scope.caller, pointsOfRefusal);
      const errors = limitErrors(examined.errors).errors.map(describeWithin);
      telemetry.operationAnswered({ type: 'none', name: null, codes: codesOf(errors) });
      return { kind: 'refused', errors };
    }
    const { document } = examined;
    const name = getOperationAST(document, request.operationName)?.name?.value ?? null;
    const operation = {
      schema,
      document,
      operationName: request.operationName,
      variableValues: request.variables,
    };
    const contextValue: SubscriptionScope = { ...scope, lastEventId: request.lastEventId };
    const events = await createSourceEventStream({ ...operation, contextValue });
    if (!(Symbol.asyncIterator in events)) {
      const errors = limitErrors(events.errors ?? []).errors.map((error) => describeWithin(ofVariables(error)));
      telemetry.operationAnswered({ type: 'subscription', name, codes: codesOf(errors) });
      return { kind: 'refused', errors };
    }
    telemetry.operationAnswered({ type: 'subscription', name, codes: [] });
    const view = eventViewOf(scope.caller);
    const work = new EventWork(scope, spending, turns);
    const membership = shared.join(request, view.key);
    // Executed without the scope, so that all subscribers with the same view share the result.
    const shown = async (event: unknown, id: string | null): Promise<ShownEvent> => {
      await work.begin();
      const { errors, ...result } = await execute({ ...operation, rootValue: event, contextValue: view });
      return errors === undefined ? sentAs(result, id) : { errors, ...result };
    };
    const show = async (event: unknown): Promise<StreamedResult> => {
      const id = events instanceof ResumableEvents ? events.idOf(event) : null;
      const result = await (id === null ? shown(event, id) : membership.of(id, () => shown(event, id)));
      return 'json' in result ? result : sentAs({ ...result, errors: result.errors.map(describeWithin) }, id);
    };
    const source = resultsOf(events, show, membership.leave);
    const results = new ResultStream(source, scope.time.signal, (error) => {
      if (error instanceof SubscriptionOverflowError) telemetry.subscriberOverflowed();
      return sentAs({ errors: [describe(error)] }, null);
    });
    return { kind: 'results', results };
  };
}

function refused(error: GraphQLError): Examined {
  return { kind: 'refused', errors: [error] };
}

function sentAs(result: ExecutionResult, eventId: string | null): StreamedResult {
  return { json: JSON.stringify(result), eventId };
}

/**
 * The events as one subscriber sees them.
 * @param onEnd Called once, when the results are returned.
 */
function resultsOf(
  events: AsyncIterable<unknown>,
  show: (event: unknown) => Promise<StreamedResult>,
  onEnd: () => void,
): AsyncIterator<StreamedResult> {
  const source = events[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await source.next();
      return done === true ? { done, value: undefined } : { done: false, value: await show(value) };
    },
    // Not a generator, whose `return` would wait for the next event.
    async return() {
      onEnd();
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}

const notASubscription = new GraphQLError(
  'Only subscriptions are answered as text/event-stream. Send queries and mutations to /graphql, and accept application/json.',
  {
    extensions: { code: 'BAD_REQUEST' },
  },
);

/** In the words that Apollo Server has for queries. */
function noOperation(name: string | null): GraphQLError {
  const message =
    name === null
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named "${name}".`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

function withCode(error: unknown, code: string): GraphQLError {
  const message = error instanceof Error ? error.message : String(error);
  return new GraphQLError(message, { extensions: { code } });
}

/** An error without a field is about the variables, which graphql-js reports without a code. */
function ofVariables(error: GraphQLError): GraphQLError {
  return error.path === undefined ? withCode(error, 'BAD_USER_INPUT') : error;
}
