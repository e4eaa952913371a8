import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestContext } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { callerHasGone } from '../../application/operation/operation-time.js';
import { UpstreamTimeoutError } from '../../domain/errors.js';
import { type DocumentLimits, documentLimits } from '../limits/document-limits.js';
import { type OperationLimits, operationLimits, type SpendPoints } from '../limits/operation-limits.js';
import { compiledExecution } from './compiled-execution.js';
import { formatError, isOperatorsConcern } from './errors.js';
import { persistedQueriesOf, type TrustedDocuments } from './trusted-documents.js';
import { upstreamCalls } from './upstream-calls.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
  /** Whether the schema can be asked for, and suggested in error messages. */
  readonly introspection: boolean;
  readonly limits: ApolloLimits;
  readonly spend: SpendPoints;
  /** The only operations accepted; null to accept any. */
  readonly trustedDocuments: TrustedDocuments | null;
  /** Whether queries that come again are compiled. Answers are the same. */
  readonly compileQueries: boolean;
}

export interface ApolloLimits extends DocumentLimits, OperationLimits {
  /** Lexical tokens of a document; the limit is reached while parsing, before anything else is done. */
  readonly maxQueryTokens: number;
}

/** The GraphQL engine. Nothing of it listens: the HTTP server hands it requests. */
export async function startApollo({
  schema,
  logger,
  introspection,
  limits,
  spend,
  trustedDocuments,
  compileQueries,
}: ApolloOptions): Promise<ApolloServer<OperationScope>> {
  const apollo = new ApolloServer<OperationScope>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    formatError,
    logger,
    maxRecursiveSelections: true,
    parseOptions: { maxTokens: limits.maxQueryTokens },
    validationRules: [...documentLimits(limits)],
    persistedQueries: persistedQueriesOf(trustedDocuments),
    allowBatchedHttpRequests: false,
    csrfPrevention: { requestHeaders: ['authorization', 'apollo-require-preflight', 'x-apollo-operation-name'] },
    stopOnTerminationSignals: false,
    plugins: [
      // It wraps the resolver of every field, for hints that this API does not give.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      operationLimits(schema, limits, spend),
      errorReporting(logger),
      upstreamCalls(),
      ...(compileQueries ? [compiledExecution(schema, (context, errors) => logCauses(logger, context, errors))] : []),
    ],
  });
  await apollo.start();
  return apollo;
}

/** Logs the cause of what callers see masked, once, and gives them the id to ask for it. */
function errorReporting(logger: Logger): ApolloServerPlugin<OperationScope> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async (context) => logCauses(logger, context, context.errors),
      async willSendResponse({ response, contextValue }) {
        if (response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        if (singleResult.errors === undefined) return;
        singleResult.errors = singleResult.errors.map((error) => ({
          ...error,
          extensions: { ...error.extensions, requestId: contextValue.requestId },
        }));
      },
    }),
  };
}

type RequestContext = Pick<GraphQLRequestContext<OperationScope>, 'contextValue' | 'operationName'>;

function logCauses(
  logger: Logger,
  { contextValue, operationName }: RequestContext,
  errors: readonly GraphQLError[],
): void {
  for (const error of errors) {
    if (!isOperatorsConcern(error) || isOfAbandoned(contextValue, error)) continue;
    logger.error(
      { requestId: contextValue.requestId, operationName, path: error.path, err: unwrapResolverError(error) },
      'operation failed',
    );
  }
}

/** Reads that were given up because their caller has gone. What mutations could not do is logged all the same. */
function isOfAbandoned({ time }: OperationScope, error: GraphQLError): boolean {
  return time.signal.reason === callerHasGone && unwrapResolverError(error) instanceof UpstreamTimeoutError;
}
