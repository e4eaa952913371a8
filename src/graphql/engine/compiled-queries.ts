import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { isCompilable, selectedFieldsOf, selectsAbstractTypes } from './compilable.js';
import { withoutValues } from './compiled-document.js';
import { type CompiledContext, schemaToCompile } from './compiled-schema.js';
import { DocumentSource } from './document-source.js';
import { bytesOfDocument } from './documents.js';

interface Query {
  readonly run: CompiledQuery['query'];
  readonly calls: CompiledContext['calls'];
}

/** The most bytes of memory that compiled queries may take. */
const maxCompiledBytes = 16 * 1_024 * 1_024;

/**
 * The memory of a compiled query beside its code, in bytes. This figure and the next two are estimates, rounded up,
 * which a test measures.
 */
const bytesOfQuery = 8_192;

/** The code for a field, repeated wherever its fragment is used. */
const bytesOfField = 400;

/** The code of a field repeats the aliases above it. */
const bytesOfCharacter = 30;

/**
 * Compiles queries at their second request, because compiling costs more than one execution. `Documents` remembers
 * validated documents, so that the same text is the same node here.
 */
export class CompiledQueries {
  readonly #seen = new WeakSet<OperationDefinitionNode>();
  readonly #notCompilable = new WeakSet<OperationDefinitionNode>();
  /** The least recently used comes first. */
  readonly #queries = new Map<OperationDefinitionNode, Query & { readonly bytes: number }>();
  readonly #source: GraphQLSchema;
  readonly #schema: GraphQLSchema;
  #bytes = 0;

  constructor(schema: GraphQLSchema) {
    this.#source = schema;
    this.#schema = schemaToCompile(schema);
  }

  /** Null for a query that comes for the first time, or that cannot be compiled. */
  get(document: DocumentNode, operation: OperationDefinitionNode): Query | null {
    if (!this.#seen.has(operation)) {
      this.#seen.add(operation);
      return null;
    }
    if (this.#notCompilable.has(operation)) return null;
    const known = this.#queries.get(operation);
    if (known !== undefined) {
      this.#queries.delete(operation);
      this.#queries.set(operation, known);
      return known;
    }
    const query = this.#compile(document, operation);
    if (query === null) this.#notCompilable.add(operation);
    else this.#remember(operation, { ...query, bytes: bytesOf(document, operation) });
    return query;
  }

  #compile(document: DocumentNode, operation: OperationDefinitionNode): Query | null {
    if (!isCompilable(document, operation) || selectsAbstractTypes(this.#source, document)) return null;
    const { document: toCompile, calls } = withoutValues(document, operation);
    const compiled = compileQuery(this.#schema, toCompile, operation.name?.value, { disableLeafSerialization: true });
    return isCompiledQuery(compiled) ? { run: compiled.query, calls } : null;
  }

  #remember(operation: OperationDefinitionNode, query: Query & { readonly bytes: number }): void {
    this.#queries.set(operation, query);
    this.#bytes += query.bytes;
    for (const [oldest, { bytes }] of this.#queries) {
      if (this.#bytes <= maxCompiledBytes || oldest === operation) break;
      this.#queries.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}

/** The code, and the document, which only this entry may still hold. */
function bytesOf(document: DocumentNode, operation: OperationDefinitionNode): number {
  const source = document.loc?.source;
  const characters = source instanceof DocumentSource ? source.text.length : 0;
  const code = selectedFieldsOf(document, operation) * bytesOfField + characters * bytesOfCharacter;
  return bytesOfQuery + code + bytesOfDocument(document, characters);
}
