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

/** A document with more faults is wrong as a whole. */
const maxErrors = 10;

/** The most bytes of memory that remembered documents may take. */
const maxRememberedBytes = 16 * 1_024 * 1_024;

/**
 * The bytes that a token keeps alive as a part of the tree: the nodes, their places and the tokens at both ends. An
 * estimate, rounded up.
 */
const bytesOfToken = 480;

/** What a document takes beside its tokens, in bytes. */
const bytesOfAnyDocument = 6_144;

/** Characters outside Latin-1 take two bytes, and one of them makes all of its text do so; each may begin a line. */
const bytesOfCharacter = 10;

/**
 * The only place where documents are parsed and validated, for queries, mutations and subscriptions alike. Cheap rules
 * come before expensive ones: length of the tree, then its limits in one pass, then validation. Those that pass are
 * remembered by the SHA-256 of their text, in bounded memory, so that the same text is the same tree.
 */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #limits: DocumentLimits;
  readonly #introspection: boolean;
  readonly #rules: typeof specifiedRules;
  /** The least recently used comes first. */
  readonly #remembered = new Map<string, { readonly document: DocumentNode; readonly bytes: number }>();
  #bytes = 0;

  constructor({ schema, introspection, limits }: DocumentsOptions) {
    this.#schema = schema;
    this.#limits = limits;
    this.#introspection = introspection;
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
    // This rule comes first, because others throw where it reports.
    const conditions = validate(this.#schema, document, [unconditionalSubscriptionsRule], { maxErrors });
    const found = conditions.length > 0 ? conditions : validate(this.#schema, document, this.#rules, { maxErrors });
    const errors = found.slice(0, maxErrors).map((error) => namingArgument(document, error));
    return this.#introspection ? errors : errors.map(withoutSuggestion);
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

/** What a document keeps in memory, rounded up. @param characters The length of its text. */
export function bytesOfDocument({ tokenCount }: DocumentNode, characters: number): number {
  return bytesOfAnyDocument + characters * bytesOfCharacter + (tokenCount ?? characters) * bytesOfToken;
}

/** Suggestions name parts of the schema. */
function withoutSuggestion({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message.replace(/ ?Did you mean .+\?$/s, ''), { nodes: nodes ?? null });
}

function withCode(error: unknown, code: string): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error;
  const { message, nodes = null, source = null, positions = null } = error;
  return new GraphQLError(shortened(message), { nodes, source, positions, extensions: { code } });
}
