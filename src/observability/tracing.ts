import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { JobTracing, PolicyRun } from '../application/policy/policy-telemetry.js';
import type { CallTrace, CallTracing, UpstreamCall } from '../fusionauth/telemetry.js';
import type { AnsweredOperation } from '../graphql/telemetry.js';
import type { BegunRequest, HttpTracing, RequestTrace } from '../http/telemetry.js';
import { type DeliveryOutcome, isRead } from '../webhook/webhook-receiver.js';
import { httpMethodOf } from './http-method.js';

/** Names of operations are chosen by callers: longer ones are left out. */
const maxOperationName = 100;

export interface TracingOptions {
  readonly version: string;
  readonly fusionAuthUrl: string;
}

/**
 * The steps of traces, for whatever SDK of OpenTelemetry the process was started with. Names and attributes are those of
 * its conventions as far as they hold nothing of users, sessions or documents: no URL, no path, no text of a query. Errors
 * are codes; their messages stay in the log.
 */
export class Tracing implements HttpTracing, CallTracing, JobTracing {
  readonly #tracer: Tracer;
  /** Attributes of every call to FusionAuth. */
  readonly #server: { readonly 'server.address': string; readonly 'server.port': number };

  constructor({ version, fusionAuthUrl }: TracingOptions) {
    this.#tracer = trace.getTracer('fusionauth-sessions', version);
    const { protocol, hostname, port } = new URL(fusionAuthUrl);
    const usual = protocol === 'https:' ? 443 : 80;
    this.#server = { 'server.address': hostname, 'server.port': port === '' ? usual : Number(port) };
  }

  requestBegun({ method, route, headers }: BegunRequest): RequestTrace {
    const name = `${httpMethodOf(method) ?? 'HTTP'} ${route}`;
    // Where Node.js's own server is instrumented, the request has a span already.
    const instrumented = trace.getActiveSpan();
    const attributes = { 'http.route': route };
    if (instrumented !== undefined) {
      instrumented.updateName(name).setAttributes(attributes);
      return requestTraceOf(instrumented, context.active(), () => undefined);
    }
    // The baggage that callers send with their trace is not for FusionAuth.
    const parent = propagation.deleteBaggage(propagation.extract(ROOT_CONTEXT, headers));
    const span = this.#tracer.startSpan(
      name,
      {
        kind: SpanKind.SERVER,
        attributes: { ...attributes, 'http.request.method': httpMethodOf(method) ?? '_OTHER' },
      },
      parent,
    );
    return requestTraceOf(span, trace.setSpan(parent, span), (status) => {
      if (status === null) failed(span, 'unanswered');
      else {
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) failed(span, `${status}`);
      }
      span.end();
    });
  }

  operation<Result>(run: () => Promise<Result>): Promise<Result> {
    return during(this.#tracer.startSpan('GraphQL Operation'), run);
  }

  /** Called within {@link operation}. */
  operationAnswered({ type, name, codes }: AnsweredOperation): void {
    const span = trace.getActiveSpan();
    if (span === undefined) return;
    if (type !== 'none') {
      const known = name !== null && name.length <= maxOperationName ? name : null;
      span.updateName(known === null ? type : `${type} ${known}`);
      span.setAttribute('graphql.operation.type', type);
      if (known !== null) span.setAttribute('graphql.operation.name', known);
    }
    const [first] = codes;
    if (first !== undefined) failed(span, first, codes.join(' '));
  }

  delivery<Result>(run: () => Promise<Result>): Promise<Result> {
    return during(this.#tracer.startSpan('webhook delivery'), run);
  }

  /** Called within {@link delivery}. */
  deliveryAnswered(outcome: DeliveryOutcome, status: number): void {
    const span = trace.getActiveSpan();
    if (span === undefined) return;
    if (isRead(outcome)) {
      span.updateName(`webhook ${outcome.event.kind}`);
      span.setAttribute('fusionauth_sessions.event', outcome.event.kind);
    }
    span.setAttribute('fusionauth_sessions.outcome', outcome.kind);
    if (status >= 400 && outcome.kind !== 'denied') failed(span, outcome.kind);
  }

  callBegun({ method, route, attempt }: Pick<UpstreamCall, 'method' | 'route' | 'attempt'>): CallTrace {
    const span = this.#tracer.startSpan(`${method} ${route}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': method,
        'url.template': route,
        ...this.#server,
        ...(attempt === 1 ? {} : { 'http.request.resend_count': attempt - 1 }),
      },
    });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), span), headers);
    return {
      headers,
      end: ({ statusCode, failure }) => {
        if (statusCode !== null) span.setAttribute('http.response.status_code', statusCode);
        // With 404 FusionAuth answers that something does not exist (any more), which is no fault.
        const isFault = failure !== null && statusCode !== 404;
        if (isFault) failed(span, statusCode === null || failure !== 'status' ? failure : `${statusCode}`);
        span.end();
      },
    };
  }

  job<Result>(trigger: string, run: () => Promise<Result>): Promise<Result> {
    const attributes = { 'fusionauth_sessions.trigger': trigger };
    // A trace of its own, because the job may run in another process than its trigger, and much later.
    return during(this.#tracer.startSpan('policy job', { root: true, attributes }), run);
  }

  /** Called within {@link job}. */
  jobRan({ outcome }: Pick<PolicyRun, 'outcome'>): void {
    const span = trace.getActiveSpan();
    span?.setAttribute('fusionauth_sessions.outcome', outcome);
    if (outcome === 'failed') span?.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
  }
}

function requestTraceOf(span: Span, within: Context, end: RequestTrace['end']): RequestTrace {
  return { traceId: span.spanContext().traceId, run: (work) => context.with(within, work), end };
}

/** Runs the work of a span, and ends the span. */
async function during<Result>(span: Span, run: () => Promise<Result>): Promise<Result> {
  try {
    return await context.with(trace.setSpan(context.active(), span), run);
  } catch (error) {
    failed(span, 'INTERNAL_SERVER_ERROR');
    throw error;
  } finally {
    span.end();
  }
}

function failed(span: Span, code: string, message = code): void {
  span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message });
}
