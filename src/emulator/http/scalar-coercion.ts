import type { z } from 'zod';
import { isJsonObject } from './json-merge.js';

/** A schema reports every wrong member at once; a coercion can only reveal what lies below a member it dropped. */
const maximumRounds = 4;

/**
 * Checks a JSON value the way FusionAuth's parser (Jackson) does: a string stands for the number or boolean it spells, a
 * number or boolean for its text, a fraction for its whole part, and an empty string for nothing where it cannot be a
 * value. Kickstart files rely on it, because a variable is always a string.
 *
 * The value itself is not changed.
 */
export function parseLeniently<S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
  let parsed = schema.safeParse(value);
  let current = value;
  for (let round = 0; round < maximumRounds && !parsed.success; round += 1) {
    const copy = structuredClone(current);
    const { issues } = parsed.error;
    const coerced = issues.filter((issue) => coerceAt(copy, issue.path, expectedOf(issue))).length;
    if (coerced === 0) {
      break;
    }
    current = copy;
    parsed = schema.safeParse(current);
  }
  return parsed;
}

type Expected = 'number' | 'int' | 'boolean' | 'string' | 'other';

function expectedOf(issue: z.core.$ZodIssue): Expected {
  if (issue.code !== 'invalid_type') {
    return 'other';
  }
  const known: readonly Expected[] = ['number', 'int', 'boolean', 'string'];
  return known.find((type) => type === issue.expected) ?? 'other';
}

function coerceAt(root: unknown, path: readonly PropertyKey[], expected: Expected): boolean {
  const parent = path.slice(0, -1).reduce<unknown>(memberOf, root);
  const name = path.at(-1);
  if (name === undefined || (!Array.isArray(parent) && !isJsonObject(parent))) {
    return false;
  }
  const coerced = coerce(memberOf(parent, name), expected);
  if (coerced === undefined) {
    return false;
  }
  if (coerced === absent) {
    return Reflect.deleteProperty(parent, name);
  }
  return Reflect.set(parent, name, coerced);
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

const absent = Symbol('absent');

function coerce(value: unknown, expected: Expected): unknown {
  if (value === '' && expected !== 'string') {
    return absent;
  }
  switch (expected) {
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined;
    case 'boolean':
      return booleanOf(value);
    case 'number':
      return numberOf(value);
    case 'int': {
      const number = typeof value === 'number' ? value : numberOf(value);
      return number === undefined ? undefined : Math.trunc(number);
    }
    case 'other':
      return undefined;
  }
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'number') {
    return value !== 0;
  }
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function numberOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? undefined : number;
}
