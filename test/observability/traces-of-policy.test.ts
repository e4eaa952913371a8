import { context, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tracing } from '../../src/observability/tracing.js';
import { startPolicyService } from '../support/policies.js';
import type { TestService } from '../support/service.js';
import { shown, startTracing, type TestTracing } from '../support/spans.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';
const headers = { traceparent: `00-${traceId}-${callersSpan}-01`, baggage: 'secret=one' };

let tracing: TestTracing;
beforeAll(() => {
  tracing = startTracing();
});
afterAll(() => tracing[Symbol.dispose]());
let service: TestService;

const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId;

describe('with a session policy', () => {
  beforeEach(async () => {
    service = await startPolicyService({ events: ['user.login.success'] });
    tracing.clear();
  });
  afterEach(() => service[Symbol.asyncDispose]());

  it('a delivery is a step of its own, and the job that follows is a trace of its own', async () => {
    const user = service.user({ sessions: 3 });
    await user.login();
    const delivery = await tracing.ended('webhook userSignedIn');
    expect(shown(delivery)).toEqual({
      name: 'webhook userSignedIn',
      kind: 'INTERNAL',
      attributes: { 'fusionauth_sessions.event': 'userSignedIn', 'fusionauth_sessions.outcome': 'handled' },
    });
    expect(parentOf(delivery)).toBe(idOf(await tracing.ended('POST /webhooks/fusionauth')));
    const job = await vi.waitFor(() => {
      const ended = tracing.spans().filter((span) => span.name === 'policy job');
      const complete = ended.find(({ attributes }) => attributes['fusionauth_sessions.outcome'] === 'complete');
      if (complete === undefined) throw new Error('No job is complete');
      return complete;
    }, 45_000);
    expect(job.attributes['fusionauth_sessions.trigger']).toBe('signIn');
    expect(parentOf(job)).toBeUndefined();
    const calls = tracing.spans().filter((span) => parentOf(span) === idOf(job));
    expect(calls.map(({ name }) => name)).toContain('DELETE /api/jwt/refresh/{id}');
  });
});

it('a request joins the span of a server that is instrumented, and leaves its end to that', () => {
  tracing.clear();
  const tracer = trace.getTracer('instrumentation of node:http');
  const tracingOfService = new Tracing({ version: '1', fusionAuthUrl: 'https://auth.example.com' });
  const instrumented = tracer.startSpan('POST');
  const request = { method: 'POST', route: '/graphql', headers };
  const begun = context.with(trace.setSpan(context.active(), instrumented), () =>
    tracingOfService.requestBegun(request),
  );
  expect(begun.traceId).toBe(instrumented.spanContext().traceId);
  let active: unknown;
  begun.run(() => {
    active = trace.getActiveSpan();
  });
  expect(active).toBe(instrumented);
  begun.end(200);
  expect(tracing.spans()).toEqual([]);
  instrumented.end();
  expect(tracing.spans().map(shown)).toMatchObject([
    { name: 'POST /graphql', attributes: { 'http.route': '/graphql' } },
  ]);
});

it('a request whose client has gone, and a call that nobody answered, end with a code', () => {
  tracing.clear();
  const tracingOfService = new Tracing({ version: '1', fusionAuthUrl: 'https://auth.example.com' });
  tracingOfService.requestBegun({ method: 'FIND', route: '/graphql', headers: {} }).end(null);
  tracingOfService.requestBegun({ method: 'GET', route: '/graphql', headers: {} }).end(500);
  tracingOfService.callBegun({ method: 'GET', route: '/x', attempt: 1 }).end({ statusCode: null, failure: 'timeout' });
  expect(tracing.spans().map(shown)).toMatchObject([
    { name: 'HTTP /graphql', attributes: { 'http.request.method': '_OTHER' }, error: 'unanswered' },
    { name: 'GET /graphql', error: '500' },
    { name: 'GET /x', attributes: { 'server.address': 'auth.example.com', 'server.port': 443 }, error: 'timeout' },
  ]);
});
