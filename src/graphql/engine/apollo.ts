import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { executedMutations } from '../../application/operation/executed-mutations.js';
import type { LoopTurns } from '../../application/operation/loop-turns.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { Spending } from '../../domain/ports/spending.js';
import { type OperationLimits, operationLimits } from '../limits/operation-limits.js';
import type { GraphQLTelemetry } from '../telemetry.js';
import { AnswerTexts } from './answer-text.js';
import { compiledExecution } from './compiled-execution.js';
import { documentExamination, documentStoreOf } from './document-store.js';
import type { Documents } from './documents.js';
import { limitErrors } from './error-limit.js';
import { codesOf, formatError } from './errors.js';
import { logCauses } from './log-causes.js';
import { persistedQueriesOf, type TrustedDocuments } from './trusted-documents.js';
import { upstreamCalls } from './upstream-calls.js';

interface ApolloOptions {
  readonly schema: GraphQLSchema;
  /** For the log lines of Apollo Server itself. */
  readonly logger: Logger;
  readonly telemetry: GraphQLTelemetry;
  /** Whether callers may ask for the schema, and error messages suggest names of it. */
  readonly introspection: boolean;
  readonly documents: Documents;
  readonly limits: OperationLimits;
  readonly spending: Spending;
  /** The only operations accepted; null to accept any. */
  readonly trustedDocuments: TrustedDocuments | null;
  /** Whether repeated queries are compiled. Answers are the same. */
  readonly compileQueries: boolean;
  readonly turns: LoopTurns;
}

/** The GraphQL engine. It does not listen: the HTTP server hands it requests. */
export async function startApollo({
  schema,
  logger,
  telemetry,
  introspection,
  documents,
  limits,
  spending,
  trustedDocuments,
  compileQueries,
  turns,
}: ApolloOptions): Promise<ApolloServer<OperationScope>> {
  const texts = new AnswerTexts(turns);
  const apollo = new ApolloServer<OperationScope>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    formatError,
    stringifyResult: texts.write,
    logger,
    documentStore: documentStoreOf(documents),
    persistedQueries: persistedQueriesOf(trustedDocuments),
    allowBatchedHttpRequests: false,
    csrfPrevention: { requestHeaders: ['authorization', 'apollo-require-preflight', 'x-apollo-operation-name'] },
    stopOnTerminationSignals: false,
    plugins: [
      // The plugin would wrap the resolver of every field, for cache hints that this API does not give.
      ApolloServerPluginCacheControlDisabled(),
      // Traces for federated gateways: half a megabyte of code, loaded to find out that the schema has none.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      documentExamination(documents, spending, telemetry),
      operationLimits(schema, { ...limits, introspection }, spending, telemetry),
      errorReporting(telemetry, texts),
      upstreamCalls(),
      ...(compileQueries
        ? [compiledExecution(schema, (context, errors) => logCauses(telemetry, context, errors))]
        : []),
    ],
  });
  await apollo.start();
  return apollo;
}

/** Logs the cause of each error that callers see masked, once, and gives them the id to ask for it. */
function errorReporting(telemetry: GraphQLTelemetry, texts: AnswerTexts): ApolloServerPlugin<OperationScope> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async (context) => logCauses(telemetry, context, context.errors),
      async willSendResponse({ response, operation, contextValue }) {
        if (response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        texts.expect(singleResult, contextValue);
        telemetry.operationAnswered({
          type: operation?.operation ?? 'none',
          name: operation?.name?.value ?? null,
          codes: codesOf(singleResult.errors),
        });
        if (singleResult.errors === undefined) return;
        const { errors, omitted } = limitErrors(singleResult.errors);
        if (omitted > 0) singleResult.extensions = { ...singleResult.extensions, omittedErrors: omitted };
        const executed = executedMutations(contextValue);
        if (executed.length > 0 && singleResult.data == null) {
          singleResult.extensions = { ...singleResult.extensions, executed };
        }
        singleResult.errors = errors.map((error) => ({
          ...error,
          extensions: { ...error.extensions, requestId: contextValue.requestId },
        }));
      },
    }),
  };
}
