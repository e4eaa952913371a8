import { ApolloClient, ApolloLink, InMemoryCache, Observable } from '@apollo/client';
import { Client, subscriptionExchange } from '@urql/core';
import { print } from 'graphql';
import { createClient, type Client as SseClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { SessionEventsDocument, type SessionEventsSubscription } from '../../src/operations/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

type SessionEventJson = SessionEventsSubscription['sessionEvents'];

/** Follows every event with a library, over a client of GraphQL over SSE; calls back with each, and when it ends. */
type Follow = (sse: SseClient, onEvent: (event: SessionEventJson) => void, onEnd: () => void) => () => void;

const byApollo: Follow = (sse, onEvent, onEnd) => {
  const link = new ApolloLink(
    ({ query, variables, operationName }) =>
      new Observable((observer) =>
        sse.subscribe(
          { query: print(query), variables, operationName: operationName ?? '' },
          {
            next: ({ data = null, errors = [] }) =>
              observer.next({ data, errors: errors.map((error) => error.toJSON()) }),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
  const apollo = new ApolloClient({ cache: new InMemoryCache(), link });
  const following = apollo.subscribe({ query: SessionEventsDocument }).subscribe({
    next: ({ data }) => data?.sessionEvents !== undefined && onEvent(data.sessionEvents),
    error: onEnd,
    complete: onEnd,
  });
  return () => {
    following.unsubscribe();
    apollo.stop();
  };
};

const byUrql: Follow = (sse, onEvent, onEnd) => {
  const urql = new Client({
    url: 'http://unused.invalid',
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: sse.subscribe(
              { query, variables: { ...variables } },
              {
                next: ({ data = null, errors = [] }) =>
                  sink.next({ data, ...(errors.length > 0 && { errors: [...errors] }) }),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
  const { unsubscribe } = urql.subscription(SessionEventsDocument, {}).subscribe(({ data, error }) => {
    if (error !== undefined) onEnd();
    else if (data !== undefined) onEvent(data.sessionEvents);
  });
  return unsubscribe;
};

/** @param mayComeBack Waits until the client may connect again. */
function start(follow: Follow, service: Pick<TestService, 'url' | 'key'>, mayComeBack: () => Promise<void>) {
  const events: SessionEventJson[] = [];
  let connections = 0;
  let hasEnded = false;
  const sse = createClient({
    url: `${service.url}/graphql/stream`,
    headers: () => {
      const last = events.at(-1)?.id;
      const authorization = `Bearer ${service.key(permissions)}`;
      return last === undefined ? { authorization } : { authorization, 'last-event-id': last };
    },
    retryAttempts: Number.POSITIVE_INFINITY,
    retry: mayComeBack,
    on: { connected: () => connections++ },
  });
  const stop = follow(
    sse,
    (event) => events.push(event),
    () => {
      hasEnded = true;
    },
  );
  return {
    events,
    connections: () => connections,
    hasEnded: () => hasEnded,
    [Symbol.dispose]() {
      stop();
      sse.dispose();
    },
  };
}

async function revokeOneOf(service: TestService): Promise<string> {
  const [session] = service.user({ sessions: 1 }).sessions;
  await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: session?.id });
  return session?.id ?? '';
}

describe.each([
  ['Apollo Client', byApollo],
  ['urql', byUrql],
])('a subscription with %s', (_name, follow) => {
  it('survives a restart of the service', async () => {
    // Keeps FusionAuth running while the service in front of it is restarted.
    await using base = await startTestService();
    const first = await startTestService({ beside: base });
    using following = start(follow, first, () => new Promise((resolve) => setTimeout(resolve, 20)));
    await expect.poll(following.connections).toBe(1);
    const before = await revokeOneOf(first);
    await expect.poll(() => following.events).toHaveLength(1);

    await first[Symbol.asyncDispose]();
    await using second = await startTestService({ beside: base, env: { PORT: new URL(first.url).port } });
    await expect.poll(following.connections).toBeGreaterThan(1);
    const after = await revokeOneOf(second);
    await expect.poll(() => following.events.map(({ sessionId }) => sessionId)).toEqual([before, after]);
    expect(following.hasEnded()).toBe(false);
  });

  it('misses nothing that happens between two connections', async () => {
    await using service = await startTestService();
    await using way = await startTcpProxy(Number(new URL(service.url).port));
    let comeBack = () => {};
    const returning = new Promise<void>((resolve) => {
      comeBack = resolve;
    });
    let leave = () => {};
    const away = new Promise<void>((resolve) => {
      leave = resolve;
    });
    using following = start(follow, { url: `http://127.0.0.1:${way.port}`, key: service.key }, () => {
      leave();
      return returning;
    });
    await expect.poll(following.connections).toBe(1);
    const ids = [await revokeOneOf(service)];
    await expect.poll(() => following.events).toHaveLength(1);
    way.cut();
    await away;
    ids.push(await revokeOneOf(service), await revokeOneOf(service));
    comeBack();
    await expect.poll(() => following.events.map(({ sessionId }) => sessionId)).toEqual(ids);
    expect(following.hasEnded()).toBe(false);
  });
});
