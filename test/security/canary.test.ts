import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import type { Fault } from '../../src/emulator/faults.js';
import { operations } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

/** Secrets planted where the service meets them, and everything the service said. */
let service: TestService;
let serviceKey: string;
let accessToken: string;
const refreshTokens: string[] = [];
/** The refresh tokens, as they are and encoded, by how they begin: every text is searched for each of thousands. */
const tokensByStart = new Map<string, string[]>();
const startLength = 8;
const answers: string[] = [];
/** How many of them, and of the log lines, have been searched. */
let searched = { answers: 0, logs: 0 };

beforeAll(async () => {
  service = await startTestService({
    env: {
      LOG_LEVEL: 'trace',
      FUSIONAUTH_MAX_ATTEMPTS: '1',
      FUSIONAUTH_REQUEST_TIMEOUT_MS: '100',
      FUSIONAUTH_CALL_BUDGET_MS: '200',
    },
  });
  serviceKey = service.key(permissions);
  accessToken = (await service.user().login()).token;
});

afterAll(() => service[Symbol.asyncDispose]());

/** The secrets that occur in a text, as they are or encoded for a URL. */
function secretsIn(text: string): readonly string[] {
  const secrets = {
    'API key': service.emulator.apiKey,
    'service key': serviceKey,
    'hash of the service key': createHash('sha256').update(serviceKey).digest('hex'),
    'access token': accessToken,
    'signature of the access token': accessToken.split('.')[2] ?? '',
  };
  const found = Object.entries(secrets)
    .filter(([, secret]) => text.includes(secret) || text.includes(encodeURIComponent(secret)))
    .map(([name]) => name);
  return [...found, ...refreshTokensIn(text)];
}

/** One can stand only where so many characters do that it may hold. */
function refreshTokensIn(text: string): readonly string[] {
  const found = new Set<string>();
  for (const { 0: run, index } of text.matchAll(/[\w+/%]{32,}/g)) {
    for (let at = index; at <= index + run.length - startLength; at++) {
      for (const token of tokensByStart.get(text.slice(at, at + startLength)) ?? []) {
        if (text.startsWith(token, at)) found.add(decodeURIComponent(token));
      }
    }
  }
  return [...found].map((token) => `refresh token ${refreshTokens.indexOf(token)}`);
}

/** Whatever has been answered or logged since the last search and holds a secret. */
function leaks(): readonly unknown[] {
  const lines = service.logs.slice(searched.logs);
  const found = [
    ...answers.slice(searched.answers).filter((answer) => secretsIn(answer).length > 0),
    ...lines.filter((line) => secretsIn(JSON.stringify(line)).length > 0),
  ];
  searched = { answers: answers.length, logs: service.logs.length };
  return found;
}

function newUser(): TestUser {
  const alice = service.user({ sessions: 3, ssoSessions: 1 });
  for (const { token } of [...alice.sessions, ...alice.ssoSessions]) {
    expect(token).toMatch(/^[\w+/]{32,}$/);
    refreshTokens.push(token);
    for (const form of new Set([token, encodeURIComponent(token)])) {
      const start = form.slice(0, startLength);
      tokensByStart.set(start, [...(tokensByStart.get(start) ?? []), form]);
    }
  }
  return alice;
}

async function ask(document: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const answer = await service.query(document, {}, { headers });
  answers.push(JSON.stringify([answer.body, ...answer.headers]));
}

function replaceMembers(value: unknown, replace: (record: Record<string, unknown>) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceMembers(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  if ('insertInstant' in record) return replace(record);
  return Object.fromEntries(Object.entries(record).map(([name, member]) => [name, replaceMembers(member, replace)]));
}

/** Answers in which a secret stands where something else is expected. */
const misplaced = (member: string): Fault => ({
  kind: 'mapBody',
  map: (body) => replaceMembers(body, (record) => ({ ...record, [member]: record['token'] ?? record[member] })),
});

const faults: readonly (readonly [string, Fault | null])[] = [
  ['nothing', null],
  ...([401, 429, 500, 503, 504] as const).map((status) => [`${status}`, { kind: 'status', status } as const] as const),
  ['no answer', { kind: 'hang' }],
  ['a reset before the work', { kind: 'reset', when: 'before' }],
  ['a reset after the work', { kind: 'reset', when: 'after' }],
  ['malformed JSON', { kind: 'malformedJson' }],
  ['an empty body', { kind: 'emptyBody' }],
  ['an empty object', { kind: 'mapBody', map: () => ({}) }],
  [
    'records that are text',
    { kind: 'mapBody', map: (body) => replaceMembers(body, (record) => record['token'] ?? 'x') },
  ],
  ['a record without an instant', misplaced('insertInstant')],
  ['a secret as an id', misplaced('id')],
  ['a secret as an application', misplaced('applicationId')],
  ['a secret as the meta data', misplaced('metaData')],
];

describe('FusionAuth’s answers', () => {
  it('hold the secrets, so that a leak would be found', async () => {
    const alice = newUser();
    const { url, apiKey } = service.emulator;
    const response = await fetch(`${url}/api/jwt/refresh?userId=${alice.id}`, { headers: { authorization: apiKey } });
    expect(secretsIn(await response.text())).toHaveLength(4);
    expect(secretsIn(`token=${encodeURIComponent(refreshTokens[0] ?? '')}`)).toHaveLength(1);
    expect(secretsIn(`Bearer ${serviceKey} ${apiKey} ${accessToken}`)).toHaveLength(4);
  });
});

describe.each(faults)('with %s from FusionAuth', (_what, fault) => {
  it('no operation answers or logs a secret', async () => {
    for (const { document } of operations) {
      const alice = newUser();
      const rule = fault === null ? undefined : service.emulator.faults.add({ path: '*', fault });
      // Settings are kept for a while: only an operation that reads them meets the fault there.
      service.emulator.clock.advance(60_000);
      await ask(document({ userId: alice.id, sessionId: alice.sessions[0]?.id ?? '' }, 3));
      rule?.remove();
    }
    expect(leaks()).toEqual([]);
  });
});

describe('credentials', () => {
  it.each<[string, () => Readonly<Record<string, string>>]>([
    ['an access token instead of a service key', () => ({ authorization: `Bearer ${accessToken}` })],
    ['a service key with another scheme', () => ({ authorization: `Basic ${serviceKey}` })],
    ['a service key as request id', () => ({ 'x-request-id': `${serviceKey}+` })],
    ['an access token in a cookie', () => ({ cookie: `access_token=${accessToken}` })],
  ])('(%s) are neither repeated nor logged', async (_what, headers) => {
    await ask('{ viewer { name } }', headers());
    expect(secretsIn(answers.at(-1) ?? '')).toEqual([]);
    expect(service.logs.filter((line) => secretsIn(JSON.stringify(line)).length > 0)).toEqual([]);
  });

  it.each([
    ['as an argument', () => `{ sessions(userId: "${refreshTokens[0]}") { id } }`],
    ['as a field', () => `{ ${accessToken.replaceAll(/[^A-Za-z0-9]/g, '_')} }`],
  ])('that a caller mixes into a query (%s) are not logged', async (_what, document) => {
    await ask(document());
    expect(service.logs.filter((line) => secretsIn(JSON.stringify(line)).length > 0)).toEqual([]);
  });

  it('in the URL are not logged', async () => {
    const response = await service.fetch(`/graphql?access_token=${accessToken}`);
    expect(response.status).toBe(401);
    await service.fetch(`/nothing?key=${serviceKey}`);
    expect(service.logs.filter((line) => secretsIn(JSON.stringify(line)).length > 0)).toEqual([]);
  });
});

it('there was something to search', () => {
  expect(answers.length).toBeGreaterThan(operations.length * faults.length);
  expect(service.logs.length).toBeGreaterThan(answers.length);
  expect(answers.some((answer) => answer.includes('"outcome":"ENFORCED"'))).toBe(true);
  expect(service.logs.some(({ msg }) => msg === 'operation failed')).toBe(true);
});
