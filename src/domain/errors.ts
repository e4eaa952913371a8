/**
 * Failures a caller can branch on. Business outcomes (already ended, keep not live, partly failed) are not errors but
 * data in results. The message of each error is written for the caller; FusionAuth's answer is only in `cause`.
 */
export abstract class DomainError extends Error {
  abstract readonly code: DomainErrorCode;
  override get name(): string {
    return this.constructor.name;
  }
}

export type DomainErrorCode =
  | 'BAD_USER_INPUT'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'SUBSCRIPTION_OVERFLOW'
  | 'UNAUTHENTICATED'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_REJECTED'
  | 'UPSTREAM_CONTRACT';

/** An argument is outside what the operation accepts. The message says what would be right. */
export class InvalidInputError extends DomainError {
  readonly code = 'BAD_USER_INPUT';

  /** @param argument Path to the argument at fault, for example `['filter', 'createdAt', 'after']`. */
  constructor(
    readonly argument: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** The caller may know the target exists, and may not do this. */
export class ForbiddenError extends DomainError {
  readonly code = 'FORBIDDEN';

  /** @param maxAuthenticationAgeSeconds Set when a sign-in as recent as this would do. */
  constructor(
    message: string,
    readonly maxAuthenticationAgeSeconds: number | null = null,
  ) {
    super(message);
  }
}

/** The service has reached a limit of work of this kind. Calling again later is safe. */
export class TooManyRequestsError extends DomainError {
  readonly code = 'RATE_LIMITED';

  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

const busyRetryAfterSeconds = 1;

/** The turn of this call did not come in time: calls that choose which sessions of a user stay take turns. */
export function busyUser(): TooManyRequestsError {
  return new TooManyRequestsError(
    'Too many calls that choose which sessions of this user stay are waiting. Call again later.',
    busyRetryAfterSeconds,
  );
}

/** The credentials of the caller have ended while its operation ran. */
export class CredentialsEndedError extends DomainError {
  readonly code = 'UNAUTHENTICATED';

  constructor() {
    super('The credentials of this subscription have expired or were revoked. Subscribe again with new ones.');
  }
}

/** A subscriber has read too slowly: one more event would have been lost. */
export class SubscriptionOverflowError extends DomainError {
  readonly code = 'SUBSCRIPTION_OVERFLOW';

  constructor(maxWaitingEvents: number) {
    super(
      `More than ${maxWaitingEvents} events waited to be read, so the subscription ends here. Subscribe again, after the last event that was read.`,
    );
  }
}

/** FusionAuth did not answer within the deadline. Whether it did the work is unknown. Calling again is safe. */
export class UpstreamTimeoutError extends DomainError {
  readonly code = 'UPSTREAM_TIMEOUT';

  /** @param mayHaveBeenDone False when the call was never sent. */
  constructor(
    readonly mayHaveBeenDone: boolean,
    options?: ErrorOptions,
  ) {
    super('FusionAuth did not answer in time. Calling again is safe.', options);
  }
}

/** FusionAuth could not be reached, is overloaded or answered with a server error. Calling again is safe. */
export class UpstreamUnavailableError extends DomainError {
  readonly code = 'UPSTREAM_UNAVAILABLE';

  /**
   * @param retryAfterSeconds What FusionAuth, or the proxy before it, asked for in Retry-After; null when it did not.
   * @param mayHaveBeenDone False when the call was never sent, or refused before anything was done.
   */
  constructor(
    readonly retryAfterSeconds: number | null,
    readonly mayHaveBeenDone: boolean,
    options?: ErrorOptions,
  ) {
    super('FusionAuth is not available at the moment. Calling again is safe.', options);
  }
}

/**
 * A store that this service shares with its replicas cannot be reached. Whether a change was made is not known, and
 * making it again is safe. FusionAuth is still asked and still changed: only what depends on the store fails.
 */
export class StoreUnavailableError extends DomainError {
  readonly code = 'UPSTREAM_UNAVAILABLE';
  /** Tells callers that the database is unavailable and FusionAuth is not. */
  readonly unavailable = 'DATABASE';
  readonly retryAfterSeconds = 1;

  constructor(options?: ErrorOptions) {
    super('The store of this service is not available at the moment. Calling again is safe.', options);
  }
}

/**
 * FusionAuth refused a call that this service made: its API key is wrong or lacks a permission, or the request is one
 * that this FusionAuth version does not accept. An operator has to act, so callers get no more than a request id.
 */
export class UpstreamRejectedError extends DomainError {
  readonly code = 'UPSTREAM_REJECTED';
}

/** FusionAuth's answer could not be understood. Never read as a shorter list. */
export class UpstreamContractError extends DomainError {
  readonly code = 'UPSTREAM_CONTRACT';
}

/** Every error of the domain, told apart by its `code`. */
export type AnyDomainError =
  | InvalidInputError
  | ForbiddenError
  | TooManyRequestsError
  | CredentialsEndedError
  | SubscriptionOverflowError
  | StoreUnavailableError
  | UpstreamError;

export function isDomainError(error: unknown): error is AnyDomainError {
  return error instanceof DomainError;
}

/** The failures of a call to FusionAuth: what a side lookup may survive, and a revocation reports for each session. */
export type UpstreamError =
  | UpstreamTimeoutError
  | UpstreamUnavailableError
  | UpstreamRejectedError
  | UpstreamContractError;

export function isUpstreamError(error: unknown): error is UpstreamError {
  return (
    error instanceof UpstreamTimeoutError ||
    error instanceof UpstreamUnavailableError ||
    error instanceof UpstreamRejectedError ||
    error instanceof UpstreamContractError
  );
}

/** How long FusionAuth, or the proxy before it, asked to be left alone, in milliseconds; 0 when it did not. */
export function askedToWaitMs(error: unknown): number {
  return error instanceof UpstreamUnavailableError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
}
