import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { RevokeSessionDocument, SessionsDocument, SessionsPageDocument } from '../../src/operations/operations.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

/** @param methods Gets the method of each request. */
const createClient = (methods: (string | undefined)[] = []) =>
  new Client({
    url: `${service.url}/graphql`,
    exchanges: [
      cacheExchange({
        keys: { SessionDevice: () => null },
        updates: {
          Mutation: {
            revokeSession(_result, { sessionId }, cache) {
              cache.invalidate({ __typename: 'Session', id: String(sessionId) });
            },
          },
        },
      }),
      fetchExchange,
    ],
    fetchOptions: { headers: { authorization: `Bearer ${service.key(permissions)}` } },
    fetch: (url, init) => {
      methods.push(init?.method);
      return fetch(url, init);
    },
  });

it('urql runs exported queries by GET and mutations by POST, and graphcache follows a revocation', async () => {
  const alice = service.user({ sessions: 3 });
  const [oldest = { id: '' }] = alice.sessions;
  const methods: (string | undefined)[] = [];
  const urql = createClient(methods);
  let idsSeen: readonly string[] | undefined;
  const watching = urql.query(SessionsDocument, { userId: alice.id }).subscribe(({ data }) => {
    idsSeen = data?.sessions.map(({ id }) => id);
  });
  await expect.poll(() => idsSeen).toHaveLength(3);

  const { data } = await urql.mutation(RevokeSessionDocument, { sessionId: oldest.id });
  expect(data?.revokeSession.outcome).toBe('REVOKED');
  await expect.poll(() => idsSeen).toEqual(alice.liveIds());
  expect(alice.liveIds()).toHaveLength(2);
  expect(methods.slice(0, 2)).toEqual(['GET', 'POST']);
  watching.unsubscribe();
});

it('urql reads page after page', async () => {
  const alice = service.user({ sessions: 5 });
  const urql = createClient();
  const ids: string[] = [];
  let after: string | null | undefined;
  do {
    const { data, error } = await urql.query(SessionsPageDocument, { userId: alice.id, first: 3, after });
    if (error !== undefined) throw error;
    ids.push(...(data?.sessionsConnection.nodes ?? []).map(({ id }) => id));
    const { hasNextPage = false, endCursor } = data?.sessionsConnection.pageInfo ?? {};
    after = hasNextPage ? endCursor : null;
  } while (after != null);
  expect(ids).toEqual(alice.liveIds());
});
