import { hash } from 'node:crypto';
import type { ApolloServerOptions, BaseContext } from '@apollo/server';

/** The operations that callers may run: documents by the hex SHA-256 of their text. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** Says what is wrong with the text of a query, before it is parsed; null when nothing is. */
export type DocumentCheck = (query: string) => string | null;

export function createDocumentCheck(maxQueryCharacters: number, trusted: TrustedDocuments | null): DocumentCheck {
  return (query) => {
    if (query.length > maxQueryCharacters) {
      return `The query has ${query.length} characters; at most ${maxQueryCharacters} are accepted.`;
    }
    if (trusted !== null && !trusted.has(hash('sha256', query))) {
      return 'Only operations of the manifest of trusted documents are accepted, and this is none of them. Send one of them unchanged, or its hash as extensions.persistedQuery.sha256Hash.';
    }
    return null;
  };
}

/**
 * The manifest in the form in which Apollo Server looks for persisted queries. Callers cannot add to it.
 * @see https://www.apollographql.com/docs/apollo-server/performance/apq
 */
export function persistedQueriesOf(trusted: TrustedDocuments | null): PersistedQueries {
  if (trusted === null) return false;
  return {
    cache: {
      get: async (key) => trusted.get(key.replace(/^apq:/, '')),
      set: async () => undefined,
      delete: async () => false,
    },
  };
}

type PersistedQueries = NonNullable<ApolloServerOptions<BaseContext>['persistedQueries']>;
