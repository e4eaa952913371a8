import type { WorkTelemetry } from '../application/operation/work-telemetry.js';
import type { Refusal } from '../auth/refusal.js';
import type { DeliveryOutcome } from '../webhook/webhook-receiver.js';

/** The reports of the HTTP server. No method throws. */
export interface HttpTelemetry extends WorkTelemetry {
  /** Null where nobody traces. */
  readonly tracing: HttpTracing | null;
  requestAnswered(request: AnsweredRequest): void;
  /** Bytes came that are no HTTP request, or none that this server takes. */
  requestNotUnderstood(request: RejectedRequest): void;
  /** A request failed by a defect, or because FusionAuth, or who else publishes keys, was away before an operation began. */
  requestFailed(error: unknown, request: FailedRequest): void;
  /** Credentials were given and are not accepted. */
  credentialsRefused(refusal: Refusal, request: RefusedRequest): void;
  /** A connection was closed at once, because its address has as many as it may. */
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
   * FusionAuth's signing keys cannot be fetched. With a request: its delivery can be neither accepted nor refused. Null:
   * they were to be fetched ahead of time.
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
  /** Those of the request; they may name the trace of which it is a part. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface RequestTrace {
  readonly traceId: string;
  /** Runs what answers the request, so that all that follows from it is of the same trace. */
  run(work: () => void): void;
  /** The request is over; the status of the answer, or null when there was none. */
  end(status: number | null): void;
}

export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /**
   * The path of the route, which is ours; null where there is none, because the path of a request can hold anything.
   */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
  readonly clientAddress: string;
  /** The name of the caller; undefined while it is not known. */
  readonly caller: string | undefined;
  /** The trace of which it is a part; left out where nobody traces. */
  readonly traceId?: string;
}

/** A request as far as it is known when its credentials are refused. */
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
