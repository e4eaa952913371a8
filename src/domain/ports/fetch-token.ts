/** A request to the token endpoint of FusionAuth. */
export interface TokenRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A form. */
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

/** Sends a form to the token endpoint, and reads an answer of bounded size. */
export type FetchToken = (url: string, request: TokenRequest) => Promise<Response>;
