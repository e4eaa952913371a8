import type { ApolloServerOptions, ApolloServerPlugin, BaseContext } from '@apollo/server';
import { type DocumentNode, type GraphQLError, Kind } from 'graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { WorkTelemetry } from '../../application/operation/work-telemetry.js';
import type { Spending } from '../../domain/ports/spending.js';
import type { Documents, Examined } from './documents.js';
import { formatError } from './errors.js';

/**
 * The points that a refused document costs beside its request. Refusing the worst document takes as long as ten small
 * queries.
 */
export const pointsOfRefusal = 9;

/** Replaces a refused document. It holds nothing to execute. */
const refused: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

/**
 * Apollo Server looks for the document of a hash here before it parses a text, and validates in an order of its own.
 * The plugin below has examined every text before, so Apollo Server always finds a document, and never parses or
 * validates.
 */
export function documentStoreOf(documents: Documents): NonNullable<ApolloServerOptions<BaseContext>['documentStore']> {
  return {
    get: async (key) => documents.find(key.slice(key.lastIndexOf(':') + 1)) ?? refused,
    set: async () => undefined,
    delete: async () => false,
  };
}

/**
 * Examines the text of each request, and refuses it before anything runs. Refused documents cost their callers points.
 */
export function documentExamination(
  documents: Documents,
  spending: Pick<Spending, 'charge'>,
  telemetry: WorkTelemetry,
): ApolloServerPlugin<OperationScope> {
  return {
    async requestDidStart() {
      let examined: Examined | null = null;
      let errors: readonly GraphQLError[] | null = null;
      return {
        async didResolveSource({ source, queryHash }) {
          examined = documents.examine(source, queryHash);
        },
        async didResolveOperation({ document, response: { http }, contextValue }) {
          if (examined === null || document !== refused) return;
          if (examined.kind === 'valid') throw new Error('A document was forgotten within one turn');
          errors = examined.errors;
          const [first] = errors;
          if (first === undefined) return;
          http.status = 400;
          telemetry.workRefused('document');
          await spending.charge(contextValue.caller, pointsOfRefusal);
          throw first;
        },
        async willSendResponse({ response: { body } }) {
          if (errors === null || body.kind !== 'single') return;
          body.singleResult.errors = errors.map((error) => formatError(error.toJSON(), error));
        },
      };
    },
  };
}
