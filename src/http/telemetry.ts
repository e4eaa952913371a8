import type { WorkTelemetry } from '../application/operation/work-telemetry.js';
import type { Refusal } from '../auth/refusal.js';
import type { DeliveryOutcome } from '../webhook/webhook-receiver.js';

/** What the HTTP server reports. None of it throws. */
export interface HttpTelemetry extends WorkTelemetry {
  requestAnswered(request: AnsweredRequest): void;
  /** What came was no HTTP request, or none that this server takes. */
  requestNotUnderstood(request: RejectedRequest): void;
  /** A request failed by a defect, or because FusionAuth was away before an operation began. */
  requestFailed(error: unknown, requestId: string): void;
  /** Credentials were given and are not accepted. */
  credentialsRefused(refusal: Refusal, request: RefusedRequest): void;
  /** A connection was closed at once, because its address has as many as it may. */
  connectionRefused(address: string, maxAddressConnections: number): void;
  /** A connection was closed because its client left for too long unread what was sent to it. */
  slowReaderCutOff(connection: SlowReader): void;
  subscriptionOpened(): void;
  subscriptionClosed(): void;
  /** What a readiness probe found: null when the service can do its work, else what keeps it from that. */
  readinessChecked(problem: unknown): void;
  /** What was delivered as an event does not come from FusionAuth. */
  deliveryNotRecognised(reason: string, request: RefusedRequest): void;
  /** FusionAuth's signing keys cannot be fetched, so nobody can tell whether a delivery is its. */
  signingKeysUnavailable(cause: unknown, requestId: string): void;
  /** A delivery of FusionAuth was answered. */
  deliveryAnswered(outcome: DeliveryOutcome, status: number, requestId: string): void;
}

export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** The path of the route, which is ours; null where there is none, because what was asked for can hold anything. */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
  readonly clientAddress: string;
  /** The name of the caller; undefined while it is not known. */
  readonly caller: string | undefined;
}

/** A request as far as it is known when its credentials are refused. */
export interface RefusedRequest {
  readonly id: string;
  readonly clientAddress: string;
}

export interface SlowReader {
  readonly peer: string | undefined;
  readonly unreadBytes: number;
  readonly waitedMs: number;
}

export interface RejectedRequest {
  readonly requestId: string;
  readonly status: number;
  /** What the parser found wrong. */
  readonly err?: { readonly code: string | undefined };
  readonly method?: string;
}
