import { z } from 'zod';
import { hasRepeatedMember } from '../repeated-member.js';

/** A number written in digits. The bounds are named in its error and in the reference of the configuration. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
    .meta({ bounds: `${min} to ${max}` });

export const positive = (max: number) => wholeNumber(1, max);

export const port = wholeNumber(0, 65_535);

export const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((value) => value === 'true')
  .meta({ bounds: '`true` or `false`' });

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values, problem: string) {
  return z.enum(values, problem).meta({ bounds: values.map((value) => `\`${value}\``).join(', ') });
}

export function id<Id>(parse: (value: unknown) => Id | undefined) {
  return z
    .string('must be a UUID')
    .transform((text, context) => {
      const parsed = parse(text);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: 'custom', message: 'must be a UUID' });
      return z.NEVER;
    })
    .meta({ bounds: 'a UUID' });
}

export const ids = <Id>(parse: (value: unknown) => Id | undefined) =>
  z
    .array(id(parse), 'must be a list of UUIDs')
    .min(1, 'must name at least one')
    .max(1_000, 'must hold at most 1000')
    .transform((list) => new Set(list));

export function json(problem: string) {
  return z.string().transform((text, context): unknown => {
    try {
      const value: unknown = JSON.parse(text);
      if (!hasRepeatedMember(text)) return value;
      context.addIssue({ code: 'custom', message: 'must name each member of an object once' });
      return z.NEVER;
    } catch {
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }
  });
}

/**
 * The http or https URL in a text to which paths are added as it stands. Null for a text that a parser would mend, and for
 * one with user, query or fragment, be they empty: a path would become a part of those. With an empty port, too, because
 * the host of `http://https://auth.example.com` is `https`.
 */
export function plainUrl(text: string): URL | null {
  return /^https?:\/\/[^\s/\\?#@]+(?<!:)(?:\/[^\s\\?#]*)?$/i.test(text) && URL.canParse(text) ? new URL(text) : null;
}

export const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** What a list of JSON, or one with other separators, would be taken for: a single name that nobody has. */
const name = z
  .string()
  .regex(
    /^[^\s"'[\]{};]+$/,
    'must be names with commas between, without quotation marks, brackets, semicolons and spaces',
  );

export const names = commaSeparated.pipe(z.array(name).min(1, 'must name at least one'));

/** An object with these members and no others. @param form How people write it. */
export function members<Shape extends z.ZodRawShape>(form: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no member ${issue.keys.map((key) => JSON.stringify(key.slice(0, 40))).join(', ')}: must be ${form}`
        : `must be ${form}`,
  });
}
