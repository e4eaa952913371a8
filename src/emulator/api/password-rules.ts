import { blank, fieldError } from '../http/errors-json.js';

/** The documented default of `tenant.passwordValidationRules.minLength`. The other rules are not checked. */
const minimumPasswordLength = 8;

/** @throws ApiError 400 when the password is missing or too short. */
export function checkPassword(password: string | undefined, field: string): string {
  if (password === undefined || password === '') {
    throw blank(field);
  }
  if (password.length < minimumPasswordLength) {
    throw fieldError('tooShort', field, 'Your password is too short.');
  }
  return password;
}
