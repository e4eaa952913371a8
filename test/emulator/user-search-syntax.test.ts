import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseQueryString } from '../../src/emulator/api/query-string.js';
import { UserQueryError, userMatcher } from '../../src/emulator/api/user-query.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';
import { type SearchedUsers, startSearchedUsers } from './searched-users.js';

let emulator: Emulator;
let found: SearchedUsers['found'];

beforeAll(async () => {
  ({ emulator, found } = await startSearchedUsers());
});

afterAll(() => emulator[Symbol.asyncDispose]());

it.each([
  ['{', 'no JSON'],
  ['[]', 'one member'],
  ['{"range":{"insertInstant":{"gte":1}}}', 'range'],
  ['{"match":{"nothing":"x"}}', 'nothing'],
  ['{"bool":{"most":[]}}', 'most'],
  ['{"match":{"email":{"query":"x","fuzziness":1}}}', 'fuzziness'],
  ['{"match":{"email":"x","username":"x"}}', 'one member'],
  ['{"terms":{"email":"x"}}', 'list'],
  ['{"nested":{"path":"users","query":{"match_all":{}}}}', 'registrations or memberships'],
  ['{"bool":{"minimum_should_match":2}}', '0 or 1'],
])('refuses the JSON query %s instead of finding nobody', async (query, named) => {
  const answer = await callApi(emulator, 'POST', '/api/user/search', { body: { search: { query } } });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ fieldErrors: { query: [{ message: expect.stringContaining(named) }] } });
});

it.each([
  [{ queryString: '*', query: '{"match_all":{}}' }],
  [{ queryString: ' ' }],
  [{ queryString: '*', nextResults: 'abc' }],
  [{ queryString: '*', sortFields: [{ name: 'registrations' }] }],
  [{ queryString: '*', sortFields: [{ name: 'email', missing: 'zzz' }] }],
])('refuses the search %j', async (search) => {
  expect((await callApi(emulator, 'POST', '/api/user/search', { body: { search } })).status).toBe(400);
});

it('sorts users without the field last, or first when asked, and by parameters', async () => {
  const queryString = '*';
  expect(await found({ queryString, sortFields: [{ name: 'username' }, { name: 'email' }] })).toEqual([
    'bob',
    'ann',
    'cid',
  ]);
  expect(
    await found({ queryString, sortFields: [{ name: 'username', missing: '_first' }, { name: 'email' }] }),
  ).toEqual(['ann', 'cid', 'bob']);
  const path = '/api/user/search?queryString=*&sortFields[0].name=email&sortFields[0].order=desc&numberOfResults=1';
  expect((await callApi(emulator, 'GET', path)).json()).toMatchObject({ users: [{ email: 'cid@other.example' }] });
});

const characters = fc.constantFrom(...'ab@.+-_"\\*?:()[]{}^~!/&|<> ANDORNT\u{1F600}ß');
const text = fc.string({ unit: characters, minLength: 1, maxLength: 12 });

/** The text as a term that finds exactly it: every character with a meaning is escaped. */
function escapeTerm(text: string): string {
  const escaped = text.replace(/[+\-!(){}[\]^"~*?:\\/<>&|\s]/g, '\\$&');
  return ['AND', 'OR', 'NOT'].includes(escaped) ? `\\${escaped}` : escaped;
}

it('finds exactly the user whose e-mail address is escaped', () => {
  fc.assert(
    fc.property(text, text, (email, other) => {
      const matches = userMatcher(parseQueryString(`email:${escapeTerm(email)}`));
      expect(matches({ email })).toBe(true);
      expect(matches({ email: other })).toBe(other.toLowerCase() === email.toLowerCase());
    }),
  );
});

it('refuses more terms than the search engine takes', () => {
  expect(() => parseQueryString('ann '.repeat(1_025))).toThrow('1024');
});

it('finds by an escaped term what contains it', () => {
  fc.assert(
    fc.property(text, text, (term, around) => {
      const matches = userMatcher(parseQueryString(escapeTerm(term)));
      expect(matches({ email: `${around}${term}${around}` })).toBe(true);
      expect(matches({ email: around })).toBe(around.toLowerCase().includes(term.toLowerCase()));
    }),
  );
});

it('understands any text or refuses it with a message', () => {
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 40 }), (query) => {
      try {
        userMatcher(parseQueryString(query))({ email: 'ann@example.com' });
      } catch (error) {
        expect(error).toBeInstanceOf(UserQueryError);
      }
    }),
  );
});

it('matches wildcards as a regular expression would', () => {
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(glob, fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 12 }), (pattern, email) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(email);
      expect(userMatcher(parseQueryString(`email:${pattern}`))({ email })).toBe(expected);
    }),
  );
});
