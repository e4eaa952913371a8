import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { OperationScope } from '../application/operation-scope.js';
import { formatError, isOperatorsConcern } from './errors.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
  /** Whether the schema can be asked for, and suggested in error messages. */
  readonly introspection: boolean;
}

/** The most lexical tokens a document may have; the limit is reached while parsing, before anything else is done. */
const maxQueryTokens = 2_000;

/** The GraphQL engine. Nothing of it listens: the HTTP server hands it requests. */
export async function startApollo({
  schema,
  logger,
  introspection,
}: ApolloOptions): Promise<ApolloServer<OperationScope>> {
  const apollo = new ApolloServer<OperationScope>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    formatError,
    logger,
    maxRecursiveSelections: true,
    parseOptions: { maxTokens: maxQueryTokens },
    persistedQueries: false,
    stopOnTerminationSignals: false,
    plugins: [
      // It wraps the resolver of every field, for hints that this API does not give.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      errorReporting(logger),
    ],
  });
  await apollo.start();
  return apollo;
}

/** Logs the cause of what callers see masked, once, and gives them the id to ask for it. */
function errorReporting(logger: Logger): ApolloServerPlugin<OperationScope> {
  return {
    requestDidStart: async () => ({
      async didEncounterErrors({ errors, contextValue, operationName }) {
        for (const error of errors) {
          if (!isOperatorsConcern(error)) continue;
          logger.error(
            { requestId: contextValue.requestId, operationName, path: error.path, err: unwrapResolverError(error) },
            'operation failed',
          );
        }
      },
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
