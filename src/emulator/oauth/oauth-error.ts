import { ApiError } from '../http/errors-json.js';

/** An error of an OAuth endpoint. `reason` is FusionAuth's own, finer code. */
export function oauthError(error: string, reason: string, description: string, status: 400 | 401 = 400): ApiError {
  return new ApiError(status, { error, error_description: description, error_reason: reason });
}

/** 401 as RFC 6749 section 5.2 asks for a client that fails to authenticate. */
export function invalidClient(reason: string, description: string): ApiError {
  return oauthError('invalid_client', reason, description, 401);
}

export function invalidGrant(reason: string, description: string): ApiError {
  return oauthError('invalid_grant', reason, description);
}

export function invalidRequest(reason: string, description: string): ApiError {
  return oauthError('invalid_request', reason, description);
}
