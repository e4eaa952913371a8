import { unreachable } from '../unreachable.js';

/** What a search asks of a user, whichever of FusionAuth's query languages it came in. */
export type UserQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly UserQuery[] }
  | { readonly kind: 'not'; readonly of: UserQuery }
  /** Without a field: email address, user name and full name, any part of them. */
  | { readonly kind: 'matches'; readonly field: string | undefined; readonly pattern: Pattern }
  /** The whole value, also of fields that hold words. */
  | { readonly kind: 'equals'; readonly field: string; readonly pattern: Pattern }
  | { readonly kind: 'exists'; readonly field: string }
  /** One and the same element of the list must satisfy the query. */
  | { readonly kind: 'nested'; readonly list: NestedList; readonly of: UserQuery };

export type NestedList = 'registrations' | 'memberships';

/** A value in which `*` stands for any characters and `?` for one. */
export type Pattern = readonly (string | Wildcard)[];
export type Wildcard = { readonly wildcard: '*' | '?' };

export const anyCharacters: Wildcard = { wildcard: '*' };

/** A value in which `*` alone means something. */
export function starPattern(text: string): Pattern {
  return text
    .split('*')
    .flatMap((part, index): Pattern => [...(index === 0 ? [] : [anyCharacters]), ...(part === '' ? [] : [part])]);
}

/** A query that the emulator does not understand. The message says what of it, and what would be right. */
export class UserQueryError extends Error {
  override readonly name = 'UserQueryError';
}

const searchedByBareTerms = ['email', 'username', 'fullName'];

/** Fields that hold words: a value or a phrase may match a part of them. */
const wordFields = new Set(['firstName', 'middleName', 'lastName', 'fullName']);

const fields = new Set([
  ...wordFields,
  'id',
  'tenantId',
  'active',
  'verified',
  'email',
  'username',
  'usernameStatus',
  'phoneNumber',
  'registrations.id',
  'registrations.applicationId',
  'registrations.roles',
  'registrations.username',
  'registrations.verified',
  'memberships.id',
  'memberships.groupId',
]);

/** @throws UserQueryError for a field that the emulator does not search. */
export function searchField(name: string): string {
  if (!fields.has(name) && !/^(?:registrations\.|memberships\.)?data\..+/.test(name)) {
    throw new UserQueryError(
      `The field [${name}] is not searched here. Use one of ${[...fields].join(', ')}, or data.*.`,
    );
  }
  return name;
}

type Document = object;

/** Compiles a query. Values match without regard to case. */
export function userMatcher(query: UserQuery): (user: Document) => boolean {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'none':
      return () => false;
    case 'and': {
      const parts = query.of.map(userMatcher);
      return (user) => parts.every((matches) => matches(user));
    }
    case 'or': {
      const parts = query.of.map(userMatcher);
      return (user) => parts.some((matches) => matches(user));
    }
    case 'not': {
      const matches = userMatcher(query.of);
      return (user) => !matches(user);
    }
    case 'exists':
      return (user) => valuesAt(user, query.field.split('.')).length > 0;
    case 'nested': {
      const { list } = query;
      const matches = userMatcher(query.of);
      return (user) => elementsOf(Reflect.get(user, list)).some((element) => matches({ ...user, [list]: [element] }));
    }
    case 'equals': {
      const matches = textMatcher(query.pattern);
      return (user) => valuesAt(user, query.field.split('.')).some(matches);
    }
    case 'matches':
      return query.field === undefined ? bareMatcher(query.pattern) : fieldMatcher(query.field, query.pattern);
    default:
      return unreachable(query);
  }
}

function bareMatcher(pattern: Pattern): (user: Document) => boolean {
  const matches = textMatcher([anyCharacters, ...pattern, anyCharacters]);
  return (user) => searchedByBareTerms.some((field) => valuesAt(user, [field]).some(matches));
}

function fieldMatcher(field: string, pattern: Pattern): (user: Document) => boolean {
  const path = field.split('.');
  const matches = textMatcher(pattern);
  if (!wordFields.has(field)) {
    return (user) => valuesAt(user, path).some(matches);
  }
  const phrase = literalOf(pattern);
  const matchesPart = (value: string) =>
    phrase === undefined ? value.split(' ').some(matches) : phrase !== '' && ` ${value} `.includes(` ${phrase} `);
  return (user) => valuesAt(user, path).some((value) => matches(value) || matchesPart(value));
}

/** The scalars at a path, in lower case. Lists on the way contribute all of their elements. */
function valuesAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((element) => valuesAt(element, path));
  }
  const [name, ...rest] = path;
  if (typeof value !== 'object' || value === null) {
    return name === undefined && value !== undefined && value !== null ? [`${value}`.toLowerCase()] : [];
  }
  return name === undefined || !Object.hasOwn(value, name) ? [] : valuesAt(Reflect.get(value, name), rest);
}

function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text of a pattern without wildcards, in lower case. */
function literalOf(pattern: Pattern): string | undefined {
  const texts = pattern.filter((part) => typeof part === 'string');
  return texts.length === pattern.length ? texts.join('').toLowerCase() : undefined;
}

/** @param pattern - compared with the whole of a text, which must be in lower case. */
export function textMatcher(pattern: Pattern): (lowerCaseText: string) => boolean {
  const literal = literalOf(pattern);
  if (literal !== undefined) {
    return (text) => text === literal;
  }
  const within =
    pattern.at(0) === anyCharacters && pattern.at(-1) === anyCharacters ? literalOf(pattern.slice(1, -1)) : undefined;
  if (within !== undefined) {
    return (text) => text.includes(within);
  }
  const parts = pattern.flatMap((part): Pattern => (typeof part === 'string' ? [...part.toLowerCase()] : [part]));
  return (text) => globMatches(parts, [...text]);
}

/**
 * Matches without backtracking into more than the last `*`, so that the work is at most the product of both lengths: a
 * regular expression with many wildcards could take exponentially long.
 */
function globMatches(parts: Pattern, characters: readonly string[]): boolean {
  let part = 0;
  let star = -1;
  let starAt = 0;
  for (let at = 0; at < characters.length; ) {
    const expected = parts[part];
    if (isWildcard(expected, '*')) {
      star = part++;
      starAt = at;
    } else if (expected === characters[at] || isWildcard(expected, '?')) {
      part += 1;
      at += 1;
    } else if (star >= 0) {
      part = star + 1;
      starAt += 1;
      at = starAt;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => isWildcard(rest, '*'));
}

function isWildcard(part: string | Wildcard | undefined, kind: '*' | '?'): boolean {
  return typeof part === 'object' && part.wildcard === kind;
}
