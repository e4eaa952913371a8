import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startOwnTime } from '../../support/own-time.js';
import { type GraphQLAnswer, startTestService, type TestService } from '../../support/service.js';

const list = 'query ($id: ID!) { sessions(userId: $id) { id } }';

/** An interval that no test outlives. */
const slow = { RATE_LIMIT_INTERVAL_SECONDS: '3600', MAX_OPERATION_COST: '10' };

const start = (points: number) => startTestService({ env: { ...slow, RATE_LIMIT_POINTS: String(points) } });

const remainingOf = ({ body }: GraphQLAnswer) =>
  (body as { readonly extensions?: { readonly cost?: { readonly remainingPoints?: number } } }).extensions?.cost
    ?.remainingPoints;

function expectRateLimited({ status, headers, body }: GraphQLAnswer, expectedStatus: 429 | 503): void {
  expect(status).toBe(expectedStatus);
  const retryAfter = Number(headers.get('retry-after'));
  expect(retryAfter).toBeGreaterThan(0);
  expect(retryAfter).toBeLessThanOrEqual(3_600);
  expect(body.data).toBeUndefined();
  expect(body.errors).toMatchObject([
    {
      extensions: {
        code: 'RATE_LIMITED',
        retryAfterSeconds: retryAfter,
        requestId: headers.get('x-request-id'),
      },
    },
  ]);
}

describe('a caller', () => {
  it('spends one point a request, one for each call beyond the first, and ten a refused document', async () => {
    await using service = await start(20);
    expect(remainingOf(await service.query('{ viewer { name } }'))).toBe(19);
    expect(remainingOf(await service.query(list, { id: randomUUID() }))).toBe(16);
    await service.query('{ unknown }');
    expect(remainingOf(await service.query('{ viewer { name } }'))).toBe(5);
  });

  it('who has spent all gets 429 and when to come back, and FusionAuth hears nothing', async () => {
    await using service = await start(10);
    for (let request = 0; request < 10; request++) await service.query('{ viewer { name } }');
    service.emulator.calls.clear();
    for (const document of ['{ viewer { name } }', '{ unknown }', list]) {
      expectRateLimited(await service.query(document, { id: randomUUID() }), 429);
    }
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('is refused what costs more than is left, and may still spend that on less', async () => {
    await using service = await start(10);
    for (let request = 0; request < 8; request++) await service.query('{ viewer { name } }');
    service.emulator.calls.clear();
    expectRateLimited(await service.query(list, { id: randomUUID() }), 429);
    expect(service.emulator.calls.count()).toBe(0);
    expect(remainingOf(await service.query('{ viewer { name } }'))).toBe(0);
  });

  it('does not spend what is another one’s', async () => {
    await using service = await start(10);
    for (let request = 0; request < 11; request++) await service.query('{ viewer { name } }');
    const other = await service.query('{ viewer { name } }', {}, { key: service.key(['session:read']) });
    expect(other.status).toBe(200);
    expect(remainingOf(other)).toBe(9);
  });

  it('may spend anew in the next interval', async () => {
    await using service = await startTestService({
      env: { ...slow, RATE_LIMIT_POINTS: '10', RATE_LIMIT_INTERVAL_SECONDS: '1' },
    });
    const status = async () => (await service.query('{ viewer { name } }')).status;
    await expect.poll(status, { interval: 0 }).toBe(429);
    await expect.poll(status).toBe(200);
  });

  it('without credentials spends nobody’s points', async () => {
    await using service = await start(10);
    for (let request = 0; request < 20; request++) {
      expect((await service.query('{ viewer { name } }', {}, { key: 'wrong' })).status).toBe(401);
    }
    expect(remainingOf(await service.query('{ viewer { name } }'))).toBe(9);
  });
});

describe('above MAX_CONCURRENT_OPERATIONS', () => {
  const env = {
    MAX_CONCURRENT_OPERATIONS: '2',
    FUSIONAUTH_REQUEST_TIMEOUT_MS: '60000',
    FUSIONAUTH_CALL_BUDGET_MS: '60000',
  };

  /** Fills both places with operations that FusionAuth leaves waiting. */
  async function fill(service: TestService): Promise<AbortController> {
    service.emulator.faults.add({ path: '/api/jwt/refresh', times: 2, fault: { kind: 'hang' } });
    const abort = new AbortController();
    for (const id of [randomUUID(), randomUUID()]) {
      service
        .fetch('/graphql', {
          method: 'POST',
          headers: { authorization: `Bearer ${service.key(['session:read'])}`, 'content-type': 'application/json' },
          body: JSON.stringify({ query: list, variables: { id } }),
          signal: abort.signal,
        })
        .catch(() => 'cut off');
    }
    await expect.poll(() => service.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(2);
    return abort;
  }

  it('operations are refused at once with 503, and health is not', async () => {
    await using service = await startTestService({ env });
    const abort = await fill(service);
    const before = service.emulator.calls.count();
    const ownMs = startOwnTime();
    const answers = await Promise.all(Array.from({ length: 50 }, () => service.query(list, { id: randomUUID() })));
    expect(ownMs()).toBeLessThan(5_000);
    for (const answer of answers) {
      expectRateLimited(answer, 503);
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(service.emulator.calls.count()).toBe(before);
    expect((await service.fetch('/health/live')).status).toBe(200);
    abort.abort();
  });

  it('a place is free again once an operation is over', async () => {
    await using service = await startTestService({ env });
    const abort = await fill(service);
    abort.abort();
    await expect.poll(async () => (await service.query('{ viewer { name } }')).status).toBe(200);
  });
});
