import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { holdCalls } from '../../support/hold-calls.js';
import { ownTimeOf, startOwnTime } from '../../support/own-time.js';
import { startTestService, type TestService } from '../../support/service.js';

/** FusionAuth may take for ever: what ends things is the operation. */
const patient = {
  FUSIONAUTH_REQUEST_TIMEOUT_MS: '60000',
  FUSIONAUTH_CALL_BUDGET_MS: '60000',
  FUSIONAUTH_MAX_ATTEMPTS: '1',
};

const list = 'query ($id: ID!) { sessions(userId: $id) { id } }';
const enforce = 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }';

interface Enforced {
  readonly outcome: string | null;
  readonly revokedCount: number;
  readonly failures: readonly { readonly code: string; readonly retryable: boolean }[];
  readonly userErrors: readonly { readonly code: string }[];
}

/** Sends an operation that the caller gives up when told to. */
function begin(service: TestService, query: string, variables: object): AbortController {
  const abort = new AbortController();
  service
    .fetch('/graphql', {
      method: 'POST',
      headers: { authorization: `Bearer ${service.key(permissions)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: abort.signal,
    })
    .catch(() => 'given up');
  return abort;
}

describe('after OPERATION_TIMEOUT_MS', () => {
  it('a query that waits for FusionAuth is answered, and its call is given up', async () => {
    const env = { ...patient, OPERATION_TIMEOUT_MS: '300', FUSIONAUTH_MAX_CONCURRENT_CALLS: '1' };
    await using service = await startTestService({ env });
    // The settings are read already, so that the only connection is for the list.
    await service.data('{ sessionPolicy { applicationId } }');
    service.emulator.faults.add({ path: '/api/jwt/refresh', times: 1, fault: { kind: 'hang' } });

    const ownMs = startOwnTime();
    const { status, body, headers } = await service.query(list, { id: randomUUID() });
    expect(ownMs()).toBeLessThan(10_000);
    expect(status).toBe(200);
    expect(body.errors).toMatchObject([
      { path: ['sessions'], extensions: { code: 'UPSTREAM_TIMEOUT', requestId: headers.get('x-request-id') } },
    ]);
    expect(service.logs.filter(({ level }) => level === 'error')).toMatchObject([{ msg: 'operation failed' }]);

    // The one connection would otherwise be taken for a minute.
    const alice = service.user({ sessions: 1 });
    expect(await service.data(list, { id: alice.id })).toEqual({ sessions: [{ id: alice.sessions[0]?.id }] });
  });

  it('calls that still wait for their turn are never made', async () => {
    const env = { ...patient, OPERATION_TIMEOUT_MS: '300', FUSIONAUTH_MAX_CONCURRENT_CALLS: '1' };
    await using service = await startTestService({ env });
    const users = Array.from({ length: 20 }, () => service.user().id);
    await service.data('{ sessionPolicy { applicationId } }');
    service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'hang' } });
    service.emulator.calls.clear();
    await service.query('query ($ids: [ID!]!) { users(ids: $ids) { sessions { id } } }', { ids: users });
    await service.fetch('/health/live');
    expect(service.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(1);
  });

  it('one operation that gives up does not spoil the settings for another', async () => {
    await using service = await startTestService({ env: patient });
    const held = holdCalls(service.emulator, { path: '/api/application', times: 1 });
    const policy = '{ sessionPolicy { accessTokenLifetimeSeconds } }';
    const first = begin(service, policy, {});
    await expect.poll(() => service.emulator.calls.count({ path: '/api/application' })).toBe(1);
    const second = service.query(policy);
    first.abort();
    await ownTimeOf(200);
    held.release();
    expect((await second).body.errors).toBeUndefined();
    expect(service.emulator.calls.count({ path: '/api/application' })).toBe(1);
  });

  it('a mutation begins no further revocation, and tells what it did', async () => {
    await using service = await startTestService({ env: { ...patient, OPERATION_TIMEOUT_MS: '1500' } });
    const alice = service.user({ sessions: 60 });
    const fault = { kind: 'latency', minMs: 1_000, maxMs: 1_000 } as const;
    service.emulator.faults.add({ method: 'DELETE', path: '*', fault });
    const { enforceSingleSession: payload } = await service.data<{ readonly enforceSingleSession: Enforced }>(
      'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome revokedCount failures { code retryable } userErrors { code } } }',
      { id: alice.id },
    );
    expect(payload.outcome).toBe('PARTIAL');
    expect(payload.revokedCount).toBeGreaterThan(0);
    expect(payload.failures.length).toBeGreaterThan(0);
    expect(new Set(payload.failures.map(({ code }) => code))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
    expect(payload.failures.every(({ retryable }) => retryable)).toBe(true);
    expect(payload.revokedCount + payload.failures.length).toBe(59);
    expect(alice.liveIds()).toHaveLength(60 - payload.revokedCount);
    expect(alice.liveIds()[0]).toBe(alice.sessions.at(-1)?.id);
  });

  it('a mutation whose turn has not come does not begin, and the one before it is reported', async () => {
    await using service = await startTestService({ env: { ...patient, OPERATION_TIMEOUT_MS: '500' } });
    const [alice, bob] = [service.user({ sessions: 2 }), service.user({ sessions: 2 })];
    const fault = { kind: 'latency', minMs: 1_000, maxMs: 1_000 } as const;
    service.emulator.faults.add({ method: 'DELETE', path: '*', times: 1, fault });
    const fields = '{ outcome revokedCount userErrors { code } }';
    const data = await service.data<Readonly<Record<string, Enforced>>>(
      `mutation ($a: ID!, $b: ID!, $s: ID!) {
        one: enforceSingleSession(userId: $a) ${fields}
        two: enforceSingleSession(userId: $b) ${fields}
        three: revokeSession(sessionId: $s) { outcome userErrors { code } }
        four: revokeSessions(input: { userId: $b, reason: OTHER }) { revokedCount userErrors { code } }
      }`,
      { a: alice.id, b: bob.id, s: bob.sessions[0]?.id },
    );
    const late = { userErrors: [{ code: 'UPSTREAM_TIMEOUT' }] };
    expect(data).toEqual({
      one: { outcome: 'ENFORCED', revokedCount: 1, userErrors: [] },
      two: { outcome: null, revokedCount: 0, ...late },
      three: { outcome: null, ...late },
      four: { revokedCount: 0, ...late },
    });
    expect(bob.liveIds()).toHaveLength(2);
    expect(service.emulator.calls.count(({ query }) => query['userId'] === bob.id)).toBe(0);
  });
});

describe('a caller who has gone', () => {
  it('has its reads given up, and nobody is alarmed', async () => {
    const env = { ...patient, FUSIONAUTH_MAX_CONCURRENT_CALLS: '1' };
    await using service = await startTestService({ env });
    await service.data('{ sessionPolicy { applicationId } }');
    service.emulator.faults.add({ path: '/api/jwt/refresh', times: 1, fault: { kind: 'hang' } });
    const call = begin(service, list, { id: randomUUID() });
    await expect.poll(() => service.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(1);
    call.abort();

    const alice = service.user({ sessions: 1 });
    expect(await service.data(list, { id: alice.id })).toEqual({ sessions: [{ id: alice.sessions[0]?.id }] });
    expect(service.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('has the reads of all its requests given up, also of those that it sent without waiting for an answer', async () => {
    const env = { ...patient, FUSIONAUTH_MAX_CONCURRENT_CALLS: '1' };
    await using service = await startTestService({ env });
    await service.data('{ sessionPolicy { applicationId } }');
    service.emulator.calls.clear();
    service.emulator.faults.add({ path: '/api/jwt/refresh', times: 1, fault: { kind: 'hang' } });
    const ids = Array.from({ length: 12 }, () => randomUUID());
    const { port } = new URL(service.url);
    const connection = connect(Number(port), '127.0.0.1');
    for (const id of ids) {
      const body = JSON.stringify({ query: list, variables: { id } });
      const head = ['POST /graphql HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json'];
      const authorization = `Authorization: Bearer ${service.key(['session:read'])}`;
      connection.write([...head, authorization, `Content-Length: ${body.length}`, '', body].join('\r\n'));
    }
    await expect.poll(() => service.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(1);
    connection.destroy();

    const alice = service.user({ sessions: 1 });
    expect(await service.data(list, { id: alice.id })).toEqual({ sessions: [{ id: alice.sessions[0]?.id }] });
    expect(service.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(2);
  });

  it('has its mutation finished all the same', async () => {
    await using service = await startTestService({ env: patient });
    const alice = service.user({ sessions: 40 });
    const fault = { kind: 'latency', minMs: 200, maxMs: 200 } as const;
    service.emulator.faults.add({ method: 'DELETE', path: '*', fault });
    const call = begin(service, enforce, { id: alice.id });
    await expect.poll(() => service.emulator.calls.count({ method: 'DELETE' })).toBeGreaterThan(0);
    call.abort();
    await expect.poll(() => alice.liveIds()).toEqual([alice.sessions.at(-1)?.id]);
  });
});
