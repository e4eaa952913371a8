import { z } from 'zod';
import { fieldError } from '../http/errors-json.js';
import type { User } from '../store/records.js';

/** One of the documented sort fields of a search. `missing` places the users without the field, last by default. */
export const sortFieldJson = z.object({
  name: z.string(),
  order: z.enum(['asc', 'desc']).optional(),
  missing: z.string().optional(),
});

type SortField = z.output<typeof sortFieldJson>;

const plainFields = [
  'active',
  'email',
  'firstName',
  'fullName',
  'id',
  'insertInstant',
  'lastLoginInstant',
  'lastName',
  'lastUpdateInstant',
  'tenantId',
  'username',
  'verified',
] as const;
type PlainField = (typeof plainFields)[number];

/**
 * The users in the order that is asked for; text compares without regard to case.
 *
 * @throws ApiError 400 for a field that is no plain one, and for a substitute of missing values.
 */
export function sortedUsers(users: readonly User[], sortFields: readonly SortField[] = []): readonly User[] {
  const comparisons = sortFields.map(comparisonOf);
  if (comparisons.length === 0) {
    return users;
  }
  return [...users].sort((a, b) => {
    for (const compare of comparisons) {
      const compared = compare(a, b);
      if (compared !== 0) {
        return compared;
      }
    }
    return 0;
  });
}

function comparisonOf({ name, order = 'asc', missing = '_last' }: SortField): (a: User, b: User) => number {
  const field = plainFields.find((known) => known === name);
  if (field === undefined) {
    throw fieldError(
      'invalid',
      'sortFields',
      `Users are not sorted by [${name}]. Use one of ${plainFields.join(', ')}.`,
    );
  }
  if (missing !== '_first' && missing !== '_last') {
    throw fieldError('invalid', 'sortFields', 'The [missing] property must be _first or _last.');
  }
  const ofMissing = missing === '_first' ? -1 : 1;
  const direction = order === 'asc' ? 1 : -1;
  return (a, b) => {
    const [left, right] = [keyOf(a, field), keyOf(b, field)];
    if (left === undefined || right === undefined) {
      return left === right ? 0 : (left === undefined ? 1 : -1) * ofMissing;
    }
    return left === right ? 0 : (left < right ? -1 : 1) * direction;
  };
}

function keyOf(user: User, field: PlainField): string | number | undefined {
  const value = user[field];
  return typeof value === 'boolean' ? Number(value) : typeof value === 'string' ? value.toLowerCase() : value;
}
