import { z } from 'zod';

/** A UUID of one kind. */
export function id<Id>(parse: (value: unknown) => Id | undefined) {
  return z.string('must be a UUID').transform((text, context) => {
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'must be a UUID' });
    return z.NEVER;
  });
}

/** @param problem What is wrong with a text that is no JSON, such as `must be JSON: a list`. */
export function json(problem: string) {
  return z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }
  });
}

/** A JSON list of UUIDs, 1 to 1,000. */
export const ids = <Id>(parse: (value: unknown) => Id | undefined) =>
  z
    .array(id(parse), 'must be a list of UUIDs')
    .min(1, 'must name at least one')
    .max(1_000, 'must hold at most 1000')
    .transform((list) => new Set(list));

export const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
