import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.js';

type Environment = Parameters<typeof parseConfig>[0];

function problems(env: Environment): readonly string[] {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problems;
}

function configOf(env: Environment) {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

it('every limit has a default', () => {
  const { limits, http } = configOf({});
  const numbers =
    JSON.stringify([limits, { ...http, drainMs: 1 }]).match(/"(max\w+|\w+(Ms|Points|Seconds))":[^,}]+/g) ?? [];
  expect(numbers.length).toBeGreaterThan(15);
  for (const number of numbers) expect(Number(number.split(':')[1])).toBeGreaterThan(0);
  expect(http.corsOrigins).toBeNull();
});

describe('a limit that is not usable is named', () => {
  const positive = [
    'MAX_QUERY_CHARACTERS',
    'MAX_QUERY_TOKENS',
    'MAX_QUERY_DEPTH',
    'MAX_ROOT_FIELDS',
    'MAX_LIST_ITEMS',
    'MAX_OPERATION_COST',
    'MAX_CONCURRENT_OPERATIONS',
    'OPERATION_TIMEOUT_MS',
    'RATE_LIMIT_INTERVAL_SECONDS',
    'RATE_LIMIT_POINTS',
    'RATE_LIMIT_USER_POINTS',
    'MAX_CONNECTIONS',
    'KEEP_ALIVE_TIMEOUT_MS',
  ];

  it.each([
    ...positive.flatMap((name) => ['0', '-1', '1.5', '1k', 'none'].map((value) => [name, value])),
    ...['MAX_QUERY_ALIASES', 'MAX_QUERY_DIRECTIVES'].flatMap((name) => ['-1', 'none'].map((value) => [name, value])),
  ] as [string, string][])('%s=%s', (name, value) => {
    expect(problems({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: must be `))]);
  });
});

describe('limits that contradict each other', () => {
  it.each(['RATE_LIMIT_POINTS', 'RATE_LIMIT_USER_POINTS'])(
    'are refused: %s below MAX_OPERATION_COST, which nobody could ever spend',
    (name) => {
      expect(problems({ [name]: '99', MAX_OPERATION_COST: '100' })).toEqual([
        `${name}: must be at least MAX_OPERATION_COST, which is 100`,
      ]);
      expect(problems({ [name]: '100', MAX_OPERATION_COST: '100' })).toEqual([]);
    },
  );
});

describe('CORS_ORIGINS', () => {
  it('holds origins, separated by commas', () => {
    const { http } = configOf({ CORS_ORIGINS: 'https://admin.example.com, http://localhost:5173' });
    expect(http.corsOrigins).toEqual(['https://admin.example.com', 'http://localhost:5173']);
  });

  it.each([
    '*',
    'null',
    'admin.example.com',
    'https://admin.example.com/',
    'https://admin.example.com:443',
    'https://Admin.example.com',
    'https://*.example.com',
    'file://x',
    ' , ',
  ])('does not hold %s, which is no origin as browsers write it', (value) => {
    const found = problems({ CORS_ORIGINS: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^CORS_ORIGINS(\.0)?: must /);
  });

  it('says of an origin that browsers write otherwise how they write it', () => {
    expect(problems({ CORS_ORIGINS: 'https://Admin.example.com:443' })).toEqual([
      expect.stringMatching(/as browsers write them.* in lower case, without the default port, a slash at the end/),
    ]);
  });
});

describe('CORS_HEADERS', () => {
  it('holds names of headers in any case, separated by commas', () => {
    expect(configOf({ CORS_HEADERS: 'X-One, x-two' }).http.corsHeaders).toEqual(['x-one', 'x-two']);
    expect(configOf({}).http.corsHeaders).toEqual([]);
  });

  it.each(['*', 'x one', 'x:one', ' , '])('does not hold %s, which names no header', (value) => {
    expect(problems({ CORS_HEADERS: value })).toEqual([expect.stringMatching(/^CORS_HEADERS(\.0)?: must /)]);
  });
});
