import {
  InvalidInputError,
  UpstreamContractError,
  type UpstreamError,
  UpstreamRejectedError,
  UpstreamTimeoutError,
  UpstreamUnavailableError,
} from '../domain/errors.js';
import { unreachable } from '../domain/unreachable.js';

/** The failure of a call to FusionAuth, in terms of HTTP. It leaves this folder only as a `cause`. */
export class FusionAuthCallError extends Error {
  override readonly name = 'FusionAuthCallError';
  readonly failure: CallFailure;
  /** True when FusionAuth may have carried out this or an earlier attempt although no answer says so. */
  readonly mayHaveBeenDone: boolean;

  constructor(call: string, failure: CallFailure, mayHaveBeenDone: boolean, options?: ErrorOptions) {
    super(`${call}: ${describe(failure)}`, options);
    this.failure = failure;
    this.mayHaveBeenDone = mayHaveBeenDone;
  }
}

export type CallFailure =
  /** No answer within the time of an attempt, or of the call as a whole. */
  | { readonly kind: 'timeout' }
  /** No connection, or it broke. */
  | { readonly kind: 'connection' }
  /** The operation ran out of time, or nobody waits for its answer. */
  | { readonly kind: 'abandoned' }
  /** The queue of calls is full; this one was not sent. */
  | { readonly kind: 'queueFull' }
  /** An answer whose status is not 2xx. `codes` are those of FusionAuth's Errors JSON, without the messages. */
  | {
      readonly kind: 'status';
      readonly statusCode: number;
      /** False where the proxy that passes answers on has given this one itself. */
      readonly isFusionAuths: boolean;
      /** Whether anything but white space came with it. */
      readonly hasBody: boolean;
      readonly retryAfterSeconds: number | null;
      readonly codes: readonly string[];
    }
  /**
   * An answer in place of FusionAuth's, for example the page of a proxy. Whether FusionAuth did the work is unknown.
   */
  | { readonly kind: 'foreign' }
  /** The answer has more bytes than the service reads. */
  | { readonly kind: 'tooLarge' }
  /** A 2xx answer that is not the JSON it should be. */
  | { readonly kind: 'undecodable'; readonly problem: string };

/**
 * True for an answer 404 without a body: FusionAuth's word for an object that does not exist, or is not of this tenant.
 * A 404 with a body comes from something in between, such as an ingress whose backend is gone, and proves nothing. So
 * does that of an Envoy whose routes change, which has no body either.
 * @see https://fusionauth.io/docs/apis/jwt#revoke-refresh-tokens (the body of a 404 is empty)
 */
export function isNotFound(error: unknown): error is FusionAuthCallError {
  return (
    error instanceof FusionAuthCallError && error.failure.kind === 'status' && isFusionAuthsNotFound(error.failure)
  );
}

/** Null in place of an object that does not exist. */
export async function orNullIfNotFound<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Whether the API key was refused: FusionAuth answers 401 to one without the permission, and a proxy before it 403. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof FusionAuthCallError) || error.failure.kind !== 'status') return false;
  return error.failure.statusCode === 401 || error.failure.statusCode === 403;
}

type StatusFailure = Extract<CallFailure, { kind: 'status' }>;

function isFusionAuthsNotFound({ statusCode, isFusionAuths, hasBody }: StatusFailure): boolean {
  return statusCode === 404 && isFusionAuths && !hasBody;
}

/**
 * The answers to a client that was too slow, too early or too frequent. Proxies give the first to a kept connection that
 * they were about to close, and ask for the request again.
 * @see RFC 9110 section 15.5.9, RFC 8470 section 5.2, RFC 6585 section 4
 */
const notNow: ReadonlySet<number> = new Set([408, 425, 429]);

/** True for answers that mean that FusionAuth is away or overloaded, and that may soon change. */
export function isUnavailable(failure: StatusFailure): boolean {
  const { statusCode } = failure;
  return notNow.has(statusCode) || statusCode >= 500 || (statusCode === 404 && !isFusionAuthsNotFound(failure));
}

/**
 * Runs calls to FusionAuth and translates their failures into errors that callers can act on, with the original as
 * `cause`.
 * @param tenantIsCallersWord True when only the caller names the tenant of the calls. An unknown tenant is then the
 * caller's mistake.
 */
export async function translateErrors<T>(calls: () => Promise<T>, tenantIsCallersWord = false): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    if (tenantIsCallersWord && isUnknownTenant(error)) throw unknownTenant();
    if (!(error instanceof FusionAuthCallError)) throw error;
    throw toUpstreamError(error);
  }
}

/** Whether FusionAuth refused the tenant, which it checks before anything else and names in its error code. */
export function isUnknownTenant(error: unknown): boolean {
  if (!(error instanceof FusionAuthCallError)) return false;
  const { failure } = error;
  return failure.kind === 'status' && failure.statusCode === 400 && failure.codes.some((code) => /tenant/i.test(code));
}

function unknownTenant(): InvalidInputError {
  const message =
    'X-FusionAuth-TenantId names a tenant that FusionAuth does not have. Send the id of one that it has, or leave the header out.';
  return new InvalidInputError(['X-FusionAuth-TenantId'], message);
}

function toUpstreamError(error: FusionAuthCallError): UpstreamError {
  const { failure } = error;
  switch (failure.kind) {
    case 'timeout':
    case 'abandoned':
      return new UpstreamTimeoutError(error.mayHaveBeenDone, { cause: error });
    case 'connection':
    case 'foreign':
      return new UpstreamUnavailableError(null, error.mayHaveBeenDone, { cause: error });
    case 'queueFull':
      return new UpstreamUnavailableError(1, error.mayHaveBeenDone, { cause: error });
    case 'tooLarge':
    case 'undecodable':
      return new UpstreamContractError('FusionAuth gave an answer that could not be decoded', { cause: error });
    case 'status':
      return isUnavailable(failure)
        ? new UpstreamUnavailableError(failure.retryAfterSeconds, error.mayHaveBeenDone, { cause: error })
        : new UpstreamRejectedError('FusionAuth refused the call', { cause: error });
    default:
      return unreachable(failure);
  }
}

function describe(failure: CallFailure): string {
  switch (failure.kind) {
    case 'timeout':
      return 'no answer in time';
    case 'abandoned':
      return 'given up, because the operation ran out of time or its caller has gone';
    case 'connection':
      return 'no connection, or it broke';
    case 'foreign':
      return 'answered by something other than FusionAuth';
    case 'queueFull':
      return 'not sent, because too many calls wait already';
    case 'tooLarge':
      return 'answered with more bytes than the service reads';
    case 'undecodable':
      return failure.problem;
    case 'status':
      return [
        `answered ${failure.statusCode}${failure.isFusionAuths ? '' : ' by the proxy itself'}`,
        ...failure.codes,
      ].join(' ');
    default:
      return unreachable(failure);
  }
}
