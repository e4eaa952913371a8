import type { Authentication } from '../authentication.js';
import { ApiError } from '../http/errors-json.js';
import { unreachable } from '../unreachable.js';
import { invalidGrant } from './oauth-error.js';

/** The OAuth error for a user who may not sign in. */
export function refusal(outcome: Exclude<Authentication, { kind: 'accepted' }>): ApiError {
  switch (outcome.kind) {
    case 'unknown':
      return invalidGrant('invalid_user_credentials', 'The user credentials are invalid.');
    case 'expired':
      return invalidGrant('user_expired', 'The user has expired.');
    case 'locked':
      return invalidGrant('user_locked', 'The user is locked.');
    case 'prevented':
      return invalidGrant('login_prevented', 'The user has been prevented from logging in.');
    case 'unverified':
      return invalidGrant('email_not_verified', 'The email address is not verified.');
    case 'needsSecondFactor':
      return new ApiError(400, {
        error: 'two_factor_required',
        error_description: 'The user must complete a second factor.',
        error_reason: 'two_factor_required',
        two_factor_id: outcome.twoFactorId,
      });
    case 'mustChangePassword':
      return new ApiError(400, {
        error: 'change_password_required',
        error_description: 'The user is required to change their password.',
        error_reason: 'change_password_administrative',
        change_password_id: outcome.changePasswordId,
      });
    default:
      return unreachable(outcome);
  }
}
