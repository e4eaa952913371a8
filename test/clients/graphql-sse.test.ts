import { print } from 'graphql';
import { createClient } from 'graphql-sse';
import { expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { SessionEventsDocument } from '../../src/operations/operations.js';
import { startTestService, type TestService } from '../support/service.js';

/** Follows every event with the client as it comes, except for how long it waits before it comes back. */
function follow(service: TestService) {
  const headersCalls: string[] = [];
  const types: string[] = [];
  let connections = 0;
  let end: string | null = null;
  const client = createClient({
    url: `${service.url}/graphql/stream`,
    headers: () => {
      const authorization = `Bearer ${service.key(permissions)}`;
      headersCalls.push(authorization);
      return { authorization };
    },
    retryAttempts: 500,
    retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
    on: { connected: () => connections++ },
  });
  client.subscribe<{ sessionEvents: { type: string } }>(
    { query: print(SessionEventsDocument) },
    {
      next: ({ data }) => types.push(data?.sessionEvents.type ?? 'error'),
      complete: () => {
        end = 'complete';
      },
      error: () => {
        end = 'error';
      },
    },
  );
  return {
    headersCalls,
    types,
    connections: () => connections,
    end: () => end,
    [Symbol.dispose]: () => client.dispose(),
  };
}

async function revokeOneOf(service: TestService) {
  const [session] = service.user({ sessions: 1 }).sessions;
  await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: session?.id });
}

it('a graphql-sse client follows on after a restart of the service, with headers asked for anew', async () => {
  // Keeps FusionAuth running while the service in front of it is restarted.
  await using base = await startTestService();
  const first = await startTestService({ beside: base });
  using client = follow(first);
  await expect.poll(client.connections).toBe(1);
  await revokeOneOf(first);
  await expect.poll(() => client.types).toHaveLength(1);

  await first[Symbol.asyncDispose]();
  await using second = await startTestService({ beside: base, env: { PORT: new URL(first.url).port } });
  await expect.poll(client.connections).toBe(2);
  await revokeOneOf(second);
  await expect.poll(() => client.types).toEqual(['SESSION_REVOKED', 'SESSION_REVOKED']);
  expect(client.headersCalls.length).toBeGreaterThanOrEqual(2);
  expect(client.end()).toBeNull();
});

it('a graphql-sse client comes back after MAX_SUBSCRIPTION_SECONDS', async () => {
  await using service = await startTestService({ env: { MAX_SUBSCRIPTION_SECONDS: '1' } });
  using client = follow(service);
  await expect.poll(client.connections).toBeGreaterThanOrEqual(2);
  expect(client.headersCalls.length).toBeGreaterThanOrEqual(2);
  expect(client.end()).toBeNull();
});
