import type { AuditEntry } from '../domain/ports/audit-log.js';
import type { CallFailure } from './call-error.js';
import type { CheckResult } from './checks.js';

/** The reports of the connection to FusionAuth. No method throws. */
export interface FusionAuthTelemetry {
  /** Null where nobody traces. */
  readonly tracing: CallTracing | null;
  /** One attempt of a call has ended. */
  upstreamCall(call: UpstreamCall): void;
  /** A call was not sent, because too many wait for their turn. */
  callRefused(): void;
  /** Settings could not be read, and there are no usable older ones: answers lack what depends on them. */
  settingsUnavailable(error: unknown): void;
  /** Settings could not be read anew, and older ones are used. */
  settingsStale(error: unknown): void;
  /**
   * FusionAuth's clock is notably ahead of ours, in milliseconds, or behind. Reported once, until the clocks agree
   * again.
   */
  clocksDiffer(skewMs: number): void;
  /** A check of FusionAuth has another result than the last time. */
  checked(result: CheckResult): void;
  auditRecordNotWritten(entry: AuditEntry, error: unknown): void;
}

/** Calls as steps of traces. */
export interface CallTracing {
  /** One attempt of a call begins. */
  callBegun(call: Pick<UpstreamCall, 'method' | 'route' | 'attempt'>): CallTrace;
}

export interface CallTrace {
  /** The headers by which FusionAuth's part of the trace joins ours. */
  readonly headers: Readonly<Record<string, string>>;
  end(outcome: Pick<UpstreamCall, 'statusCode' | 'failure'>): void;
}

/** One attempt of a call. Holds no ids, and nothing else that callers choose. */
export interface UpstreamCall {
  readonly method: string;
  /** The path, with `{id}` in place of each id, and without the prefix that all calls have. */
  readonly route: string;
  /** The status of the answer; null when none came, or one that cannot be FusionAuth's. */
  readonly statusCode: number | null;
  /** Why the attempt failed; null when it succeeded. */
  readonly failure: CallFailure['kind'] | null;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
  readonly durationMs: number;
}

/** The route of a path: there are few, because ids are replaced. */
export function routeOf(path: string): string {
  const [route = ''] = path.split('?', 1);
  return route.replaceAll(/\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/|$)/gi, '/{id}');
}
