import { z } from 'zod';
import { type ApiScope, sees } from '../http/api-key-auth.js';
import { uuidJson } from '../http/json-schemas.js';
import { pagingJson } from './paging.js';
import { anyCharacters, starPattern, textMatcher } from './user-query.js';

/**
 * Finds texts as FusionAuth's searches do: `*` stands for any characters, and a value without one may be any part of the
 * text. Case does not count.
 */
export function textSearch(wanted = ''): (text: string | undefined) => boolean {
  const pattern = starPattern(wanted);
  const matches = textMatcher(wanted.includes('*') ? pattern : [anyCharacters, ...pattern, anyCharacters]);
  return (text = '') => matches(text.toLowerCase());
}

/** A search for what has a name, in one tenant or in all that the call sees. */
export const namedSearchJson = z.object({
  name: z.string().optional(),
  tenantId: uuidJson.optional(),
  ...pagingJson,
});

/** Those of all records that a call sees and searches for. */
export function namedRecords<Named extends { readonly name: string; readonly tenantId: string }>(
  all: Iterable<Named>,
  scope: ApiScope,
  search: z.output<typeof namedSearchJson>,
): Named[] {
  const isNamed = textSearch(search.name);
  return [...all].filter(
    ({ name, tenantId }) =>
      sees(scope, tenantId) && (search.tenantId === undefined || search.tenantId === tenantId) && isNamed(name),
  );
}
