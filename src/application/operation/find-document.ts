/** The parts of a request that name or hold its document, as they came. */
export interface DocumentParameters {
  readonly query?: unknown;
  /** `sha256:` and the hash of a trusted document. */
  readonly documentId?: unknown;
  /** An object, or its JSON as a parameter of a URL. */
  readonly extensions?: unknown;
}

/**
 * Finds the document that a request holds or names, before it is parsed. Queries, mutations and subscriptions share it.
 */
export type FindDocument = (parameters: DocumentParameters) => FoundDocument;

export type FoundDocument =
  /** The request holds the text, and it may run. */
  | { readonly kind: 'by-text'; readonly query: string }
  /** The request names a trusted document, whose text this is. */
  | { readonly kind: 'by-id'; readonly query: string }
  /** The request neither holds nor names one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
