import { type ApolloServerPlugin, type GraphQLRequestContext, type GraphQLResponse, HeaderMap } from '@apollo/server';
import {
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getVariableValues,
} from 'graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { asGraphQLJs } from './compiled-errors.js';
import { CompiledQueries } from './compiled-queries.js';
import type { CompiledContext } from './compiled-schema.js';
import { formatError } from './errors.js';

/** Called with the errors of an operation before they are formatted. */
type OnErrors = (context: GraphQLRequestContext<OperationScope>, errors: readonly GraphQLError[]) => void;

/**
 * Executes queries as compiled functions, in place of graphql-js, which looks at every field of every object anew. A
 * list of 50 sessions takes 20 µs this way, not 335. Answers are the same: a test compares them.
 */
export function compiledExecution(schema: GraphQLSchema, onErrors: OnErrors): ApolloServerPlugin<OperationScope> {
  const compiled = new CompiledQueries(schema);
  return {
    requestDidStart: async () => ({
      async responseForOperation(context) {
        const { document, operation, request, contextValue } = context;
        if (operation === undefined) return null;
        const query = compiled.get(document, operation);
        if (query === null) return null;
        const variables = request.variables ?? {};
        // Only graphql-js reads values; it also reports the ones that it refuses.
        const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
        if (coerced === undefined) return null;

        const compiledContext: CompiledContext = { scope: contextValue, variables: coerced, calls: query.calls };
        const { data = null, errors } = await query.run(undefined, compiledContext, noVariables);
        // From here on the answer must not be null: Apollo Server would execute the operation once more.
        if (errors === undefined) return answer({ data });
        const { refusal } = contextValue.work;
        // A refused operation is answered by one error, so the errors of its fields are not described.
        if (refusal !== null) return answer({ data: null, errors: [{ message: refusal.message }] });
        const located = asGraphQLJs(schema, document, data, errors);
        onErrors(context, located);
        return answer({ data, errors: located.map(format) });
      },
    }),
  };
}

function answer(singleResult: FormattedExecutionResult): GraphQLResponse {
  return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
}

const noVariables = {};

/** Formats as Apollo Server does, without the look for an HTTP status, which no error of this API has. */
function format(error: GraphQLError): GraphQLFormattedError {
  const code = error.extensions['code'] ?? 'INTERNAL_SERVER_ERROR';
  return formatError({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error);
}
