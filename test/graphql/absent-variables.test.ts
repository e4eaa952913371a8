import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

/** The second request of a document compiles it where queries are compiled, and later ones are warm. */
const requests = [1, 2, 3, 4];

describe.each(['true', 'false'])('with COMPILE_QUERIES=%s, a variable within an input', (compileQueries) => {
  let service: TestService;
  let alice: TestUser;

  beforeAll(async () => {
    service = await startTestService({ env: { COMPILE_QUERIES: compileQueries, RATE_LIMIT_POINTS: '100000000' } });
    alice = service.user({ sessions: 5, ssoSessions: 2 });
  });

  afterAll(() => service[Symbol.asyncDispose]());

  it('that is absent from `orderBy.field` lets a walk over the pages show all sessions, each once', async () => {
    const query = `query ($userId: ID!, $after: String, $field: SessionOrderField) {
      sessionsConnection(userId: $userId, first: 2, after: $after, orderBy: { field: $field }) {
        nodes { id } pageInfo { hasNextPage endCursor }
      }
    }`;
    for (const request of requests) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const variables: Record<string, unknown> = { userId: alice.id, after };
        const { sessionsConnection: page }: { sessionsConnection: Page } = await service.data(query, variables);
        seen.push(...page.nodes.map(({ id }) => id));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null && seen.length < 20);
      expect(seen, `walk ${request}`).toHaveLength(7);
      expect(new Set(seen), `walk ${request}`).toEqual(new Set(alice.liveIds()));
    }
  });

  it.each([
    ['kinds', '[SessionKind!]', 'kinds: $v'],
    ['states', '[SessionState!]', 'states: $v'],
    ['applicationIds', '[ID!]', 'applicationIds: $v'],
    ['createdAt', 'DateTimeRange', 'createdAt: $v'],
    ['createdAt.after', 'DateTime', 'createdAt: { after: $v }'],
  ])('that is absent from `filter.%s` answers what no filter answers, each time', async (_name, type, filter) => {
    const query = `query ($userId: ID!, $v: ${type}) {
      all: sessions(userId: $userId) { id } filtered: sessions(userId: $userId, filter: { ${filter} }) { id }
    }`;
    for (const request of requests) {
      const { all, filtered } = await service.data<{ all: unknown; filtered: unknown }>(query, { userId: alice.id });
      expect(all, `request ${request}`).toHaveLength(7);
      expect(filtered, `request ${request}`).toEqual(all);
    }
  });

  it('that is null as an item of `filter.kinds` is refused each time', async () => {
    // The type of the variable may be null only where it has a default.
    const query = `query ($userId: ID!, $k: SessionKind = SSO) {
      sessions(userId: $userId, filter: { kinds: [$k] }) { id }
    }`;
    for (const request of requests) {
      const { body } = await service.query(query, { userId: alice.id, k: null });
      expect(body.data ?? null, `request ${request}`).toBeNull();
      expect(body.errors, `request ${request}`).toHaveLength(1);
      expect(body.errors?.[0]?.extensions['code'], `request ${request}`).toBe('BAD_USER_INPUT');
    }
  });
});

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
