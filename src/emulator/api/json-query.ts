import { isJsonObject } from '../http/json-merge.js';
import { parsePattern, parseQueryString } from './query-string.js';
import {
  anyCharacters,
  type NestedList,
  type Pattern,
  searchField,
  type UserQuery,
  UserQueryError,
} from './user-query.js';

const maximumDepth = 50;

type Json = Readonly<Record<string, unknown>>;
type Reader = (body: unknown, depth: number) => UserQuery;

/**
 * Reads a query of Elasticsearch's JSON language as far as the emulator has it: `bool`, `match`, `match_phrase`,
 * `match_all`, `match_none`, `term`, `terms`, `wildcard`, `prefix`, `exists`, `nested` and `query_string`.
 *
 * @throws UserQueryError for everything else.
 */
export function parseJsonQuery(text: string): UserQuery {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserQueryError('The [query] property must be a JSON object as a string, and is no JSON.');
  }
  return readQuery(json, 0);
}

function readQuery(json: unknown, depth: number): UserQuery {
  if (depth > maximumDepth) {
    throw new UserQueryError(`A query may be nested ${maximumDepth} deep.`);
  }
  const [name, body] = soleEntry(json, 'A query');
  const read = readers.get(name);
  if (read === undefined) {
    throw new UserQueryError(`The query [${name}] is not understood. Use one of ${[...readers.keys()].join(', ')}.`);
  }
  return read(body, depth + 1);
}

const readers = new Map<string, Reader>([
  ['match_all', (body) => constant(body, 'match_all', 'all')],
  ['match_none', (body) => constant(body, 'match_none', 'none')],
  ['bool', readBool],
  ['match', readMatch],
  ['match_phrase', (body) => readValue(body, 'match_phrase', 'query', (text) => [text])],
  ['term', (body) => readValue(body, 'term', 'value', (text) => [text])],
  ['prefix', (body) => readValue(body, 'prefix', 'value', (text) => [text, anyCharacters])],
  ['wildcard', (body) => readValue(body, 'wildcard', 'value', parsePattern)],
  ['terms', readTerms],
  [
    'exists',
    (body) => ({ kind: 'exists', field: searchField(text(members(body, 'exists', ['field'])['field'], 'exists')) }),
  ],
  ['query_string', (body) => parseQueryString(text(members(body, 'query_string', ['query'])['query'], 'query_string'))],
  ['nested', readNested],
]);

function constant(body: unknown, name: string, kind: 'all' | 'none'): UserQuery {
  members(body, name, []);
  return { kind };
}

function readBool(body: unknown, depth: number): UserQuery {
  const names = ['must', 'filter', 'should', 'must_not', 'minimum_should_match'];
  const bool = members(body, 'bool', names);
  const read = (name: string) => clauses(bool[name]).map((clause) => readQuery(clause, depth));
  const [must, filter, should] = [read('must'), read('filter'), read('should')];
  const mustNot = read('must_not').map((of): UserQuery => ({ kind: 'not', of }));
  const optional = must.length + filter.length > 0 ? 0 : 1;
  const atLeast = bool['minimum_should_match'] ?? (should.length === 0 ? 0 : optional);
  if (atLeast !== 0 && atLeast !== 1) {
    throw new UserQueryError('[minimum_should_match] must be 0 or 1.');
  }
  return {
    kind: 'and',
    of: [...must, ...filter, ...mustNot, ...(atLeast === 0 ? [] : [{ kind: 'or' as const, of: should }])],
  };
}

/** FusionAuth's documented examples hold a list within the list. */
function clauses(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat(2);
}

/** Of several words one is enough, unless the operator says otherwise. */
function readMatch(body: unknown): UserQuery {
  const [field, given] = soleEntry(body, '[match]');
  const { query, operator = 'or' } = isJsonObject(given)
    ? members(given, 'match', ['query', 'operator'])
    : { query: given };
  const kind = typeof operator === 'string' ? operator.toLowerCase() : operator;
  if (kind !== 'and' && kind !== 'or') {
    throw new UserQueryError('The [operator] of [match] must be and, or or.');
  }
  const words = text(query, 'match')
    .split(/\s+/)
    .filter((word) => word !== '');
  // The search engine finds nobody by no word, whatever the operator.
  return {
    kind: words.length === 0 ? 'or' : kind,
    of: words.map((word): UserQuery => ({ kind: 'matches', field: searchField(field), pattern: [word] })),
  };
}

function readValue(body: unknown, name: string, member: string, pattern: (text: string) => Pattern): UserQuery {
  const [field, given] = soleEntry(body, `[${name}]`);
  const value = isJsonObject(given) ? members(given, name, [member, 'case_insensitive'])[member] : given;
  return { kind: 'matches', field: searchField(field), pattern: pattern(text(value, name)) };
}

function readTerms(body: unknown): UserQuery {
  const [field, values] = soleEntry(body, '[terms]');
  if (!Array.isArray(values)) {
    throw new UserQueryError('[terms] takes a list of values for a field.');
  }
  const of = values.map(
    (value): UserQuery => ({ kind: 'matches', field: searchField(field), pattern: [text(value, 'terms')] }),
  );
  return { kind: 'or', of };
}

function readNested(body: unknown, depth: number): UserQuery {
  const { path, query } = members(body, 'nested', ['path', 'query']);
  if (!isNestedList(path)) {
    throw new UserQueryError('The [path] of [nested] must be registrations or memberships.');
  }
  return { kind: 'nested', list: path, of: readQuery(query, depth) };
}

function isNestedList(path: unknown): path is NestedList {
  return path === 'registrations' || path === 'memberships';
}

function soleEntry(json: unknown, name: string): [string, unknown] {
  const entries = isJsonObject(json) ? Object.entries(json) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw new UserQueryError(`${name} must be an object with one member.`);
  }
  return entry;
}

function members(json: unknown, name: string, known: readonly string[]): Json {
  if (!isJsonObject(json)) {
    throw new UserQueryError(`[${name}] must be an object.`);
  }
  const unknown = Object.keys(json).find((member) => !known.includes(member));
  if (unknown !== undefined) {
    throw new UserQueryError(`[${unknown}] in [${name}] is not understood. Known are: ${known.join(', ') || 'none'}.`);
  }
  return json;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') {
    throw new UserQueryError(`[${name}] needs a string, a number or a boolean as its value.`);
  }
  return `${value}`;
}
