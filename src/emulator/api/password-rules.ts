import { z } from 'zod';
import { blank, fieldError } from '../http/errors-json.js';
import type { Tenant } from '../store/records.js';

/** `tenant.passwordValidationRules` with its documented defaults. The member for breached passwords is not looked at. */
export const passwordRulesJson = z.looseObject({
  minLength: z.number().int().positive().default(8),
  maxLength: z.number().int().positive().default(256),
  requireMixedCase: z.boolean().default(false),
  requireNonAlpha: z.boolean().default(false),
  requireNumber: z.boolean().default(false),
});

/** @throws ApiError 400 when the password is missing or breaks a rule of the tenant. */
export function checkPassword(
  { passwordValidationRules }: Pick<Tenant, 'passwordValidationRules'>,
  password: string | undefined,
  field: string,
): string {
  if (password === undefined || password === '') {
    throw blank(field);
  }
  const rules = passwordRulesJson.parse(passwordValidationRules ?? {});
  const broken = [
    ['tooShort', password.length < rules.minLength, 'is too short'],
    ['tooLong', password.length > rules.maxLength, 'is too long'],
    ['singleCase', rules.requireMixedCase && !(/\p{Lu}/u.test(password) && /\p{Ll}/u.test(password)), 'has one case'],
    ['onlyAlpha', rules.requireNonAlpha && /^\p{L}*$/u.test(password), 'has letters only'],
    ['requireNumber', rules.requireNumber && !/\p{Nd}/u.test(password), 'has no number'],
  ] as const;
  for (const [reason, isBroken, problem] of broken) {
    if (isBroken) {
      throw fieldError(reason, field, `Your password ${problem}.`);
    }
  }
  return password;
}
