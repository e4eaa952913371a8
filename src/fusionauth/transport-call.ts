export interface TransportRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** True when sending it twice has the effect of sending it once. */
  readonly repeatable: boolean;
  /** True for searches of users and login records, on which no decision about sessions waits. */
  readonly isSearch?: boolean;
  /** Largest answer that is read, in bytes, where it is less than for other calls. */
  readonly maxResponseBytes?: number;
}

/** One operation of a caller: calls of different ones take turns, those of users by user. */
export interface UpstreamOperation {
  /** Calls made for it so far, each attempt counted. */
  calls: number;
  /** The user who called, of whom there can be any number. Undefined for services, and for the service's own calls. */
  readonly user?: string;
  /** True when only the caller names its tenant, and neither the configuration nor its credentials do. */
  readonly tenantIsCallersWord?: boolean;
}

export interface CallContext {
  /** The purpose of the call. */
  readonly operation: UpstreamOperation;
  /** The line in which it waits. Default: that of its user, or else of its operation. */
  readonly line?: object;
  /** When aborted, the call is given up at once, and its connection if it is under way. For reads. */
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly statusCode: number;
  /** The parsed JSON, or undefined when the answer has no body. */
  readonly body: unknown;
}
