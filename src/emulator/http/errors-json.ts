/**
 * FusionAuth's errors. A failed call answers a status and, for some statuses, the Errors JSON of its API
 * documentation: lists of `{code, message}` by field, and general ones. 401 and 404 have no body.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Errors JSON, or the error of an OAuth endpoint. */
    readonly body?: ErrorsJson | OAuthErrorJson,
  ) {
    super(`${status}`);
    this.name = 'ApiError';
  }
}

export interface ErrorEntry {
  readonly code: string;
  readonly message: string;
}

/** Observed answers carry both members, one of them empty. */
interface ErrorsJson {
  readonly fieldErrors: Readonly<Record<string, readonly ErrorEntry[]>>;
  readonly generalErrors: readonly ErrorEntry[];
}

/** The errors of `/oauth2` endpoints (RFC 6749 section 5.2, with FusionAuth's `error_reason`). */
export interface OAuthErrorJson {
  readonly error: string;
  readonly error_description: string;
  readonly error_reason: string;
  readonly change_password_id?: string;
  readonly two_factor_id?: string;
  readonly two_factor_methods?: readonly object[];
}

/** 400 about one field. Codes read `[reason]field`; `field` may be a path such as `user.email`. */
export function fieldError(reason: string, field: string, message: string): ApiError {
  return new ApiError(400, { fieldErrors: { [field]: [{ code: `[${reason}]${field}`, message }] }, generalErrors: [] });
}

export function generalError(code: string, message: string, status = 400): ApiError {
  return new ApiError(status, { fieldErrors: {}, generalErrors: [{ code, message }] });
}

export function missing(field: string): ApiError {
  return fieldError('missing', field, `You must specify the [${field}] property.`);
}

export function blank(field: string): ApiError {
  return fieldError('blank', field, `You must specify the [${field}] property.`);
}

/** The conversion error FusionAuth's web framework reports for a value of the wrong type. Its message is observed. */
export function couldNotConvert(field: string): ApiError {
  return fieldError('couldNotConvert', field, 'Invalid');
}

/** Missing, unknown or expired key, missing permission, bad access token: FusionAuth answers none of them with 403. */
export function unauthorized(): ApiError {
  return new ApiError(401);
}

export function notFound(): ApiError {
  return new ApiError(404);
}

/** @throws ApiError 404 where there is no record. */
export function orNotFound<T>(record: T | undefined): T {
  if (record === undefined) {
    throw notFound();
  }
  return record;
}
