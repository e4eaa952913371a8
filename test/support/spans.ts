import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { vi } from 'vitest';

/** A real SDK of OpenTelemetry, which keeps what is traced in memory. Of the whole process, until it is disposed of. */
export interface TestTracing extends Disposable {
  /** The spans that have ended, in the order of their beginnings. */
  spans(): readonly ReadableSpan[];
  clear(): void;
  /** Waits until a span of this name has ended, and answers the last. */
  ended(name: string): Promise<ReadableSpan>;
}

export function startTracing(): TestTracing {
  const exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  const spans = () => exporter.getFinishedSpans().toSorted((a, b) => msOf(a) - msOf(b));
  return {
    spans,
    clear: () => exporter.reset(),
    ended: (name) =>
      vi.waitFor(() => {
        const found = spans().findLast((span) => span.name === name);
        if (found === undefined) throw new Error(`No ${name} among ${spans().map((span) => span.name)}`);
        return found;
      }, 45_000),
    [Symbol.dispose]() {
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

const msOf = ({ startTime: [seconds, nanoseconds] }: ReadableSpan) => seconds * 1_000 + nanoseconds / 1_000_000;

/** A span as tests compare it. */
export function shown(span: ReadableSpan): object {
  const { code, message } = span.status;
  return {
    name: span.name,
    kind: SpanKind[span.kind],
    attributes: span.attributes,
    ...(code === SpanStatusCode.ERROR ? { error: message } : {}),
  };
}
