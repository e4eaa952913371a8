import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../../support/access-tokens.js';
import { openConnection } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';
import { subscribe, type TestSubscription } from '../../support/subscription.js';

/** For calls that hang. */
const patient = { FUSIONAUTH_REQUEST_TIMEOUT_MS: '10000', FUSIONAUTH_CALL_BUDGET_MS: '10000' };

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...shopTokens, MAX_SUBSCRIPTIONS: '20' } });
});

afterAll(() => service[Symbol.asyncDispose]());

it('users who subscribe as much as they can leave room for the feeds of guards', async () => {
  const tokens = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const { id } = service.user();
      return signAsFusionAuth(service.emulator, claimsFor(service.emulator, id));
    }),
  );
  const open: TestSubscription[] = [];
  for (const token of tokens) {
    for (let count = 0; count < 10; count++) {
      open.push(await subscribe(service, token));
    }
  }
  expect(open.filter(({ status }) => status === 200)).toHaveLength(15);
  expect(open.filter(({ status }) => status === 429)).toHaveLength(15);
  const guard = await subscribe(service, service.key(['event:subscribe']));
  open.push(guard);
  expect(guard.status).toBe(200);
  await Promise.all(open.map((subscription) => subscription[Symbol.asyncDispose]()));
});

it('users whose requests run as many as may leave room for the logins of services', async () => {
  const env = { ...shopTokens, MAX_CONCURRENT_OPERATIONS: '8', ...patient };
  await using own = await startTestService({ shopId, env });
  const alice = own.user({ sessions: 3 });
  const users = Array.from({ length: 10 }, () => own.user());
  const tokens = await Promise.all(users.map(({ id }) => signAsFusionAuth(own.emulator, claimsFor(own.emulator, id))));
  // Keys and settings are read beforehand.
  await own.query('{ viewer { kind } }', {}, { key: tokens[0] ?? null });
  await own.data('{ sessionPolicy { applicationId } }');
  own.emulator.faults.add({ method: 'GET', path: '/api/jwt/refresh', times: 6, fault: { kind: 'hang' } });
  const gone = new AbortController();
  const list = (token: string) =>
    own.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { user { sessions { id } } } }' }),
      signal: gone.signal,
    });
  own.emulator.calls.clear();
  const hanging = tokens.slice(0, 6).map((token) => list(token).catch(() => null));
  await expect.poll(() => own.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(6);

  const refused = await Promise.all(tokens.slice(6).map(list));
  expect(refused.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  const enforced = await own.data('mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }', {
    id: alice.id,
  });
  expect(enforced).toEqual({ enforceSingleSession: { outcome: 'ENFORCED' } });
  gone.abort();
  await Promise.all(hanging);
});

it('a user who sends many requests without waiting for answers leaves room for other users', async () => {
  const env = { ...shopTokens, MAX_CONCURRENT_OPERATIONS: '20', ...patient };
  await using own = await startTestService({ shopId, env });
  const [greedy, other] = await Promise.all(
    [own.user(), own.user({ sessions: 1 })].map(({ id }) =>
      signAsFusionAuth(own.emulator, claimsFor(own.emulator, id)),
    ),
  );
  await own.query('{ viewer { kind } }', {}, { key: other ?? null });
  await own.data('{ sessionPolicy { applicationId } }');
  own.emulator.calls.clear();
  own.emulator.faults.add({ method: 'GET', path: '/api/jwt/refresh', times: 4, fault: { kind: 'hang' } });

  const body = JSON.stringify({ query: '{ viewer { user { sessions { id } } } }' });
  const request = `POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${greedy}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const connection = await openConnection(own.url);
  connection.socket.write(request.repeat(15));
  await expect.poll(() => own.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(4);
  const refused = await own.query('{ viewer { kind } }', {}, { key: greedy ?? null });
  expect(refused).toMatchObject({ status: 429, body: { errors: [{ extensions: { code: 'RATE_LIMITED' } }] } });
  const answered = await own.query('{ viewer { user { sessions { id } } } }', {}, { key: other ?? null });
  expect(answered).toMatchObject({ status: 200, body: { data: { viewer: { user: { sessions: [{}] } } } } });
  connection.socket.destroy();
});
