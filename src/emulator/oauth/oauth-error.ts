import { ApiError, type OAuthErrorJson } from '../http/errors-json.js';

/** The finer codes of FusionAuth that the emulator answers, of those that its official clients know. */
export const oauthErrorReasons = [
  'auth_code_not_found',
  'authentication_required',
  'change_password_administrative',
  'client_authentication_missing',
  'consent_canceled',
  'consent_required',
  'email_verification_required',
  'grant_type_disabled',
  'invalid_client_authentication',
  'invalid_client_id',
  'invalid_grant_type',
  'invalid_id_token_hint',
  'invalid_pkce_code_challenge_method',
  'invalid_pkce_code_verifier',
  'invalid_post_logout_redirect_uri',
  'invalid_redirect_uri',
  'invalid_response_mode',
  'invalid_response_type',
  'invalid_tenant_id',
  'invalid_user_credentials',
  'login_prevented',
  'missing_client_id',
  'missing_code',
  'missing_code_challenge',
  'missing_grant_type',
  'missing_refresh_token',
  'missing_token',
  'multi_factor_challenge_required',
  'refresh_token_not_found',
  'registration_required',
  'unknown',
  'unknown_scope',
  'user_expired',
  'user_locked',
] as const;

export type OAuthErrorReason = (typeof oauthErrorReasons)[number];

/** An error of an OAuth endpoint. `reason` is `unknown` where FusionAuth's clients know no code that would fit. */
export function oauthError(
  error: string,
  reason: OAuthErrorReason,
  description: string,
  { status = 400, members = {} }: { readonly status?: 400 | 401; readonly members?: Partial<OAuthErrorJson> } = {},
): ApiError {
  return new ApiError(status, { error, error_description: description, error_reason: reason, ...members });
}

/** 401 as RFC 6749 section 5.2 asks for a client that fails to authenticate. */
export function invalidClient(reason: OAuthErrorReason, description: string): ApiError {
  return oauthError('invalid_client', reason, description, { status: 401 });
}

export function invalidGrant(reason: OAuthErrorReason, description: string): ApiError {
  return oauthError('invalid_grant', reason, description);
}

export function invalidRequest(reason: OAuthErrorReason, description: string): ApiError {
  return oauthError('invalid_request', reason, description);
}
