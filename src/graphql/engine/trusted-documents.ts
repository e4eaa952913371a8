import { hash } from 'node:crypto';
import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { FindDocument, FoundDocument } from '../../application/operation/find-document.js';

/** The operations that callers may run: documents by the hex SHA-256 of their text. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const onlyTrusted =
  'Only operations of the manifest of trusted documents are accepted, and this is none of them. Send one of them unchanged, or its hash as documentId: "sha256:<hash>" or as extensions.persistedQuery.sha256Hash.';

/**
 * @param trusted The only documents accepted; null to accept any text.
 * @param ofConsole Further documents that are accepted, also by their hash where any text is accepted.
 * @returns a finder, which finds nothing for a `persistedQuery` where any text is accepted: the engine then answers in
 * the words that make clients of automatic persisted queries send the text.
 * @see https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md
 */
export function createDocumentFinder(
  maxQueryCharacters: number,
  trusted: TrustedDocuments | null,
  ofConsole: TrustedDocuments,
): FindDocument {
  return ({ query, documentId, extensions }) => {
    if (documentId !== undefined && documentId !== null) {
      if (typeof query === 'string') return refused('BAD_REQUEST', 'Send either query or documentId, not both.');
      if (typeof documentId !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(documentId)) {
        return refused('BAD_REQUEST', 'documentId must be "sha256:" and the SHA-256 of a document in lower case hex.');
      }
      return byHash(documentId.slice('sha256:'.length));
    }
    if (typeof query !== 'string') {
      const sha256 = persistedQueryHash(extensions);
      if (sha256 === null || (trusted === null && !ofConsole.has(sha256))) return { kind: 'none' };
      return byHash(sha256);
    }
    if (query.length > maxQueryCharacters) {
      return refused(
        'BAD_REQUEST',
        `The query has ${query.length} characters; at most ${maxQueryCharacters} are accepted.`,
      );
    }
    if (trusted !== null && !trusted.has(hash('sha256', query))) return refused('BAD_REQUEST', onlyTrusted);
    return { kind: 'by-text', query };
  };

  function byHash(sha256: string): FoundDocument {
    const own = ofConsole.get(sha256);
    if (own !== undefined) return { kind: 'by-id', query: own };
    if (trusted === null) {
      return refused(
        'PERSISTED_QUERY_NOT_SUPPORTED',
        'Documents are known by their hash only where TRUSTED_DOCUMENTS_FILE is configured. Send the text as query.',
      );
    }
    const query = trusted.get(sha256);
    return query === undefined ? refused('PERSISTED_QUERY_NOT_FOUND', onlyTrusted) : { kind: 'by-id', query };
  }
}

function refused(code: string, message: string): FoundDocument {
  return { kind: 'refused', code, message };
}

function persistedQueryHash(extensions: unknown): string | null {
  const { persistedQuery } = objectOf(typeof extensions === 'string' ? parsed(extensions) : extensions);
  const { sha256Hash } = objectOf(persistedQuery);
  return typeof sha256Hash === 'string' ? sha256Hash : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/**
 * The manifest in the form in which Apollo Server looks for persisted queries, which it does where a request holds both
 * the text and its hash. Callers cannot add to it.
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
