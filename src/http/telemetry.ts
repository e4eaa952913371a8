import type { WorkTelemetry } from '../application/operation/work-telemetry.js';
import type { Refusal } from '../auth/refusal.js';
import type { DeliveryOutcome } from '../webhook/webhook-receiver.js';

/** The reports of the HTTP server. No method throws. */
export interface HttpTelemetry extends WorkTelemetry {
  /** Null where nobody traces. */
  readonly tracing: HttpTracing | null;
  requestAnswered(request: AnsweredRequest): void;
  /** Bytes arrived that are no HTTP request, or none that this server takes. */
  requestNotUnderstood(request: RejectedRequest): void;
  /**
   * A request failed before its operation, by a defect, or because FusionAuth or another publisher of keys was away.
   */
  requestFailed(error: unknown, request: FailedRequest): void;
  /** Credentials were refused. */
  credentialsRefused(refusal: Refusal, request: RefusedRequest): void;
  /** A connection was closed at once, because its address has too many. */
  connectionRefused(address: string, maxAddressConnections: number): void;
  /** A connection was closed because its client left its answer unread for too long. */
  slowReaderCutOff(connection: SlowReader): void;
  subscriptionOpened(): void;
  subscriptionClosed(): void;
  /** The result of a readiness probe: null when the service can do its work, else the reason why it cannot. */
  readinessChecked(problem: unknown): void;
  /** A delivery does not come from FusionAuth. */
  deliveryNotRecognised(reason: string, request: RefusedRequest): void;
  /**
   * FusionAuth's signing keys cannot be fetched. With a request, its delivery can be neither accepted nor refused.
   * Null: the keys were fetched ahead of time.
   */
  signingKeysUnavailable(cause: unknown, requestId: string | null): void;
  /** A delivery of FusionAuth was answered. */
  deliveryAnswered(outcome: DeliveryOutcome, status: number, requestId: string): void;
}

/** Requests as steps of traces. */
export interface HttpTracing {
  requestBegun(request: BegunRequest): RequestTrace;
  /** Runs the execution of a GraphQL operation as a step of its own. */
  operation<Result>(run: () => Promise<Result>): Promise<Result>;
  /** Runs the handling of a delivery of FusionAuth as a step of its own. */
  delivery<Result>(run: () => Promise<Result>): Promise<Result>;
}

export interface BegunRequest {
  readonly method: string;
  /** The path of the route. */
  readonly route: string;
  /** The headers of the request, which may name its trace. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface RequestTrace {
  readonly traceId: string;
  /** Runs the work that answers the request as a part of the trace. */
  run(work: () => void): void;
  /** Ends the step with the status of the answer, or null when there was none. */
  end(status: number | null): void;
}

export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** The path of the route; null for an unknown path, because the path of a request can hold anything. */
  readonly route: string | null;
  /** Null where there was no answer, mostly because the client left before. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly clientAddress: string;
  /** The name of the caller; undefined while it is not known. */
  readonly caller: string | undefined;
  /** The trace of the request; absent where nobody traces. */
  readonly traceId?: string;
}

/** The facts of a request that are known when its credentials are refused. */
export interface RefusedRequest {
  readonly id: string;
  readonly clientAddress: string;
}

export interface FailedRequest {
  readonly id: string;
  /** Null while its caller is not known. */
  readonly recognised: object | null;
}

export interface SlowReader {
  readonly peer: string | undefined;
  readonly unreadBytes: number;
  readonly waitedMs: number;
}

export interface RejectedRequest {
  readonly requestId: string;
  readonly status: number;
  /** The fault that the parser found. */
  readonly err?: { readonly code: string | undefined };
  readonly method?: string;
  /** What the client speaks in place of HTTP/1.1, where that is known, and what to do about it. */
  readonly protocol?: string;
  readonly remedy?: string;
  /** The other end of the connection. */
  readonly peer?: string;
}
