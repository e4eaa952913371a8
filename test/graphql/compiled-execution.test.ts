import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { FaultRule } from '../../src/emulator/faults.js';
import { operations } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeyFor } from '../support/service-keys.js';
import type { TestUser } from '../support/users.js';
import { comparedRequests } from './support/compared-requests.js';
import { lists, unknownId } from './support/lists-document.js';
import { randomQuery } from './support/random-query.js';
import { randomRequest } from './support/random-request.js';
import { answerOf, type Comparison, codeOf, compareAnswers, expectSame, type Request } from './support/same-answers.js';
import { settleLiveness } from './support/settle-liveness.js';

const env = {
  FUSIONAUTH_MAX_ATTEMPTS: '1',
  MAX_QUERY_ALIASES: '100',
  RATE_LIMIT_POINTS: '10000000',
  // What is left of the points is compared, too.
  RATE_LIMIT_INTERVAL_SECONDS: '86400',
};

let emulator: Emulator;
let compiling: TestService;
let plain: TestService;
let alice: TestUser;
let bob: TestUser;
/** Once set, what is known of sessions grows no older. */
let stoppedAtMs: number | null = null;
const elapsedMs = () => stoppedAtMs ?? performance.now();

beforeAll(async () => {
  emulator = await startEmulator();
  // Answers say since when a service remembers.
  emulator.clock.set(Date.UTC(2026, 10, 25, 12));
  compiling = await startTestService({ elapsedMs, env: { ...env, COMPILE_QUERIES: 'true' }, beside: { emulator } });
  plain = await startTestService({ elapsedMs, env: { ...env, COMPILE_QUERIES: 'false' }, beside: { emulator } });
  alice = compiling.user({ sessions: 3, ssoSessions: 1 });
  bob = compiling.user({ sessions: 1 });
  const ids = [alice.id, bob.id, unknownId, ...alice.sessions.map(({ id }) => id)];
  await settleLiveness([compiling, plain], ids, 60);
  // Both look anew at the same instant, so that what they know has the same age.
  stoppedAtMs = performance.now() + 10_000;
  await settleLiveness([compiling, plain], ids, 1);
});

beforeEach(() => compiling.emulator.faults.clear());

afterAll(async () => {
  await plain[Symbol.asyncDispose]();
  await compiling[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

/** What FusionAuth does not answer, so that errors come at any place, which may be null or not; most often nothing. */
const mayFail = fc.constantFrom(null, null, '/api/jwt/refresh', '/api/user/search', '/api/application', '/api/*');

/** Documents in the comparison of generated ones, each with five sets of variables. */
const documentsToTry = Number(process.env['COMPARED_DOCUMENTS'] ?? 60);

const expectEqualAnswers = (request: Request, options?: Comparison) =>
  compareAnswers({ compiling, plain }, request, options);

describe('a compiled query answers exactly what graphql-js answers', () => {
  it.each(operations.map(({ name, document }) => [name, document] as const))('to %s', async (_name, document) => {
    const ids = { userId: unknownId, sessionId: unknownId };
    await expectEqualAnswers({ query: document(ids, 3) });
  });

  it('for lists, pages and users', async () => {
    const body = await expectEqualAnswers({
      query: lists,
      variables: { id: alice.id, ids: [bob.id, unknownId, alice.id] },
    });
    expect(body.errors).toBeUndefined();
  });

  it.each(comparedRequests)('for %s', async (_what, request) => {
    await expectEqualAnswers({ variables: { i: alice.id }, ...request });
  });

  it.each([
    [true, false],
    [false, true],
  ])('with @skip %s and @include %s, in a fragment used twice', async (skip, include) => {
    const query = `query ($i: ID!, $skip: Boolean!, $include: Boolean!) {
      a: user(id: $i) { ...F @skip(if: $skip) }
      b: user(id: $i) { id ...F @include(if: $include) sessions { id @include(if: $skip) kind } }
    }
    fragment F on User { email @include(if: $include) active }`;
    await expectEqualAnswers({ query, variables: { i: alice.id, skip, include } });
  });

  const filtered = `query Filtered($id: ID!, $filter: SessionFilter, $orderBy: SessionOrder, $first: Int = 1, $after: String) {
    sessions(userId: $id, filter: $filter, orderBy: $orderBy) { id createdAt kind }
    sessionsConnection(userId: $id, filter: $filter, orderBy: $orderBy, first: $first, after: $after) { nodes { id } }
  }`;
  it.each<[string, Record<string, unknown>]>([
    ['none', {}],
    ['null', { filter: null, orderBy: null, after: null }],
    [
      'all of them',
      { filter: { kinds: ['SSO'], states: ['ACTIVE', 'EXPIRED'] }, orderBy: { field: 'CREATED_AT', direction: 'ASC' } },
    ],
    ['instants', { filter: { createdAt: { after: '2026-11-25T11:58:00Z', before: '2026-11-25T13:00:00+01:00' } } }],
    ['one value for a list', { filter: { kinds: 'SSO' } }],
    ['an empty list', { filter: { applicationIds: [] } }],
    ['numbers for ids', { id: 5 }],
    ['no id', { id: undefined }],
    ['null for an id', { id: null }],
    ['null for what may not be null', { first: null }],
    ['an object for an id', { id: {} }],
    ['a list for an id', { id: [unknownId] }],
    ['a list for an object', { filter: [] }],
    ['a text for an object', { filter: 'x' }],
    ['an unknown member', { filter: { nothing: 1 } }],
    ['an unknown kind', { filter: { kinds: ['sso'] } }],
    ['null within a list', { filter: { kinds: [null] } }],
    ['no instant', { filter: { createdAt: { after: 'yesterday' } } }],
    ['an instant that is a number', { filter: { createdAt: { after: 5 } } }],
    ['a text for a number', { first: '5' }],
    ['a fraction', { first: 1.5 }],
    ['too large a number', { first: 3_000_000_000 }],
    ['too many', { first: 101 }],
    ['a wrong cursor', { after: 'x' }],
    ['an id that is none', { id: '../x' }],
    ['a variable that is not declared', { nothing: true }],
    ['__proto__', JSON.parse('{ "filter": { "__proto__": { "kinds": ["SSO"] } } }')],
  ])('to variables: %s', async (_what, variables) => {
    await expectEqualAnswers({ query: filtered, variables: { id: alice.id, ...variables } });
  });

  it('to the operation named of several, each compiled for itself', async () => {
    const query = 'query A($i: ID!) { user(id: $i) { ...F } } query B { viewer { kind } } fragment F on User { id }';
    for (const operationName of ['A', 'B', 'C']) {
      await expectEqualAnswers({ query, operationName, variables: { i: alice.id } });
    }
  });

  const withoutIdsOfAlice = (body: unknown) =>
    JSON.stringify(body).includes(alice.id) ? { refreshTokens: [{}] } : body;
  const perUser =
    'query PerUser($ids: [ID!]!) {\n  users(ids: $ids) {\n    id\n    sessions { id user { email } }\n  }\n}';
  it.each<[string, FaultRule]>([
    ['lists fail', { path: '/api/jwt/refresh', fault: { kind: 'status', status: 503 } }],
    ['one list fails', { path: '/api/jwt/refresh', fault: { kind: 'mapBody', map: withoutIdsOfAlice } }],
    ['users fail', { path: '/api/user/search', fault: { kind: 'status', status: 429, retryAfterSeconds: 7 } }],
    ['the key is refused', { path: '/*', fault: { kind: 'status', status: 401 } }],
    ['answers are malformed', { path: '/api/jwt/refresh', fault: { kind: 'malformedJson' } }],
    [
      'records lack an id',
      { path: '/api/jwt/refresh', fault: { kind: 'mapBody', map: () => ({ refreshTokens: [{}] }) } },
    ],
  ])('when %s', async (_what, fault) => {
    const variables = { id: alice.id, ids: [alice.id, bob.id, unknownId] };
    await expectEqualAnswers({ query: perUser, variables }, { faults: [fault] });
    const body = await expectEqualAnswers({ query: lists, variables }, { faults: [fault] });
    expect(body.errors?.length).toBeGreaterThan(0);
  });

  it('when a nested user is not told, which may be null', async () => {
    const query = 'query ($id: ID!) { sessions(userId: $id) { id user { email } } }';
    const faults = [{ path: '/api/user/search', fault: { kind: 'status', status: 503 } }] as const;
    const body = await expectEqualAnswers({ query, variables: { id: alice.id } }, { faults });
    expect(body).toMatchObject({ data: { sessions: [{ user: null }, {}, {}, {}] }, errors: [{}, {}, {}, {}] });
  });

  it.each([
    [['policy:read'], 'may not read sessions'],
    [['session:revoke'], 'may end sessions only'],
  ])('to a caller with %j, who %s', async (granted) => {
    const body = await expectEqualAnswers(
      { query: lists, variables: { id: alice.id, ids: [bob.id] } },
      { key: serviceKeyFor(granted) },
    );
    expect(body.errors?.length).toBeGreaterThan(0);
  });

  it('whatever is selected, with whatever arguments', { timeout: 120_000 + documentsToTry * 200 }, async () => {
    const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
    const ids = [alice.id, bob.id, unknownId, ...alice.sessions.map(({ id }) => id)];
    const key = serviceKeyFor(permissions);
    await fc.assert(
      fc.asyncProperty(
        randomRequest(schema, ids),
        mayFail,
        async ({ query, variables: [first = {}, ...others] }, path) => {
          compiling.emulator.faults.clear();
          // So that it is compiled from here on.
          await answerOf(compiling, { query, variables: first }, key);
          await answerOf(plain, { query, variables: first }, key);
          if (path !== null) compiling.emulator.faults.add({ path, fault: { kind: 'status', status: 503 } });
          for (const variables of [first, ...others]) {
            const request = { query, variables };
            const answer = await answerOf(compiling, request, key);
            expectSame(answer, await answerOf(plain, request, key), JSON.stringify(request));
            const codes = answer.body.errors?.map((error) => codeOf(error)) ?? [];
            expect(codes, JSON.stringify(request)).not.toContain('INTERNAL_SERVER_ERROR');
          }
        },
      ),
      { numRuns: documentsToTry },
    );
  });

  it('whatever is selected', { timeout: 60_000 }, async () => {
    const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
    const variables = { user: alice.id, users: [alice.id, unknownId, bob.id], session: alice.sessions[0]?.id };
    await fc.assert(
      fc.asyncProperty(randomQuery(schema), fc.integer({ min: 0, max: 4 }), async (query, fault) => {
        const path = ['/api/jwt/refresh', '/api/user/search', '/api/application'][fault];
        const faults = path === undefined ? [] : [{ path, fault: { kind: 'status', status: 503 } } as const];
        await expectEqualAnswers({ query, variables }, { faults });
      }),
      { numRuns: 60 },
    );
  });
});
