import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { type DocumentLimits, limitExceeded } from '../limits/document-limits.js';
import { checkNesting } from '../limits/document-nesting.js';
import { messageWithoutSuggestion } from '../limits/suggestions.js';
import { unconditionalSubscriptionsRule } from '../limits/unconditional-subscriptions.js';
import { simplifyPlaces } from './document-source.js';
import { shortened } from './errors.js';
import { namingArgument } from './named-values.js';

interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  /** Whether documents may ask for the schema. */
  readonly introspection: boolean;
  readonly limits: DocumentLimits;
}

export type Examined =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  /** At least one error, at most `maxErrors`. */
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

/** The most errors that are reported for one document. */
const maxErrors = 10;

/** The most bytes of memory that remembered documents may take. */
const maxRememberedBytes = 16 * 1_024 * 1_024;

/**
 * The bytes of the tree for each token: the nodes, their places and the tokens at both ends. An estimate, rounded up.
 */
const bytesOfToken = 480;

/** The bytes of a document beside its tokens. */
const bytesOfAnyDocument = 6_144;

/**
 * The bytes for each character: two, because one character outside Latin-1 makes its whole text take two, and eight for
 * the line that each may begin.
 */
const bytesOfCharacter = 10;

/**
 * Parses and validates all documents: nothing else does, for queries, mutations and subscriptions alike. Cheap rules
 * come before expensive ones: the levels of brackets and the number of tokens, then the limits in one pass, then validation. Valid documents are
 * remembered by the SHA-256 of their text, in bounded memory, so that the same text is the same tree.
 */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #limits: DocumentLimits;
  /** Whether callers may read the schema. */
  readonly introspection: boolean;
  readonly #rules: typeof specifiedRules;
  /** The least recently used comes first. */
  readonly #remembered = new Map<string, { readonly document: DocumentNode; readonly bytes: number }>();
  #bytes = 0;

  constructor({ schema, introspection, limits }: DocumentsOptions) {
    this.#schema = schema;
    this.#limits = limits;
    this.introspection = introspection;
    this.#rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  }

  /** The document of this hash, if it has been examined and is still remembered. */
  find(hash: string): DocumentNode | undefined {
    return this.#remembered.get(hash)?.document;
  }

  /** @param hash The SHA-256 of the text. */
  examine(text: string, hash: string): Examined {
    const known = this.#remembered.get(hash);
    if (known !== undefined) {
      this.#remembered.delete(hash);
      this.#remembered.set(hash, known);
      return { kind: 'valid', document: known.document };
    }
    let document: DocumentNode;
    try {
      checkNesting(text);
      document = parse(text, { maxTokens: this.#limits.maxQueryTokens });
    } catch (error) {
      return { kind: 'refused', errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] };
    }
    simplifyPlaces(document, text);
    const exceeded = limitExceeded(document, this.#limits);
    const errors = exceeded === null ? this.#validate(document) : [exceeded];
    if (errors.length > 0) {
      return { kind: 'refused', errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) };
    }
    this.#remember(hash, document, text.length);
    return { kind: 'valid', document };
  }

  #validate(document: DocumentNode): readonly GraphQLError[] {
    // This rule runs first, because other rules throw where it reports.
    const conditions = validate(this.#schema, document, [unconditionalSubscriptionsRule], { maxErrors });
    const found = conditions.length > 0 ? conditions : validate(this.#schema, document, this.#rules, { maxErrors });
    const errors = found.slice(0, maxErrors).map((error) => namingArgument(document, error));
    return this.introspection ? errors : errors.map(withoutSuggestion);
  }

  #remember(hash: string, document: DocumentNode, characters: number): void {
    const bytes = bytesOfDocument(document, characters);
    this.#remembered.set(hash, { document, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#remembered) {
      if (this.#bytes <= maxRememberedBytes || oldest === hash) break;
      this.#remembered.delete(oldest);
      this.#bytes -= freed;
    }
  }
}

/** The memory of a document, in bytes, rounded up. @param characters The length of its text. */
export function bytesOfDocument({ tokenCount }: DocumentNode, characters: number): number {
  return bytesOfAnyDocument + characters * bytesOfCharacter + (tokenCount ?? characters) * bytesOfToken;
}

function withoutSuggestion({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(messageWithoutSuggestion(message), { nodes: nodes ?? null });
}

function withCode(error: unknown, code: string): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error;
  const { message, nodes = null, source = null, positions = null } = error;
  return new GraphQLError(shortened(message), { nodes, source, positions, extensions: { code } });
}
