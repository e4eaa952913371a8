import { subscribe as listen, unsubscribe as stopListening } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { operations } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { shown, startTracing, type TestTracing } from '../support/spans.js';
import { subscribe } from '../support/subscription.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';
const headers = { traceparent: `00-${traceId}-${callersSpan}-01`, baggage: 'secret=one' };

let tracing: TestTracing;
beforeAll(() => {
  tracing = startTracing();
});
afterAll(() => tracing[Symbol.dispose]());

/** The headers of requests to FusionAuth, as they arrived there. */
const arrived: IncomingMessage['headers'][] = [];
let service: TestService;
const note = (message: unknown) => {
  const { request, server } = message as { request: IncomingMessage; server: Server };
  const { port } = server.address() as AddressInfo;
  if (`${port}` === new URL(service.emulator.url).port) arrived.push(request.headers);
};

const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId;
const traceOf = (id: string) => tracing.spans().filter((span) => span.spanContext().traceId === id);

describe('a service in a process with an SDK of OpenTelemetry', () => {
  beforeEach(async () => {
    service = await startTestService();
    listen('http.server.request.start', note);
    arrived.length = 0;
    tracing.clear();
  });
  afterEach(async () => {
    stopListening('http.server.request.start', note);
    await service[Symbol.asyncDispose]();
  });

  it('traces one enforcement from its caller to FusionAuth', async () => {
    const user = service.user({ sessions: 3 });
    const document = 'mutation AfterLogin($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }';
    await service.data(document, { userId: user.id }, { headers });
    const request = await tracing.ended('POST /graphql');
    const spans = traceOf(traceId);
    const [operation] = spans.filter(({ name }) => name.startsWith('mutation'));
    const calls = spans.filter((span) => span.name.includes('/api/'));
    const { hostname, port } = new URL(service.emulator.url);
    const server = { 'server.address': hostname, 'server.port': Number(port) };
    const deletion = {
      name: 'DELETE /api/jwt/refresh/{id}',
      kind: 'CLIENT',
      attributes: {
        'http.request.method': 'DELETE',
        'url.template': '/api/jwt/refresh/{id}',
        'http.response.status_code': 200,
        ...server,
      },
    };

    expect(shown(request)).toEqual({
      name: 'POST /graphql',
      kind: 'SERVER',
      attributes: { 'http.request.method': 'POST', 'http.route': '/graphql', 'http.response.status_code': 200 },
    });
    expect(parentOf(request)).toBe(callersSpan);
    expect(operation && shown(operation)).toEqual({
      name: 'mutation AfterLogin',
      kind: 'INTERNAL',
      attributes: { 'graphql.operation.type': 'mutation', 'graphql.operation.name': 'AfterLogin' },
    });
    expect(parentOf(operation)).toBe(idOf(request));
    expect(calls.filter(({ name }) => name.startsWith('GET')).map(({ name }) => name)).toContain(
      'GET /api/jwt/refresh',
    );
    expect(calls.filter(({ name }) => name.startsWith('DELETE')).map(shown)).toEqual([deletion, deletion]);
    expect(new Set(calls.map(parentOf))).toEqual(new Set([idOf(operation)]));
    expect(spans).toHaveLength(calls.length + 2);
    expect(arrived.map(({ traceparent }) => traceparent).toSorted()).toEqual(
      calls.map((span) => `00-${traceId}-${idOf(span)}-01`).toSorted(),
    );
    expect(arrived.filter(({ baggage }) => baggage !== undefined)).toEqual([]);
    expect(service.logs.filter(({ msg }) => msg === 'request')).toMatchObject([{ traceId }]);
  });

  it('names queries by type and name, also those that it has compiled', async () => {
    const user = service.user({ sessions: 1 });
    for (let times = 0; times < 4; times++) {
      await service.data(`query Sessions { sessions(userId: "${user.id}") { id } }`);
      await tracing.ended('query Sessions');
    }
    const named = tracing.spans().filter(({ name }) => name === 'query Sessions');
    expect(named).toHaveLength(4);
    for (const span of named) {
      const calls = tracing.spans().filter((call) => parentOf(call) === idOf(span));
      expect(calls.map(({ name }) => name)).toContain('GET /api/jwt/refresh');
    }
    await service.query('{ viewer { name } }');
    expect(shown(await tracing.ended('query'))).toMatchObject({ attributes: { 'graphql.operation.type': 'query' } });
    const long = 'a'.repeat(101);
    await service.query(`query ${long} { viewer { name } }`);
    await vi.waitFor(() => expect(tracing.spans().filter(({ name }) => name === 'query')).toHaveLength(2), 45_000);
  });

  it('says of errors their codes only', async () => {
    await service.query('{ nonsense }');
    expect(shown(await tracing.ended('GraphQL Operation'))).toEqual({
      name: 'GraphQL Operation',
      kind: 'INTERNAL',
      attributes: { 'error.type': 'GRAPHQL_VALIDATION_FAILED' },
      error: 'GRAPHQL_VALIDATION_FAILED',
    });
    service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'status', status: 503 } });
    await service.query(`query Failing { sessions(userId: "${service.user().id}") { id } }`);
    expect(shown(await tracing.ended('query Failing'))).toMatchObject({
      attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE' },
      error: 'UPSTREAM_UNAVAILABLE',
    });
    const calls = tracing.spans().filter(({ name }) => name === 'GET /api/jwt/refresh');
    expect(calls.map(shown)).toMatchObject([
      { attributes: { 'error.type': '503', 'http.response.status_code': 503 }, error: '503' },
      { attributes: { 'error.type': '503', 'http.request.resend_count': 1 } },
      { attributes: { 'error.type': '503', 'http.request.resend_count': 2 } },
    ]);
    expect(tracing.spans().flatMap(({ events }) => events)).toEqual([]);
  });

  it('takes a session that is not there any more for no fault', async () => {
    await service.query('mutation { revokeSession(sessionId: "c0000000-0000-4000-8000-0000000000ff") { outcome } }');
    const calls = await vi.waitFor(() => {
      const found = tracing.spans().filter(({ attributes }) => attributes['http.response.status_code'] === 404);
      expect(found.length).toBeGreaterThan(0);
      return found;
    }, 45_000);
    for (const call of calls) expect(shown(call)).not.toHaveProperty('error');
  });

  it('traces the opening of a subscription, and its stream until it ends', async () => {
    const events = await subscribe(service, service.key(['event:subscribe']));
    await tracing.ended('subscription SessionEvents');
    expect(tracing.spans().filter(({ name }) => name.endsWith('/graphql/stream'))).toEqual([]);
    await events[Symbol.asyncDispose]();
    await tracing.ended('POST /graphql/stream');
  });

  it('traces neither probes nor what does not exist', async () => {
    await service.fetch('/health/live');
    await service.fetch('/health/ready');
    await service.fetch('/secret-path');
    await service.query('{ viewer { name } }');
    await tracing.ended('POST /graphql');
    expect(tracing.spans().filter(({ name }) => /health|secret/.test(JSON.stringify(name)))).toEqual([]);
  });

  it('tells traces nothing of users, sessions, keys or documents', async () => {
    const user = service.user({ sessions: 2, ssoSessions: 1 });
    for (const { document } of operations) {
      await service.query(document({ userId: user.id, sessionId: user.sessions[0]?.id ?? '' }, 3));
    }
    await service.query('{ viewer { name } }', {}, { key: 'wrong-secret-key' });
    await service.query(`{ user(id: "${user.id}") { email } }`, {}, { headers: { 'x-request-id': user.id } });
    await service.fetch(`/graphql?access_token=${user.sessions[0]?.token}`);
    await vi.waitFor(() => expect(tracing.spans().length).toBeGreaterThan(operations.length * 2), 45_000);
    const told = JSON.stringify(
      tracing.spans().map(({ name, attributes, status, events, links }) => [name, attributes, status, events, links]),
    );
    const secrets = [
      service.emulator.apiKey,
      user.email,
      'wrong-secret-key',
      ...user.sessions.map(({ token }) => token),
    ];
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(told).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/i);
    expect(told).not.toMatch(/userId:|__typename|\(input/);
  });
});
