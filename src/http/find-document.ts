/** What a request says about its document, as it came. */
export interface DocumentParameters {
  readonly query?: unknown;
  /** `sha256:` and the hash of a trusted document. */
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/** Finds the document of a request in the one way that queries, mutations and subscriptions share. */
export type FindDocument = (parameters: DocumentParameters) => FoundDocument;

export type FoundDocument =
  /** The request holds the text, and it may run. */
  | { readonly kind: 'by-text'; readonly query: string }
  /** The request names a trusted document, whose text this is. */
  | { readonly kind: 'by-id'; readonly query: string }
  /** The request neither holds nor names one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
