import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { exchangeRefreshToken } from '../support/users.js';
import { document, type Order, type Page, type PageArguments } from './support/pages.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

async function page(variables: PageArguments): Promise<Page> {
  const data = await service.data<{ sessionsConnection: Page }>(document, { ...variables });
  return data.sessionsConnection;
}

const newestFirst = (sessions: readonly { readonly id: string }[]) => [...idsOf(sessions)].reverse();

describe('pages', () => {
  it('lead through all sessions once, and say where they stand', async () => {
    const alice = service.user({ sessions: 5 });
    const one = await page({ userId: alice.id, first: 2 });
    const two = await page({ userId: alice.id, first: 2, after: one.pageInfo.endCursor });
    const three = await page({ userId: alice.id, first: 2, after: two.pageInfo.endCursor });

    expect([one, two, three].flatMap(({ nodes }) => idsOf(nodes))).toEqual(newestFirst(alice.sessions));
    expect([one, two, three].map(({ totalCount, truncated }) => ({ totalCount, truncated }))).toEqual(
      Array(3).fill({ totalCount: 5, truncated: false }),
    );
    expect([one, two, three].map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage])).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
    expect(idsOf(one.edges.map(({ node }) => node))).toEqual(idsOf(one.nodes));
    expect([one.pageInfo.startCursor, one.pageInfo.endCursor]).toEqual(one.edges.map(({ cursor }) => cursor));
  });

  it('neither repeat nor skip what stays while sessions come, end, and the one at the cursor ends', async () => {
    const alice = service.user({ sessions: 8 });
    const all = newestFirst(alice.sessions);
    const one = await page({ userId: alice.id, first: 3 });
    expect(idsOf(one.nodes)).toEqual(all.slice(0, 3));

    alice.addSession();
    alice.addSession();
    for (const ended of [all[0], all[2], all[4]]) service.emulator.store.sessions.delete(ended ?? '');

    const two = await page({ userId: alice.id, first: 3, after: one.pageInfo.endCursor });
    expect(idsOf(two.nodes)).toEqual([all[3], all[5], all[6]]);
    expect(two).toMatchObject({ totalCount: 7, pageInfo: { hasPreviousPage: true, hasNextPage: true } });

    const three = await page({ userId: alice.id, first: 3, after: two.pageInfo.endCursor });
    expect(idsOf(three.nodes)).toEqual([all[7]]);
    expect(three.pageInfo.hasNextPage).toBe(false);
  });

  it('stay stable among sessions of one instant', async () => {
    const alice = service.user();
    const insertInstant = service.emulator.clock.now();
    const ids = Array.from({ length: 7 }, () => alice.addSession({ insertInstant }).id);
    const seen: string[] = [];
    let after: string | null = null;
    for (let count = 0; count < 7; count++) {
      const one: Page = await page({ userId: alice.id, first: 1, after });
      seen.push(...idsOf(one.nodes));
      after = one.pageInfo.endCursor;
    }
    expect(seen).toEqual([...ids].sort().reverse());
  });

  it.each<Order>([
    { field: 'LAST_ACCESSED_AT', direction: 'ASC' },
    { field: 'LAST_ACCESSED_AT', direction: 'DESC' },
    { field: 'EXPIRES_AT', direction: 'ASC' },
    { field: 'CREATED_AT', direction: 'ASC' },
  ])('hold every session once in order %j, those without the instant included', async (orderBy) => {
    const alice = service.user({ sessions: 5, ssoSessions: 1 });
    for (const session of [alice.sessions[3], alice.sessions[1]]) {
      service.emulator.clock.advance(1_000);
      await exchangeRefreshToken(service.emulator, session?.token ?? '');
    }
    const whole = await page({ userId: alice.id, orderBy });
    const pages: Page[] = [];
    let after: string | null = null;
    for (let count = 0; count < 3; count++) {
      const one: Page = await page({ userId: alice.id, first: 2, orderBy, after });
      pages.push(one);
      after = one.pageInfo.endCursor;
    }
    const seen = pages.flatMap(({ nodes }) => idsOf(nodes));
    expect(seen).toEqual(idsOf(whole.nodes));
    expect(new Set(seen).size).toBe(6);
    expect(pages.at(-1)?.pageInfo.hasNextPage).toBe(false);
  });

  it('after the last session are empty', async () => {
    const alice = service.user({ sessions: 1 });
    const { pageInfo } = await page({ userId: alice.id });
    expect(await page({ userId: alice.id, after: pageInfo.endCursor })).toEqual({
      nodes: [],
      edges: [],
      totalCount: 1,
      truncated: false,
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
  });

  it('of a user without sessions are empty', async () => {
    const alice = service.user();
    expect(await page({ userId: alice.id })).toMatchObject({
      nodes: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('say truncated when FusionAuth may have left sessions out', async () => {
    const alice = service.user({ sessions: 1_001 });
    expect(await page({ userId: alice.id, first: 1 })).toMatchObject({ totalCount: 1_000, truncated: true });
  });
});
