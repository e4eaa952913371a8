import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';
import { type SearchedUsers, startSearchedUsers } from './searched-users.js';

let emulator: Emulator;
let shopId: string;
let found: SearchedUsers['found'];

beforeAll(async () => {
  ({ emulator, shopId, found } = await startSearchedUsers());
});

afterAll(() => emulator[Symbol.asyncDispose]());

it.each([
  ['*', ['ann', 'bob', 'cid']],
  ['archer', ['ann', 'cid']],
  ['ARCHER ann', ['ann']],
  ['email:*@example.com', ['ann', 'bob']],
  ['email:ann@example.com AND active:true', ['ann']],
  ['username:bobby', ['bob']],
  ['fullName:"Ann Archer"', ['ann']],
  ['fullName:"Bob (*"', []],
  ['fullName:Bob\\ \\(*', ['bob']],
  ['fullName:archer', ['ann', 'cid']],
  ['fullName:arch', []],
  ['fullName:arc?e*', ['ann', 'cid']],
  ['fullName:archer OR username:bobby', ['ann', 'bob', 'cid']],
  ['fullName:archer AND NOT email:ann*', ['cid']],
  ['archer -active:true', ['cid']],
  ['!archer', ['bob']],
  ['(ann OR bob) AND email:*@example.com', ['ann', 'bob']],
  ['ann || bob && nobody', ['ann']],
  ['email:(ann@example.com OR cid@other.example)', ['ann', 'cid']],
  ['"Bob (B"', ['bob']],
  ['email:ann@example.co?', ['ann']],
  ['email:ann@example.com?', []],
  ['_exists_:username', ['bob']],
  ['_exists_:registrations.applicationId', ['ann']],
  ['data.plan:gold', ['cid']],
  ['registrations.roles:admin', ['ann']],
  ['nobody', []],
])('finds by the query string %s', async (queryString, expected) => {
  expect(await found({ queryString })).toEqual(expected);
});

it('finds the users registered for an application', async () => {
  expect(await found({ queryString: `registrations.applicationId:${shopId}` })).toEqual(['ann']);
});

it('sorts found users by what is asked, and answers from startRow on', async () => {
  const queryString = '*';
  expect(await found({ queryString, sortFields: [{ name: 'email', order: 'desc' }] })).toEqual(['cid', 'bob', 'ann']);
  expect(await found({ queryString, startRow: 1, numberOfResults: 1 })).toEqual(['bob']);
  const answer = await callApi(emulator, 'GET', '/api/user/search?queryString=*&numberOfResults=1&startRow=2');
  expect(answer.json()).toMatchObject({ total: 3, users: [{ email: 'cid@other.example' }] });
});

it('finds by ids where a query string is given, too', async () => {
  const [first] = [...emulator.store.users.values()];
  expect(await found({ ids: [first?.id], queryString: '*' })).toEqual(['ann']);
});

it.each([
  ['(ann', 'parenthesis'],
  ['ann)', '[)] at position 4'],
  ['"ann', 'phrase'],
  ['ann AND', 'AND'],
  ['AND ann', 'AND'],
  ['ann OR', 'term is missing'],
  ['()', 'term is missing'],
  ['emial:ann@example.com', 'emial'],
  ['insertInstant:[1 TO 2]', 'insertInstant'],
  ['username:[a TO b]', 'ranges'],
  ['username:>a', 'ranges'],
  ['ann~', 'fuzzy'],
  ['ann^2', 'boosts'],
  ['/an*/', 'regular expressions'],
  ['email:a:b', '[:]'],
  ['+ann', 'required anyway'],
  ['ann\\', 'must follow'],
  ['_exists_:nothing', 'nothing'],
  [`${'('.repeat(60)}ann${')'.repeat(60)}`, 'deeper'],
  [`${'NOT '.repeat(60)}ann`, 'deeper'],
])('refuses the query string %s instead of finding nobody', async (queryString, named) => {
  const answer = await callApi(emulator, 'POST', '/api/user/search', { body: { search: { queryString } } });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({
    fieldErrors: { queryString: [{ code: '[invalid]queryString', message: expect.stringContaining(named) }] },
  });
});

it.each<[object, string[]]>([
  [{ match_all: {} }, ['ann', 'bob', 'cid']],
  [{ match_none: {} }, []],
  [{ match: { fullName: 'archer baker' } }, ['ann', 'cid']],
  [{ match: { fullName: { query: 'cid archer', operator: 'and' } } }, ['cid']],
  [{ term: { active: false } }, ['cid']],
  [{ term: { email: { value: 'ann@example.com' } } }, ['ann']],
  [{ terms: { username: ['bobby', 'x'] } }, ['bob']],
  [{ wildcard: { email: { value: '*@other.*' } } }, ['cid']],
  [{ prefix: { email: 'b' } }, ['bob']],
  [{ exists: { field: 'username' } }, ['bob']],
  [{ query_string: { query: 'archer AND active:true' } }, ['ann']],
  [{ bool: { must: { match: { fullName: 'archer' } }, must_not: [{ prefix: { email: 'ann' } }] } }, ['cid']],
  [{ bool: { should: [{ prefix: { email: 'a' } }, { prefix: { email: 'b' } }] } }, ['ann', 'bob']],
  [{ bool: { filter: [{ term: { active: true } }], should: [{ prefix: { email: 'a' } }] } }, ['ann', 'bob']],
  [{ bool: { must: [{ match_all: {} }], should: [{ prefix: { email: 'a' } }], minimum_should_match: 1 } }, ['ann']],
])('finds by the JSON query %j', async (query, expected) => {
  expect(await found({ query: JSON.stringify(query) })).toEqual(expected);
});

it('finds by what one and the same registration holds, as the documented nested query does', async () => {
  const nested = (roles: string) => ({
    bool: {
      must: [
        [
          {
            nested: {
              path: 'registrations',
              query: {
                bool: {
                  must: [
                    { match: { 'registrations.applicationId': shopId } },
                    { match: { 'registrations.roles': roles } },
                  ],
                },
              },
            },
          },
        ],
      ],
    },
  });
  expect(await found({ query: JSON.stringify(nested('admin')) })).toEqual(['ann']);
  expect(await found({ query: JSON.stringify(nested('viewer')) })).toEqual([]);
});

describe('the database engine', () => {
  let database: Emulator;

  beforeAll(async () => {
    database = await startEmulator({ searchEngine: 'database' });
    database.store.addUser({ email: 'ann@example.com', fullName: 'Ann Archer' });
    database.store.addUser({ email: 'bob@example.com', fullName: 'Bob (Baker)', username: 'bobby' });
  });

  afterAll(() => database[Symbol.asyncDispose]());

  it.each([
    ['*', ['ann', 'bob']],
    ['archer', []],
    ['*ARCHER', ['ann']],
    ['ann archer', ['ann']],
    ['ann@example.com', ['ann']],
    ['bob*)', ['bob']],
    ['email:ann@example.com', []],
    ['*ann* AND *archer*', []],
    ['bobb?', []],
  ])('compares whole values with %s', async (queryString, expected) => {
    const answer = await callApi(database, 'POST', '/api/user/search', { body: { search: { queryString } } });
    const body = answer.json() as { users: { email: string }[]; nextResults?: string };
    expect(body.users.map(({ email }) => email.slice(0, 3))).toEqual(expected);
    expect(body.nextResults).toBeUndefined();
  });

  it('refuses a JSON query', async () => {
    const search = { query: '{"match_all":{}}' };
    expect((await callApi(database, 'POST', '/api/user/search', { body: { search } })).status).toBe(400);
  });
});

it('gives a token for the next results, as Elasticsearch does, where somebody is found', async () => {
  const tokenOf = async (queryString: string) => {
    const answer = await callApi(emulator, 'POST', '/api/user/search', { body: { search: { queryString } } });
    return (answer.json() as { nextResults?: string }).nextResults;
  };
  expect(await tokenOf('*')).toEqual(expect.any(String));
  expect(await tokenOf('nobody')).toBeUndefined();
});

it('looks among e-mail addresses for a text with an @ and no blank', async () => {
  emulator.store.addUser({ username: 'eve@example.com', email: 'other@example.com' });
  expect(await found({ queryString: 'eve@example.com' })).toEqual([]);
  expect(await found({ queryString: 'username:eve@example.com' })).toEqual(['oth']);
});
