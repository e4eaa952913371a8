import cookie from '@fastify/cookie';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { CallLog } from '../call-log.js';
import type { EmulatorContext } from '../context.js';
import type { FaultSwitches } from '../faults.js';
import { tenantHeader } from './api-key-auth.js';
import { applyCors } from './cors.js';
import { ApiError } from './errors-json.js';
import { injectFaults } from './fault-injection.js';
import { pathOf, queryRecord, type RawBody } from './request-input.js';

/** Room for the documented 10,000 repeated `ids` in one URL. */
const maximumHeaderBytes = 512 * 1_024;
const maximumBodyBytes = 10 * 1_024 * 1_024;

/** An HTTP server that behaves like FusionAuth's for bodies, errors, faults and the call log, without any endpoint. */
export async function createHttpServer(
  context: EmulatorContext,
  faults: FaultSwitches,
  calls: CallLog,
): Promise<FastifyInstance> {
  const closing = new AbortController();
  const app = fastify({
    logger: false,
    bodyLimit: maximumBodyBytes,
    forceCloseConnections: true,
    http: { maxHeaderSize: maximumHeaderBytes },
    // 405 answers HEAD like any other method that no path has.
    exposeHeadRoutes: false,
  });
  app.addHook('preClose', async () => closing.abort());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    const body: RawBody = { contentType: request.headers['content-type'] ?? '', text: text.toString() };
    done(null, body);
  });
  app.setErrorHandler(async (error, _request, reply) => sendError(error, reply));
  await app.register(cookie);
  // Arrivals before faults and statuses after them, so that the log shows also what a fault kept back or changed.
  recordArrivals(app, context, calls);
  // A page must be able to read faults.
  applyCors(app, context);
  injectFaults(app, faults, closing.signal);
  recordStatuses(app, context);
  return app;
}

function recordArrivals(app: FastifyInstance, context: EmulatorContext, calls: CallLog): void {
  app.addHook('onRequest', async (request) => {
    const tenantId = tenantHeader(request);
    const call = calls.open({
      method: request.method,
      path: pathOf(request),
      query: queryRecord(request),
      ...(tenantId === undefined ? {} : { tenantId }),
      atMs: context.clock.now(),
    });
    context.openCalls.set(request, call);
  });
}

function recordStatuses(app: FastifyInstance, context: EmulatorContext): void {
  app.addHook('onSend', async (request, reply, payload) => {
    // FusionAuth stamps its answers by the clock by which it stamps tokens and sessions.
    reply.header('date', new Date(context.clock.now()).toUTCString());
    const call = context.openCalls.get(request);
    if (call !== undefined && !request.raw.socket.destroyed) {
      call.status = reply.statusCode;
    }
    return payload;
  });
}

async function sendError(error: unknown, reply: FastifyReply): Promise<void> {
  if (error instanceof ApiError) {
    await reply.code(error.status).send(error.body);
    return;
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  // FusionAuth's 500 has no body. The header names the defect of the emulator.
  const message = error instanceof Error ? error.message : `${error}`;
  reply.header('x-emulator-error', encodeURIComponent(message));
  await reply.code(typeof status === 'number' ? status : 500).send();
}
