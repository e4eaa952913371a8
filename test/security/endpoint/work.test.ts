import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../../support/access-tokens.js';
import { type GraphQLAnswer, startTestService, type TestService } from '../../support/service.js';
import type { TestUser } from '../../support/users.js';

/** A user without role or scope, who has many sessions. */
let service: TestService;
let alice: TestUser;
let token: string;

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...shopTokens, RATE_LIMIT_USER_POINTS: '1000000' } });
  alice = service.user({ sessions: 20 });
  token = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, alice.id));
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

interface Cost {
  readonly remainingPoints?: number;
  readonly workUnits?: number;
  readonly workPoints?: number;
}

function costOf({ body }: GraphQLAnswer): Cost {
  return (body as { readonly extensions?: { readonly cost?: Cost } }).extensions?.cost ?? {};
}

const ask = (document: string, variables: Readonly<Record<string, unknown>> = {}) =>
  service.query(document, variables, { key: token });

const repeat = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, i) => part(i));
const nested = (levels: number, inner: string): string =>
  levels === 0 ? inner : `sessions { user { ${nested(levels - 1, inner)} } }`;

/** Expects one short error that names the limit, and no data. */
function expectRefused({ status, body }: GraphQLAnswer, message: RegExp): void {
  expect(status).toBe(400);
  expect(body.data).toBeUndefined();
  expect(body.errors).toHaveLength(1);
  expect(body.errors?.[0]?.message).toMatch(message);
  expect(JSON.stringify(body).length).toBeLessThan(2_000);
}

describe('the work of one operation', () => {
  it('is bounded where lists are nested and counted many times', async () => {
    const counts = repeat(29, (i) => `c${i}: sessionCount`).join(' ');
    const document = `query ($id: ID!) { user(id: $id) { ${nested(3, counts)} } }`;
    expectRefused(await ask(document, { id: alice.id }), /more than 50000 units of work/);
  });

  it('is bounded where a filter holds long texts that are compared again and again', async () => {
    const deviceTypes = repeat(100, (i) => `${'ж'.repeat(200)}${i}`);
    const counts = repeat(29, (i) => `c${i}: sessionCount(filter: $filter)`).join(' ');
    const document = `query ($id: ID!, $filter: SessionFilter) { user(id: $id) { ${nested(1, counts)} } }`;
    expectRefused(await ask(document, { id: alice.id, filter: { deviceTypes } }), /more than 50000 units of work/);
  });

  it('is bounded where few aliases are nested in long lists', async () => {
    const bob = service.user({ sessions: 300 });
    const key = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, bob.id));
    const document = `query ($id: ID!) { user(id: $id) { ${nested(2, 'sessions { id }')} } }`;
    expectRefused(await service.query(document, { id: bob.id }, { key }), /units of work|fields of objects/);
    const plain = await service.query(
      'query ($id: ID!) { sessions(userId: $id) { id user { id } } }',
      { id: bob.id },
      { key },
    );
    expect(plain.body.errors).toBeUndefined();
  });

  it('is told, and costs points beside the calls', async () => {
    const bob = service.user({ sessions: 300 });
    const document = 'query ($id: ID!) { sessions(userId: $id) { id kind state createdAt userId } }';
    const before = costOf(await service.query('{ viewer { name } }')).remainingPoints ?? 0;
    const cost = costOf(await service.query(document, { id: bob.id }));
    expect(cost.workUnits).toBeGreaterThan(1_500);
    expect(cost.workPoints).toBe(Math.floor((cost.workUnits ?? 0) / 2_000));
    expect(cost.remainingPoints).toBe(before - 3 - (cost.workPoints ?? 0));
    expect(costOf(await service.query('{ viewer { name } }')).remainingPoints).toBe((cost.remainingPoints ?? 0) - 1);
  });

  it('counts the same selection of one user once', async () => {
    const { id } = service.user({ sessions: 300 });
    const unitsOf = async (selection: string) => {
      const counts = (count: number) => repeat(count, (i) => `c${i}: ${selection}`).join(' ');
      const document = `query ($id: ID!) { sessions(userId: $id) { id userId kind state createdAt } user(id: $id) { ${counts(20)} } }`;
      return costOf(await service.query(document, { id })).workUnits ?? 0;
    };
    const same = await unitsOf('sessionCount');
    expect(same).toBeGreaterThan(2_000);
    expect(await unitsOf('sessionCount(filter: { states: [ACTIVE] })')).toBeCloseTo(same, -2);
    const perAlias = repeat(
      20,
      (i) => `c${i}: sessionCount(filter: { createdAt: { after: "2020-01-${10 + i}T00:00:00Z" } })`,
    );
    const document = `query ($id: ID!) { sessions(userId: $id) { id userId kind state createdAt } user(id: $id) { ${perAlias.join(' ')} } }`;
    expect(costOf(await service.query(document, { id })).workUnits).toBeGreaterThan(same + 19 * 300);
  });

  it('has the price of reading what FusionAuth answers, and is not refused for it', async () => {
    await using own = await startTestService({ env: { MAX_OPERATION_WORK: '1000' } });
    const { id } = own.user({ sessions: 500 });
    const answer = await own.query('query ($id: ID!) { user(id: $id) { sessionCount } }', { id });
    expect(answer.body).toMatchObject({ data: { user: { sessionCount: 500 } } });
    expect(costOf(answer)).toMatchObject({ workPoints: 2 });
    expect(costOf(answer).workUnits).toBeGreaterThan(500 * 8);
  });

  it('has the price of reading a hundred users, of whom only the ids are asked for', async () => {
    const ids = repeat(100, () => service.user().id);
    const cost = costOf(await service.query('query ($ids: [ID!]!) { users(ids: $ids) { id } }', { ids }));
    expect(cost).toMatchObject({ workPoints: 1 });
  });

  it('has the price of the entries of the history, however little is asked of them', async () => {
    const { id } = service.user({ sessions: 401 });
    await service.data(
      'mutation ($id: ID!) { enforceSessionLimit(input: { userId: $id, maxSessions: 1 }) { outcome } }',
      { id },
    );
    const document = `query ($id: ID!) { ${repeat(20, (i) => `h${i}: sessionHistory(filter: { userId: $id }, first: ${380 + i}) { hasMore }`).join(' ')} }`;
    const cost = costOf(await service.query(document, { id }));
    expect(cost.workUnits).toBeGreaterThan(20 * 380 * 6);
    expect(cost.workPoints).toBeGreaterThan(20);
  });

  it('never refuses what a mutation has done already', async () => {
    await using own = await startTestService({ env: { MAX_OPERATION_WORK: '100' } });
    const user = own.user({ sessions: 20 });
    const fields = 'id userId applicationId endedAt reason initiatingEntity replacedBySessionId accessTokensExpireBy';
    const { body } = await own.query(
      `mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome revokedSessions { ${fields} } } }`,
      { id: user.id },
    );
    expect(body.errors).toBeUndefined();
    expect(user.liveIds()).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('is bounded in bytes before it is made', async () => {
    await using own = await startTestService({ env: { MAX_RESPONSE_BYTES: '10000' } });
    const user = own.user({ sessions: 100 });
    const answer = await own.query('query ($id: ID!) { sessions(userId: $id) { id userId createdAt } }', {
      id: user.id,
    });
    expectRefused(answer, /more than 10000 bytes/);
  });

  it('is bounded in bytes where its texts take more than one for each character', async () => {
    await using own = await startTestService({ env: { MAX_RESPONSE_BYTES: '4000' } });
    const user = own.user();
    user.addSession({ device: { name: 'Ж'.repeat(2_500) } });
    const answer = await own.query('query ($id: ID!) { sessions(userId: $id) { device { name } } }', { id: user.id });
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
    expect(answer.body.errors?.[0]?.message).toMatch(/more than 4000 bytes/);
  });

  it('to the introspection of one schema under many aliases is bounded', async () => {
    await using own = await startTestService({ env: { MAX_OPERATION_WORK: '5000' } });
    const one = (i: number) => `a${i}: __schema { types { name fields { name description } } }`;
    expect((await own.query(`{ ${one(0)} }`)).body.errors).toBeUndefined();
    expectRefused(await own.query(`{ ${repeat(19, one).join(' ')} }`), /more than 5000 units of work/);
  });
});

describe('a document', () => {
  it('is refused for aliases of __typename like for any other', async () => {
    const aliases = repeat(280, (i) => `t${i}: __typename`).join(' ');
    const document = `query ($id: ID!) { user(id: $id) { ${nested(3, aliases)} } }`;
    expectRefused(await ask(document, { id: alice.id }), /Aliases limit of 30 exceeded, found 280/);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('is refused for the fields of one selection set before any is compared with another', async () => {
    expectRefused(await ask(`{ viewer { ${'user { id } '.repeat(490)} } }`), /Fields limit of 500 exceeded, found 981/);
    expectRefused(await ask(`{ viewer { ${'name '.repeat(101)} } }`), /Selection set limit of 100 exceeded, found 101/);
  });

  it('is refused for what fragments repeat', async () => {
    const fragments = repeat(4, (i) => `fragment F${i} on Session { ${`...F${i + 1} `.repeat(6)} }`).join(' ');
    const document = `{ viewer { user { sessions { ...F0 } } } } ${fragments} fragment F4 on Session { id }`;
    expectRefused(await ask(document), /Fields limit of 500 exceeded, found 1299/);
  });

  it('that is refused costs its caller ten points', async () => {
    const before = costOf(await ask('{ viewer { name } }')).remainingPoints ?? 0;
    await ask('{ nothing }');
    await ask('{');
    expect(costOf(await ask('{ viewer { name } }')).remainingPoints).toBe(before - 21);
  });

  it('with a hundred faults is answered by ten short errors', async () => {
    const { body } = await ask(`{ viewer { ${repeat(90, (i) => `${'x'.repeat(100)}${i}`).join(' ')} } }`);
    expect(body.errors).toHaveLength(10);
    expect(JSON.stringify(body).length).toBeLessThan(10_000);
    const long = await ask(`{ viewer { ${'x'.repeat(15_000)} } }`);
    expect(JSON.stringify(long.body).length).toBeLessThan(2_000);
  });

  it('of comments is answered, however many there are', async () => {
    const { status } = await ask(`{ viewer { name } }\n${'#\n'.repeat(9_900)}`);
    expect(status).toBe(200);
  });
});

describe('variables', () => {
  const document = 'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { more } }';
  const members = (count: number, value: unknown) =>
    Object.fromEntries(repeat(count, (i) => `unknownMember${i}`).map((name) => [name, value]));

  it('with thousands of unknown members are refused before they are looked at', async () => {
    const answer = await service.query(document, { input: { reason: 'OTHER', ...members(4_000, 1) } });
    expectRefused(answer, /^The variable input has 4001 members; an input has at most 50\.$/);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('with long unknown members are answered by one short error', async () => {
    const answer = await service.query(document, { input: { reason: 'OTHER', ...members(40, 'x'.repeat(1_000)) } });
    expectRefused(answer, /^Variable "\$input" got invalid value .* … .*not defined by type "RevokeSessionsInput"/s);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

it('documents are known by their text, however they are sent', async () => {
  const document = 'query A { viewer { name } } query B { viewer { kind } }';
  for (const [operationName, member] of [
    ['A', 'name'],
    ['B', 'kind'],
  ] as const) {
    const response = await service.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document, operationName }),
    });
    expect(await response.json()).toMatchObject({ data: { viewer: { [member]: expect.any(String) } } });
  }
});
