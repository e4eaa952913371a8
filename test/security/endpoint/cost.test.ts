import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { operations } from '../../support/operations.js';
import { startOwnTime } from '../../support/own-time.js';
import { type GraphQLAnswer, startTestService, type TestService } from '../../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { MAX_OPERATION_COST: '200' } });
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

interface Cost {
  readonly upstreamCalls: number;
  readonly limit: number;
  readonly remainingPoints?: number;
}

const costOf = ({ body }: GraphQLAnswer) =>
  (body as { readonly extensions?: { readonly cost?: Cost } }).extensions?.cost;

const ids = (count: number) => Array.from({ length: count }, () => randomUUID());

async function callsOf(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<number> {
  return costOf(await service.query(document, variables))?.upstreamCalls ?? Number.NaN;
}

describe('the cost of', () => {
  const [a = '', b = ''] = ids(2);
  const bare = '{ id }';
  it.each<[number, string, Readonly<Record<string, unknown>>?]>([
    [0, '{ viewer { name } }'],
    [0, '{ __typename }'],
    [0, `{ endedSession(id: "${a}") ${bare} revocations ${bare} revocationsCompleteSince }`],
    [3, `{ sessions(userId: "${a}") ${bare} }`],
    [3, 'query ($id: ID!) { sessions(userId: $id) { id } }', { id: a }],
    [3, `query ($id: ID = "${a}") { sessions(userId: $id) { id } }`],
    // The same list is one call, under whichever alias, form and filter it is asked for.
    [
      3,
      `{ x: sessions(userId: "${a}") ${bare} y: sessions(userId: "${a.toUpperCase()}", filter: { states: [EXPIRED] }) ${bare} }`,
    ],
    [
      3,
      `query ($id: ID!) { x: sessions(userId: $id) ${bare} sessionsConnection(userId: "${a}") { totalCount } }`,
      { id: a },
    ],
    [4, `query ($id: ID!) { x: sessions(userId: $id) ${bare} y: sessions(userId: "${b}") ${bare} }`, { id: a }],
    [4, `{ sessions(userId: "${a}") { user { id sessions { user { sessions { id } } } } } }`],
    // The owners of lists that the document names are searched for together.
    [5, `{ x: sessions(userId: "${a}") { user { id } } y: sessions(userId: "${b}") { user { id } } }`],
    [3, `{ session(id: "${a}") ${bare} }`],
    [5, `{ session(id: "${a}") { user { sessions { id } } } }`],
    [1, `{ user(id: "${a}") ${bare} }`],
    [1, `{ user(id: "${a}") ${bare} users(ids: ["${a}", "${b}"]) ${bare} }`],
    [4, `{ node(id: "${a}") ${bare} }`],
    [4, `{ node(id: "${a}") { ... on Session { user { id } } } }`],
    [5, `{ node(id: "${a}") { ... on User { sessions { user { id } } } } }`],
    [6, `{ nodes(ids: ["${a}", "${b}"]) ${bare} }`],
    [104, 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Session { user { email } } } }', { ids: ids(100) }],
    [4, `{ user(id: "${a}") { sessionCount sessions { user { id } application { name } } } }`],
    [2, `{ sessionPolicy { accessTokenLifetimeSeconds } }`],
    [103, 'query ($ids: [ID!]!) { users(ids: $ids) { sessions { id } } }', { ids: ids(100) }],
    [4, 'query ($ids: [ID!]!) { users(ids: $ids) { sessions { id } } }', { ids: Array(100).fill(a) }],
    [0, `query ($no: Boolean = false) { sessions(userId: "${a}") @include(if: $no) ${bare} }`],
    [0, `{ ... @skip(if: true) { sessions(userId: "${a}") ${bare} } }`],
    [3, `{ ...F ...F } fragment F on Query { sessions(userId: "${a}") ${bare} }`],
    [1, '{ searchUsers(text: "alice") { totalCount nodes { email } } }'],
    [2, '{ searchUsers(text: "alice") { nodes { email registrations { roles } } } }'],
    [13, '{ searchUsers(text: "alice") { nodes { sessionCount } } }'],
    [5, '{ searchUsers(text: "alice", first: 2) { edges { node { sessionCount } } } }'],
    [3, '{ searchUsers(text: "alice") { nodes { tenant { name } } } }'],
    [2, '{ applications { id } }'],
    [4, `{ recentSignIns(userId: "${a}") { application { name } } }`],
    [40, '{ setUpReport { checkedAt } }'],
    [0, '{ serviceState { webhook { refused } } }'],
    [1, '{ viewer { displayName } }'],
    [3, '{ viewer { displayName tenants { name } } }'],
    [28, `mutation { enforceSingleSession(userId: "${a}") { outcome } }`],
    [3, `mutation { enforceSingleSession(userId: "${a}", dryRun: true) { outcome } }`],
    [30, `mutation { enforceSingleSession(userId: "${a}", keepSessionId: "${b}") { outcome } }`],
    [30, `mutation { enforceSingleSession(userId: "${a}") { user { sessions { id } } } }`],
    [
      54,
      `mutation { x: enforceSingleSession(userId: "${a}") { outcome } y: enforceSingleSession(userId: "${a}") { outcome } }`,
    ],
    [
      31,
      `mutation { enforceSessionLimit(input: { userId: "${a}", maxSessions: 2, keepSessionIds: ["${a}", "${b}"] }) { outcome } }`,
    ],
    [5, `mutation { revokeSession(sessionId: "${a}") { outcome } }`],
    [29, `mutation { revokeSession(sessionId: "${a}", includeSsoSessions: true) { outcome } }`],
    [103, `mutation { revokeSessions(input: { userId: "${a}", reason: OTHER }) { more } }`],
    [13, `mutation { revokeSessions(input: { userId: "${a}", reason: OTHER, maxRevocations: 10 }) { more } }`],
    [8, `mutation { revokeSessions(input: { sessionIds: ["${a}", "${b}"], reason: OTHER }) { more } }`],
    [6, `mutation { revokeSessions(input: { sessionIds: ["${a}", "${b}"], reason: OTHER, dryRun: true }) { more } }`],
  ])('%i calls is told for %s', async (calls, document, variables) => {
    expect(await callsOf(document, variables)).toBe(calls);
  });

  /** The process looks for these when it has time, at most CONFIRMATIONS_PER_SECOND for all callers together. */
  const callsInItsOwnTime: ReadonlySet<string> = new Set(['liveSessions']);

  it('every operation covers the calls that it makes', async () => {
    for (const { name, document } of operations.filter((one) => !callsInItsOwnTime.has(one.name))) {
      const user = service.user({ sessions: 4, ssoSessions: 2 });
      // Settings are kept for a while: the operation that reads them again is the one that costs most.
      service.emulator.clock.advance(60_000);
      service.emulator.calls.clear();
      const answer = await service.query(document({ userId: user.id, sessionId: user.sessions[0]?.id ?? '' }, 3));
      expect(answer.body.errors, name).toBeUndefined();
      const made = service.emulator.calls.count();
      expect([name, made <= (costOf(answer)?.upstreamCalls ?? 0)]).toEqual([name, true]);
    }
  });

  it('is known of every query and mutation', () => {
    const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
    const fields = { ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() };
    // Whoever adds one has to say what it costs, in a price beside it and in the table above.
    expect(Object.keys(fields).sort()).toEqual([
      'applications',
      'endedSession',
      'enforcePolicy',
      'enforceSessionLimit',
      'enforceSingleSession',
      'liveSessions',
      'node',
      'nodes',
      'recentSignIns',
      'revocations',
      'revocationsCompleteSince',
      'revokeSession',
      'revokeSessions',
      'searchUsers',
      'serviceState',
      'session',
      'sessionHistory',
      'sessionPolicy',
      'sessions',
      'sessionsConnection',
      'setUpReport',
      'user',
      'users',
      'viewer',
    ]);
  });
});

describe('an operation above MAX_OPERATION_COST', () => {
  it('is refused before anything is called, and told what would be right', async () => {
    const document =
      'query ($a: [ID!]!, $b: [ID!]!) { a: users(ids: $a) { sessions { id } } b: users(ids: $b) { sessions { id } } }';
    const answer = await service.query(document, { a: ids(100), b: ids(100) });
    expect(answer.status).toBe(400);
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors).toMatchObject([
      {
        message:
          'This operation can cause 203 calls to FusionAuth; at most 200 are accepted. Ask for fewer users or sessions at once.',
        extensions: { code: 'BAD_REQUEST', requestId: answer.headers.get('x-request-id') },
      },
    ]);
    expect(costOf(answer)).toEqual({ upstreamCalls: 203, limit: 200 });
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('ends nothing when it is a mutation', async () => {
    const user = service.user({ sessions: 3 });
    const { status } = await service.query(
      `mutation { revokeSessions(input: { userId: "${user.id}", reason: OTHER, maxRevocations: 500 }) { more } }`,
    );
    expect(status).toBe(400);
    expect(user.liveIds()).toHaveLength(3);
  });

  it.each(['2147483647', '-2147483648'])('or with an absurd maxRevocations (%s) calls nothing', async (most) => {
    const input = `{ userId: "${randomUUID()}", reason: OTHER, maxRevocations: ${most} }`;
    const { body } = await service.query(`mutation { revokeSessions(input: ${input}) { more } }`);
    expect(body.errors).toMatchObject([{ extensions: { code: expect.stringMatching(/^BAD_/) } }]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('is refused when it is a thousand aliases of sessions, whichever fences are down', async () => {
    const thousand = ids(1_000).map((id, index) => `a${index}: sessions(userId: "${id}") { id }`);
    const document = `{ ${thousand.join(' ')} }`;
    const length = { MAX_BODY_BYTES: '1000000', MAX_QUERY_CHARACTERS: '1000000' };
    const fences = {
      ...length,
      MAX_QUERY_TOKENS: '100000',
      MAX_QUERY_ALIASES: '1000',
      MAX_QUERY_FIELDS: '2000',
      MAX_SELECTION_FIELDS: '1000',
    };
    const expected = [
      [{}, 'BAD_REQUEST'],
      [length, 'GRAPHQL_PARSE_FAILED'],
      [{ ...fences, MAX_QUERY_ALIASES: '30' }, 'GRAPHQL_VALIDATION_FAILED'],
      [{ ...fences, MAX_ROOT_FIELDS: '1000', MAX_QUERY_FIELDS: '500' }, 'GRAPHQL_VALIDATION_FAILED'],
      [{ ...fences, MAX_ROOT_FIELDS: '1000', MAX_SELECTION_FIELDS: '100' }, 'GRAPHQL_VALIDATION_FAILED'],
      [fences, 'GRAPHQL_VALIDATION_FAILED'],
      [{ ...fences, MAX_ROOT_FIELDS: '1000', MAX_OPERATION_COST: '1000' }, 'BAD_REQUEST'],
    ] as const;
    for (const [env, code] of expected) {
      await using own = await startTestService({ env });
      const { status, body } = await own.query(document);
      expect(status).toBe(400);
      expect(body.errors?.[0]).toMatchObject({ extensions: { code } });
      expect(own.emulator.calls.count()).toBe(0);
    }
  });
});

it('the cost of fragments that repeat each other is told in bounded time', async () => {
  const [a = ''] = ids(1);
  await using own = await startTestService({ env: { MAX_QUERY_FIELDS: '10000', MAX_SELECTION_FIELDS: '10000' } });
  const fan = Array.from({ length: 4 }, (_, i) => `fragment F${i} on Session { ${`...F${i + 1} `.repeat(6)} }`);
  const document = `{ sessions(userId: "${a}") { ...F0 } } ${fan.join(' ')} fragment F4 on Session { user { id } }`;
  const ownMs = startOwnTime();
  expect(costOf(await own.query(document))?.upstreamCalls).toBe(4);
  expect(ownMs()).toBeLessThan(10_000);
});
