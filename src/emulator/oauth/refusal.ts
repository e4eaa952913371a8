import type { Authentication } from '../authentication.js';
import type { ApiError } from '../http/errors-json.js';
import { twoFactorMethods } from '../two-factor.js';
import { unreachable } from '../unreachable.js';
import { invalidGrant, oauthError } from './oauth-error.js';

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
      return invalidGrant('email_verification_required', 'The email address is not verified.');
    case 'needsSecondFactor':
      return oauthError(
        'two_factor_required',
        'multi_factor_challenge_required',
        'The user must complete a second factor.',
        { members: { two_factor_id: outcome.twoFactorId, two_factor_methods: twoFactorMethods(outcome.user) } },
      );
    case 'mustChangePassword':
      return oauthError(
        'change_password_required',
        'change_password_administrative',
        'The user is required to change their password.',
        { members: { change_password_id: outcome.changePasswordId } },
      );
    default:
      return unreachable(outcome);
  }
}
