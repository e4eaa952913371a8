/**
 * The kind of trouble:
 *
 * - `FEED_REFUSED`: the service answered the subscription or a query with an error; see `status` and `serviceCode`.
 * - `FEED_LOST`: the service could not be reached, or the connection ended or fell silent.
 * - `FEED_OVERFLOW`: this process read events too slowly, and reads what it missed again.
 * - `FEED_MALFORMED`: a message of the service is malformed.
 * - `KEY_INSUFFICIENT`: the service key lacks a permission, or does not reach a tenant or application whose tokens are
 *   accepted here.
 * - `MEMORY_FULL`: there are more revocations than `maxRevocations`; those that expire soonest were forgotten.
 * - `GAP`: revocations may have been missed; older tokens are treated as `uncertainTokens` says.
 * - `CONFIRMATION_FAILED`: the service could not be asked whether a session lives.
 * - `KEYS_UNAVAILABLE`: FusionAuth's public keys could not be fetched.
 * - `NOT_READY`: the first catch-up took longer than `readyTimeoutMs`, or cannot succeed; `cause` is the latest
 *   trouble.
 * - `DISPOSED`: the guard was disposed of before it was ready.
 */
export type GuardErrorCode =
  | 'FEED_REFUSED'
  | 'FEED_LOST'
  | 'FEED_OVERFLOW'
  | 'FEED_MALFORMED'
  | 'KEY_INSUFFICIENT'
  | 'MEMORY_FULL'
  | 'GAP'
  | 'CONFIRMATION_FAILED'
  | 'KEYS_UNAVAILABLE'
  | 'NOT_READY'
  | 'DISPOSED';

interface GuardErrorDetails {
  readonly cause?: unknown;
  readonly status?: number | null;
  readonly serviceCode?: string | null;
  readonly retryAfterMs?: number;
  readonly requestId?: string | null;
}

/**
 * Trouble of a guard, for its operator. It holds no token and no service key. The message repeats that of the service.
 */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  /** The HTTP status of the service's answer; null when there was none, or it was 200. */
  readonly status: number | null;
  /** The code of the error that the service answered with, such as `FORBIDDEN`; null when there is none. */
  readonly serviceCode: string | null;
  /** How long the service asks to wait, in milliseconds; 0 when it does not. */
  readonly retryAfterMs: number;

  /** The request id under which the service has logged the cause; null without one. */
  readonly requestId: string | null;

  constructor(
    readonly code: GuardErrorCode,
    message: string,
    { cause, status = null, serviceCode = null, retryAfterMs = 0, requestId = null }: GuardErrorDetails = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.serviceCode = serviceCode;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }
}

/** Whether trying again is of no use, because somebody has to mend what the service refuses. */
export function isFinal({ code, status, serviceCode }: GuardError): boolean {
  if (code === 'KEY_INSUFFICIENT') return true;
  if (code !== 'FEED_REFUSED') return false;
  return (
    (status !== null && [301, 308, 400, 401, 403, 404, 405, 406].includes(status)) ||
    (serviceCode !== null && ['FORBIDDEN', 'UNAUTHENTICATED', 'GRAPHQL_VALIDATION_FAILED'].includes(serviceCode))
  );
}
