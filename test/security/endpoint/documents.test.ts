import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnTime } from '../../support/own-time.js';
import { startTestService, type TestService } from '../../support/service.js';

let service: TestService;
let userId: string;

beforeAll(async () => {
  service = await startTestService();
  userId = service.user({ sessions: 1 }).id;
});

afterAll(() => service[Symbol.asyncDispose]());

const repeat = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, i) => part(i));
const sessions = (selection: string) => `sessions(userId: "${userId}") { ${selection} }`;

/** Sends it, expects HTTP 400, and that nothing was asked of FusionAuth. Answers the one error. */
async function refusalOf(document: string, from: TestService = service) {
  from.emulator.calls.clear();
  const { status, body } = await from.query(document);
  expect(status).toBe(400);
  expect(body.data).toBeUndefined();
  expect(body.errors?.length).toBeGreaterThan(0);
  expect(from.emulator.calls.count()).toBe(0);
  const [error] = body.errors ?? [];
  return { code: error?.extensions['code'], message: error?.message };
}

const invalid = (message: string) => ({ code: 'GRAPHQL_VALIDATION_FAILED', message });

describe('a document is refused before anything is called when', () => {
  it('it is longer than MAX_QUERY_CHARACTERS', async () => {
    expect(await refusalOf(`{ viewer { name } } #${'x'.repeat(19_980)}`)).toEqual({
      code: 'BAD_REQUEST',
      message: 'The query has 20001 characters; at most 20000 are accepted.',
    });
  });

  it('it has more than MAX_QUERY_TOKENS tokens', async () => {
    const { code, message } = await refusalOf(`{ viewer { ${'name '.repeat(2_001)} } }`);
    expect(code).toBe('GRAPHQL_PARSE_FAILED');
    expect(message).toMatch(/ 2000 tokens/);
  });

  it.each([
    ['lists', (levels: number) => `sessions(userId: ${'['.repeat(levels)}1${']'.repeat(levels)}) { id }`],
    ['lists without an end', (levels: number) => `sessions(userId: ${'['.repeat(levels)}`],
    [
      'objects',
      (levels: number) => `sessions(userId: "x", filter: ${'{a:'.repeat(levels)}1${'}'.repeat(levels)}) { id }`,
    ],
    [
      'fragments without a name',
      (levels: number) => `viewer { ${'... { '.repeat(levels)} name ${'}'.repeat(levels)} }`,
    ],
  ])('its %s are nested too deeply to be parsed', async (_, nested) => {
    for (const levels of [200, 600, 2_500]) {
      const { code, message } = await refusalOf(`{ ${nested(levels)} }`);
      expect(code).toBe('GRAPHQL_PARSE_FAILED');
      expect(message).toBe('The document is nested more than 200 levels deep; no operation needs that.');
    }
  });

  it.each(['[', '{', '('])('but however many times %s stands in its texts and comments', async (bracket) => {
    const text = `${bracket.repeat(300)}`;
    const { status } = await service.query(`{ viewer { name } a: session(id: "${text}") { id } } # ${text}`);
    expect(status).toBe(200);
  });

  it('it is deeper than MAX_QUERY_DEPTH', async () => {
    const nested = `${'user { sessions { '.repeat(5)} id ${'} } '.repeat(5)}`;
    expect(await refusalOf(`{ ${sessions(nested)} }`)).toEqual(invalid('Query depth limit of 10 exceeded, found 12.'));
  });

  it('fragments hide how deep it is', async () => {
    const fragments = `fragment A on Session { user { sessions { user { ...B } } } }
      fragment B on User { sessions { user { sessions { ... on Session { user { sessions { device { name } } } } } } } }`;
    expect(await refusalOf(`{ ${sessions('...A')} } ${fragments}`)).toEqual(
      invalid('Query depth limit of 10 exceeded, found 11.'),
    );
  });

  it('it has more than MAX_QUERY_ALIASES aliases', async () => {
    const aliases = repeat(31, (i) => `a${i}: id`).join(' ');
    expect(await refusalOf(`{ ${sessions(aliases)} }`)).toEqual(invalid('Aliases limit of 30 exceeded, found 31.'));
  });

  it('fragments multiply aliases', async () => {
    const bomb = repeat(
      10,
      (i) => `fragment F${i} on Session { ...F${i + 1} a${i}: user { sessions { ...F${i + 1} } } }`,
    );
    const { code, message } = await refusalOf(
      `{ ${sessions('...F0')} } ${bomb.join(' ')} fragment F10 on Session { z: id }`,
    );
    expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(message).toMatch(/limit of \d+ exceeded, found \d{2,}\./);
  });

  it('it has more than MAX_QUERY_DIRECTIVES directives', async () => {
    const directives = repeat(21, (i) => `a${i}: id @include(if: true)`).join(' ');
    expect(await refusalOf(`{ ${sessions(directives)} }`)).toEqual(
      invalid('Directives limit of 20 exceeded, found 21.'),
    );
  });

  it('one field carries the same directive a hundred times', async () => {
    const { code } = await refusalOf(`{ ${sessions(`id ${'@skip(if: false) '.repeat(100)}`)} }`);
    expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('it names directives that do not exist', async () => {
    const { code } = await refusalOf(`{ ${sessions(`id ${'@aa '.repeat(500)}`)} }`);
    expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('it has more than MAX_ROOT_FIELDS root fields', async () => {
    const fields = repeat(21, (i) => `a${i}: viewer { name }`).join(' ');
    expect(await refusalOf(`{ ${fields} }`)).toEqual(invalid('Root fields limit of 20 exceeded, found 21.'));
  });

  it('fragments hide how many root fields it has', async () => {
    const fragments = repeat(4, (i) => `fragment F${i} on Query { ...F${i + 1} ... { ...F${i + 1} } }`).join(' ');
    const { message } = await refusalOf(`{ ...F0 } ${fragments} fragment F4 on Query { viewer { name } __typename }`);
    expect(message).toBe('Root fields limit of 20 exceeded, found 32.');
  });

  it('a list in it has more than MAX_LIST_ITEMS values', async () => {
    const list = 'ACTIVE '.repeat(1_001);
    expect(await refusalOf(`{ sessions(userId: "${userId}", filter: { states: [${list}] }) { id } }`)).toEqual(
      invalid('List limit of 1000 exceeded, found 1001.'),
    );
  });

  it.each([
    ['itself', 'fragment A on Session { ...A }'],
    ['each other', 'fragment A on Session { ...B } fragment B on Session { ...A id }'],
    ['each other through fields', 'fragment A on Session { user { ...B } } fragment B on User { sessions { ...A } }'],
  ])('its fragments contain %s', async (_what, fragments) => {
    const { code, message } = await refusalOf(`{ ${sessions('...A')} } ${fragments}`);
    expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(message).toMatch(/^Cannot spread fragment "A" within itself/);
  });

  it('fragments fan out, and in bounded time', async () => {
    const fan = repeat(40, (i) => `fragment F${i} on Session { ${`...F${i + 1} `.repeat(10)} }`).join(' ');
    const ownMs = startOwnTime();
    const { code } = await refusalOf(`{ ${sessions('...F0')} } ${fan} fragment F40 on Session { a: id }`);
    expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(ownMs()).toBeLessThan(10_000);
  });

  it('it is brackets all the way down', async () => {
    const { code } = await refusalOf('{a'.repeat(5_000));
    expect(code).toBe('GRAPHQL_PARSE_FAILED');
  });

  it('it introspects in circles, where introspection is on', async () => {
    const circle = `${'ofType { fields { type { '.repeat(3)} name ${'} } } '.repeat(3)}`;
    const { code } = await refusalOf(`{ __schema { types { fields { type { ${circle} } } } } }`);
    expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

it('each limit of a document is up to the operator', async () => {
  await using own = await startTestService({
    env: {
      MAX_QUERY_CHARACTERS: '500',
      MAX_QUERY_TOKENS: '50',
      MAX_QUERY_DEPTH: '2',
      MAX_QUERY_ALIASES: '0',
      MAX_QUERY_DIRECTIVES: '0',
      MAX_ROOT_FIELDS: '1',
      MAX_LIST_ITEMS: '1',
    },
  });
  const messages: (string | undefined)[] = [];
  for (const document of [
    `{ viewer { name } } #${'x'.repeat(500)}`,
    `{ viewer { ${'name '.repeat(50)} } }`,
    '{ viewer { user { id } } }',
    '{ a: viewer { name } }',
    '{ viewer { name @include(if: true) } }',
    '{ viewer { name } __typename }',
    `{ users(ids: ["${userId}", "${userId}"]) { id } }`,
  ]) {
    messages.push((await refusalOf(document, own)).message);
  }
  expect(messages).toEqual([
    expect.stringContaining('at most 500'),
    expect.stringContaining('50 tokens'),
    'Query depth limit of 2 exceeded, found 3.',
    'Aliases limit of 0 exceeded, found 1.',
    'Directives limit of 0 exceeded, found 1.',
    'Root fields limit of 1 exceeded, found 2.',
    'List limit of 1 exceeded, found 2.',
  ]);
  expect((await own.query('{ viewer { name } }')).status).toBe(200);
});

it('the introspection query of tools passes every limit', async () => {
  const { status, body } = await service.query(
    getIntrospectionQuery({ inputValueDeprecation: true, descriptions: true }),
  );
  expect(body.errors).toBeUndefined();
  expect(status).toBe(200);
});
