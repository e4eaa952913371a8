import { subscribe as listen, unsubscribe as stopListening } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

it('a process without an SDK of OpenTelemetry passes no trace on, and logs none', async () => {
  await using service = await startTestService();
  const seen: unknown[] = [];
  const note = (message: unknown) =>
    seen.push((message as { request: IncomingMessage }).request.headers['traceparent']);
  listen('http.server.request.start', note);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const user = service.user({ sessions: 1 });
  await service.data(`{ sessions(userId: "${user.id}") { id } }`, {}, { headers: { traceparent } });
  stopListening('http.server.request.start', note);
  // The first is the request to the service itself.
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual([traceparent, ...seen.slice(1).map(() => undefined)]);
  expect(service.logs.filter((line) => 'traceId' in line)).toEqual([]);
});
