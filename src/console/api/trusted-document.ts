/** An operation that the service knows by the SHA-256 of its text. */
export interface TrustedDocument<Result, Variables> {
  readonly sha256: string;
  /** Never there: it only says which variables the operation takes and what it answers. */
  readonly types?: (variables: Variables) => Result;
}
