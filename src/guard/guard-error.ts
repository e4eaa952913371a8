/**
 * What kind of trouble it is:
 *
 * - `FEED_REFUSED`: the service answered the subscription or a query with an error; see `status` and `serviceCode`.
 * - `FEED_LOST`: the service could not be reached, or the connection ended or fell silent.
 * - `FEED_OVERFLOW`: this process read events too slowly, and reads what it missed again.
 * - `FEED_MALFORMED`: the service said something that is not understood.
 * - `MEMORY_FULL`: more is revoked than `maxRevocations`; what expires soonest was forgotten.
 * - `GAP`: revocations may have been missed; older tokens are treated as `uncertainTokens` says.
 * - `CONFIRMATION_FAILED`: the service could not be asked whether a session lives.
 * - `KEYS_UNAVAILABLE`: FusionAuth's public keys could not be fetched.
 * - `NOT_READY`: the first catch-up took longer than `readyTimeoutMs`; `cause` is the latest trouble.
 * - `DISPOSED`: the guard was disposed of before it was ready.
 */
export type GuardErrorCode =
  | 'FEED_REFUSED'
  | 'FEED_LOST'
  | 'FEED_OVERFLOW'
  | 'FEED_MALFORMED'
  | 'MEMORY_FULL'
  | 'GAP'
  | 'CONFIRMATION_FAILED'
  | 'KEYS_UNAVAILABLE'
  | 'NOT_READY'
  | 'DISPOSED';

export interface GuardErrorDetails {
  readonly cause?: unknown;
  readonly status?: number | null;
  readonly serviceCode?: string | null;
  readonly retryAfterMs?: number;
}

/** Trouble of a guard, for its operator. Holds no token and no service key. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  /** The HTTP status of the service's answer; null when there was none, or it was 200. */
  readonly status: number | null;
  /** The code of the error that the service answered with, such as `FORBIDDEN`; null when there is none. */
  readonly serviceCode: string | null;
  /** How long the service asks to wait, in milliseconds. 0: it does not. */
  readonly retryAfterMs: number;

  constructor(
    readonly code: GuardErrorCode,
    message: string,
    { cause, status = null, serviceCode = null, retryAfterMs = 0 }: GuardErrorDetails = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.serviceCode = serviceCode;
    this.retryAfterMs = retryAfterMs;
  }
}
