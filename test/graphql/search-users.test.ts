import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashServiceKey } from '../../src/auth/service-keys.js';
import { databaseQuery } from '../../src/emulator/api/database-query.js';
import { parseQueryString } from '../../src/emulator/api/query-string.js';
import { userMatcher } from '../../src/emulator/api/user-query.js';
import { queryStringOf, type SearchEngine } from '../../src/fusionauth/search-engine.js';
import { startTestService, type TestService } from '../support/service.js';

interface Found {
  readonly searchUsers: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly email: string | null; readonly displayName: string | null }[];
    readonly edges: readonly { readonly cursor: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
  };
}

const document = `query ($text: String!, $first: Int! = 10, $after: String) {
  searchUsers(text: $text, first: $first, after: $after) {
    totalCount
    nodes { email displayName }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;

describe.each(['elasticsearch', 'database'] as const)('searchUsers over %s', (searchEngine) => {
  let service: TestService;
  let archerId: string;

  beforeAll(async () => {
    service = await startTestService({ searchEngine });
    const add = (email: string | undefined, fullName: string, username?: string) =>
      service.emulator.store.addUser({
        ...(email === undefined ? {} : { email }),
        fullName,
        ...(username === undefined ? {} : { username }),
      }).id;
    archerId = add('ann@example.com', 'Ann Archer');
    add('ann@example.com.au', 'Ann Abroad');
    add('joann@example.com', 'Jo Ann (Sales) Smith');
    add('bob+test@example.com', 'Bob "Bobby" O\'Neil');
    add('bob-test@example.com', 'Bob AND Carol: <both>');
    add(undefined, 'Émile Zola', 'emile*zola');
    for (let index = 0; index < 25; index++) add(`zz${String(index).padStart(2, '0')}@many.example`, `Many ${index}`);
    // One search that finds somebody shows which engine it is.
    await search('archer');
  });

  afterAll(() => service[Symbol.asyncDispose]());

  const search = async (text: string, more: object = {}) =>
    (await service.data<Found>(document, { text, ...more })).searchUsers;
  const emails = async (text: string) => (await search(text)).nodes.map(({ email }) => email);

  it.each([
    ['ann@example.com', ['ann@example.com', 'ann@example.com.au']],
    ['ANN@EXAMPLE.COM', ['ann@example.com', 'ann@example.com.au']],
    ['  ann@example.com ', ['ann@example.com', 'ann@example.com.au']],
    ['ann@example', ['ann@example.com', 'ann@example.com.au', 'joann@example.com']],
    ['archer', ['ann@example.com']],
    ['Ann Archer', ['ann@example.com']],
    ['ann (sales)', ['joann@example.com']],
    ['bob+test@example.com', ['bob+test@example.com']],
    ['"Bobby"', ['bob+test@example.com']],
    ["o'neil", ['bob+test@example.com']],
    ['AND Carol', ['bob-test@example.com']],
    ['<both>', ['bob-test@example.com']],
    ['@many.example nobody', []],
    ['emile*zola', [null]],
    ['email:ann@example.com', []],
    ['*)) OR (email:*', []],
    ['ann - nobody', []],
    ['nobody', []],
  ])('finds by %s', async (text, expected) => {
    expect(await emails(text)).toEqual(expected);
  });

  it('finds a user by the whole id, in one call', async () => {
    service.emulator.calls.clear();
    const found = await search(archerId.toUpperCase());
    expect(found).toMatchObject({ totalCount: 1, nodes: [{ email: 'ann@example.com' }] });
    expect(service.emulator.calls.count()).toBe(1);
  });

  it('pages through all that match without repeating one, at one call a page', async () => {
    service.emulator.calls.clear();
    const seen: (string | null)[] = [];
    let after: string | null = null;
    for (let page = 1; ; page++) {
      const { nodes, pageInfo, totalCount }: Found['searchUsers'] = await search('many', { first: 10, after });
      seen.push(...nodes.map(({ email }) => email));
      expect(totalCount).toBe(25);
      expect(pageInfo.hasPreviousPage).toBe(page > 1);
      expect(service.emulator.calls.count()).toBe(page);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `zz${String(index).padStart(2, '0')}@many.example`));
  });

  it('finds nobody of another tenant', async () => {
    const { store } = service.emulator;
    const other = store.addTenant({ name: 'Other' });
    const headers = { 'x-fusionauth-tenantid': other.id };
    const { body } = await service.query<Found>(document, { text: 'archer' }, { headers });
    expect(body.data?.searchUsers).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it.each([
    ['', {}, 'text must have at least 2 letters or digits'],
    ['a', {}, 'text must have at least 2 letters or digits'],
    ['*%*', {}, 'text must have at least 2 letters or digits'],
    ['x'.repeat(257), {}, 'at most 256 characters'],
    ['a-'.repeat(17), {}, 'text must have at most 16 words.'],
    ['ann', { first: 0 }, 'first must be from 1 to 100.'],
    ['ann', { first: 101 }, 'first must be from 1 to 100.'],
    ['ann', { after: 'nonsense' }, 'after is not a cursor of a search for users'],
    ['ann', { after: Buffer.from('row 10000').toString('base64url') }, 'one of the last of 10000'],
  ])('refuses %j with %j, and says what would be right', async (text, more, message) => {
    service.emulator.calls.clear();
    const { body } = await service.query(document, { text, ...more });
    expect(body.errors).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(service.emulator.calls.count()).toBe(0);
  });
});

describe('searchUsers', () => {
  it('is for callers who may see the sessions of anyone in all applications', async () => {
    const shopId = 'a0000000-0000-4000-8000-0000000000aa';
    const bound = 'a-key-that-is-bound-to-the-shop';
    const sha256 = hashServiceKey(bound).toString('hex');
    const entry = { name: 'shop', sha256, permissions: ['session:read'], applicationIds: [shopId] };
    await using service = await startTestService({ shopId, env: { SERVICE_KEYS: JSON.stringify([entry]) } });
    const { body } = await service.query(document, { text: 'alice' }, { key: bound });
    expect(body.errors).toMatchObject([
      { message: expect.stringContaining('bound to applications'), extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('finds by several words and by punctuation before anybody has been found', async () => {
    for (const searchEngine of ['elasticsearch', 'database'] as const) {
      await using service = await startTestService({ searchEngine });
      service.user({ email: 'ann-marie@example.com', username: 'ann - marie' });
      for (const text of ['ann-marie@example.com', 'ann - marie']) {
        await using fresh = await startTestService({ beside: service });
        const { searchUsers } = await fresh.data<Found>(document, { text });
        expect(searchUsers.totalCount).toBe(1);
      }
    }
  });
});

const engines: readonly SearchEngine['kind'][] = ['unknown', 'database', 'elasticsearch'];

/** Whatever FusionAuth's engine, by its own language as the emulator has it. */
function finds(kind: SearchEngine['kind'], engine: 'database' | 'elasticsearch', text: string, user: object): boolean {
  const queryString = queryStringOf(text, { kind });
  const query = engine === 'database' ? databaseQuery(queryString) : parseQueryString(queryString);
  return userMatcher(query)(user);
}

describe('the query string', () => {
  const awkward = fc.string({
    unit: fc.constantFrom(...'ab01+-=&|><!(){}[]^"~*?:\\/%_.,;\'ANDORT'.split('')),
    minLength: 1,
    maxLength: 12,
  });

  it('finds a user by the whole name, whatever characters it has', () => {
    fc.assert(
      fc.property(awkward, fc.constantFrom(...engines), (name, kind) => {
        fc.pre(/[a-z0-9]/i.test(name));
        const user = { username: name };
        if (kind !== 'elasticsearch') expect(finds(kind, 'database', name, user)).toBe(true);
        if (kind !== 'database') expect(finds(kind, 'elasticsearch', name, user)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('holds no backslash for the database, which would take away the meaning of the wildcard behind it', () => {
    expect(queryStringOf('home\\ann\\', { kind: 'database' })).toBe('*home*ann*');
  });

  it('holds no character for the database that it could not keep', () => {
    expect(queryStringOf('ann\u0000marie\ud800', { kind: 'database' })).toBe('*ann*marie*');
  });

  it('finds nobody who lacks a word of the text', () => {
    const wordsOf = (text: string) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    fc.assert(
      fc.property(awkward, awkward, fc.constantFrom(...engines), (text, name, kind) => {
        fc.pre(wordsOf(text).some((word) => !name.toLowerCase().includes(word)));
        if (kind !== 'elasticsearch') expect(finds(kind, 'database', text, { username: name })).toBe(false);
        if (kind !== 'database') expect(finds(kind, 'elasticsearch', text, { username: name })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
