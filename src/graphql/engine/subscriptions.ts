import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import type { Logger } from 'pino';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { documentLimits } from '../limits/document-limits.js';
import { checkVariables } from '../limits/variable-limits.js';
import type { ApolloLimits } from './apollo.js';
import { formatError, isOperatorsConcern } from './errors.js';
import { ResultStream } from './result-stream.js';

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
  readonly introspection: boolean;
  readonly limits: ApolloLimits;
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
export function createSubscribe({ schema, logger, introspection, limits }: SubscriptionOptions): Subscribe {
  const limitRules = documentLimits(limits);
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];

  const examine = (request: SubscriptionRequest): DocumentNode | readonly GraphQLError[] => {
    let document: DocumentNode;
    try {
      document = parse(request.query, { maxTokens: limits.maxQueryTokens });
    } catch (error) {
      return [withCode(error, 'GRAPHQL_PARSE_FAILED')];
    }
    const problems = validate(schema, document, rules);
    // Fragments are known to be without circles now.
    const overLimit = problems.length > 0 ? problems : validate(schema, document, limitRules);
    if (overLimit.length > 0) return overLimit.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
    const operation = getOperationAST(document, request.operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return [notASubscription];
    const problem = checkVariables(request.variables, limits.maxListItems);
    return problem === null ? document : [new GraphQLError(problem.message, { originalError: problem })];
  };

  return async (request, scope) => {
    const { requestId } = scope;
    const describe = (error: unknown): GraphQLError => {
      const known = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
      if (isOperatorsConcern(known))
        logger.error({ requestId, err: known.originalError ?? known }, 'subscription failed');
      const { message, extensions } = formatError(known.toJSON(), known);
      return new GraphQLError(message, { extensions: { ...extensions, requestId } });
    };
    const describeWithin = (error: GraphQLError): GraphQLError => {
      const { message, extensions } = describe(error);
      return new GraphQLError(message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions });
    };

    const examined = examine(request);
    if (!('kind' in examined)) return { errors: examined.map(describe) };
    const results = await subscribe({
      schema,
      document: examined,
      operationName: request.operationName,
      variableValues: request.variables,
      contextValue: scope,
    });
    if (Symbol.asyncIterator in results) {
      return new ResultStream(describingErrors(results, describeWithin), scope.time.signal, (error) => ({
        errors: [describe(error)],
      }));
    }
    return { errors: (results.errors ?? []).map((error) => describe(ofVariables(error))) };
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
