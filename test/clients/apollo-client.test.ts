import { hash } from 'node:crypto';
import { ApolloClient, type ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { RevokeSessionDocument, SessionsDocument, SessionsPageDocument } from '../../src/operations/operations.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

const createClient = (before: ApolloLink | null = null) => {
  const link = new HttpLink({
    uri: `${service.url}/graphql`,
    headers: { authorization: `Bearer ${service.key(permissions)}` },
  });
  return new ApolloClient({ cache: new InMemoryCache(), link: before === null ? link : before.concat(link) });
};

it('Apollo Client runs exported queries and mutations, and its cache follows a revocation', async () => {
  const alice = service.user({ sessions: 3 });
  const [oldest = { id: '' }] = alice.sessions;
  const apollo = createClient();
  const watched = apollo.watchQuery({ query: SessionsDocument, variables: { userId: alice.id } });
  const idsSeen: (readonly string[])[] = [];
  const watching = watched.subscribe(({ data, dataState }) => {
    if (dataState === 'complete') idsSeen.push(data.sessions.map(({ id }) => id));
  });
  await expect.poll(() => idsSeen.at(-1)).toHaveLength(3);

  const { data } = await apollo.mutate({
    mutation: RevokeSessionDocument,
    variables: { sessionId: oldest.id },
    update(cache, { data: revoked }) {
      const ended = revoked?.revokeSession.endedSession;
      if (ended == null) return;
      cache.evict({ id: `Session:${oldest.id}` });
      cache.gc();
    },
  });
  expect(data?.revokeSession.outcome).toBe('REVOKED');
  await expect.poll(() => idsSeen.at(-1)).toEqual(alice.liveIds());
  expect(alice.liveIds()).toHaveLength(2);
  watching.unsubscribe();
  apollo.stop();
});

it('Apollo Client adds the next page by fetchMore', async () => {
  const alice = service.user({ sessions: 5 });
  const apollo = createClient();
  const watched = apollo.watchQuery({ query: SessionsPageDocument, variables: { userId: alice.id, first: 3 } });
  const watching = watched.subscribe(() => {});
  const pageOf = () => {
    const { data, dataState } = watched.getCurrentResult();
    return dataState === 'complete' ? data.sessionsConnection : undefined;
  };
  await expect.poll(() => pageOf()?.nodes).toHaveLength(3);

  await watched.fetchMore({
    variables: { after: pageOf()?.pageInfo.endCursor },
    updateQuery: (shown, { fetchMoreResult: { sessionsConnection: next } }) => ({
      sessionsConnection: { ...next, nodes: [...(shown.sessionsConnection?.nodes ?? []), ...next.nodes] },
    }),
  });
  await expect.poll(() => pageOf()?.nodes.map(({ id }) => id)).toEqual(alice.liveIds());
  expect(pageOf()?.pageInfo.hasNextPage).toBe(false);
  watching.unsubscribe();
  apollo.stop();
});

it.each([false, true])(
  'Apollo Client with automatic persisted queries (by GET: %s) sends the text when it learns that hashes are not known',
  async (useGETForHashedQueries) => {
    const alice = service.user({ sessions: 2 });
    const sha256 = (text: string) => hash('sha256', text);
    const apollo = createClient(new PersistedQueryLink({ sha256, useGETForHashedQueries }));
    const { data } = await apollo.query({ query: SessionsDocument, variables: { userId: alice.id } });
    expect(data?.sessions.map(({ id }) => id)).toEqual(alice.liveIds());
    apollo.stop();
  },
);
