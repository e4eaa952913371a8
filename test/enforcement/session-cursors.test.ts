import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idsOf } from '../support/enforcement.js';
import type { GraphQLAnswer } from '../support/service.js';
import { startTestService, type TestService } from '../support/service.js';
import { refusalsOf } from './support/operations.js';
import { document, type Order, type Page, type PageArguments } from './support/pages.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

function queryPage(variables: PageArguments): Promise<GraphQLAnswer<{ sessionsConnection: Page }>> {
  return service.query(document, { ...variables });
}

async function page(variables: PageArguments): Promise<Page> {
  const data = await service.data<{ sessionsConnection: Page }>(document, { ...variables });
  return data.sessionsConnection;
}

const newestFirst = (sessions: readonly { readonly id: string }[]) => [...idsOf(sessions)].reverse();

describe('last', () => {
  it('leads backwards through all sessions once, each page in the order of the list', async () => {
    const alice = service.user({ sessions: 5 });
    const one = await page({ userId: alice.id, last: 2 });
    const two = await page({ userId: alice.id, last: 2, before: one.pageInfo.startCursor });
    const three = await page({ userId: alice.id, last: 2, before: two.pageInfo.startCursor });
    expect([three, two, one].flatMap(({ nodes }) => idsOf(nodes))).toEqual(newestFirst(alice.sessions));
    expect([one, two, three].map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage])).toEqual([
      [true, false],
      [true, true],
      [false, true],
    ]);
  });

  it.each([
    [{ last: 0 }, 'last'],
    [{ last: 101 }, 'last'],
    [{ last: 2, first: 2 }, 'last'],
    [{ last: 2, before: 'nonsense' }, 'before'],
  ])('is refused with BAD_USER_INPUT as %j', async (variables, argument) => {
    const { body } = await queryPage({ userId: service.user().id, ...variables });
    expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: [argument] }]);
  });

  it('walks the sessions of a user as it does those of a query', async () => {
    const alice = service.user({ sessions: 3 });
    const data = await service.data(
      'query ($id: ID!) { user(id: $id) { sessionsConnection(last: 1) { nodes { id } } } }',
      { id: alice.id },
    );
    expect(data).toEqual({ user: { sessionsConnection: { nodes: [{ id: alice.sessions[0]?.id }] } } });
  });
});

describe('first', () => {
  it.each([0, -1, 101, 1_000_000_000])('%i is refused', async (first) => {
    const alice = service.user({ sessions: 1 });
    const { body } = await queryPage({ userId: alice.id, first });
    expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['first'] }]);
    expect(body.errors?.[0]?.message).toContain('1 to 100');
  });

  it.each([1, 100])('%i is accepted', async (first) => {
    const alice = service.user({ sessions: 101 });
    expect((await page({ userId: alice.id, first })).nodes).toHaveLength(first);
  });
});

describe('a cursor', () => {
  const encode = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');

  it.each([
    ['no Base64', '%%%'],
    ['no JSON', 'YWJj'],
    ['empty', ''],
    ['too short', encode(['createdAt', 'descending', 1, 1])],
    ['without an id', encode(['createdAt', 'descending', 1, 1, 'not-a-uuid'])],
    ['with text for an instant', encode(['createdAt', 'descending', '1', '1', '00000000-0000-0000-0000-000000000000'])],
    ['an object', encode({ length: 5 })],
    ['very long', 'A'.repeat(50_000)],
  ])('that is %s is refused', async (_what, after) => {
    const alice = service.user({ sessions: 2 });
    const { body } = await queryPage({ userId: alice.id, after });
    expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['after'] }]);
  });

  it.each<Order>([
    { field: 'CREATED_AT', direction: 'ASC' },
    { field: 'EXPIRES_AT', direction: 'DESC' },
    { field: 'LAST_ACCESSED_AT', direction: 'DESC' },
  ])('of the default order is refused in order %j', async (orderBy) => {
    const alice = service.user({ sessions: 2 });
    const { pageInfo } = await page({ userId: alice.id, first: 1 });
    const { body } = await queryPage({ userId: alice.id, first: 1, after: pageInfo.endCursor, orderBy });
    expect(refusalsOf(body)).toEqual([{ code: 'BAD_USER_INPUT', argument: ['after'] }]);
    expect(body.errors?.[0]?.message).toContain('another order');
  });

  it('of another user is a place in time and shows nothing of that user', async () => {
    const alice = service.user({ sessions: 2 });
    const bob = service.user({ sessions: 2 });
    const { pageInfo } = await page({ userId: bob.id, first: 1 });
    const { nodes } = await page({ userId: alice.id, after: pageInfo.endCursor });
    for (const { id } of nodes) expect(idsOf(alice.sessions)).toContain(id);
  });
});
