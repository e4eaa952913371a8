import { once, setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultSwitches } from '../faults.js';
import { unreachable } from '../unreachable.js';
import { generalError } from './errors-json.js';
import { pathOf } from './request-input.js';

/** Faults that replace or distort the answer of a call that was handled. */
type AnswerFault = Extract<Fault, { kind: 'reset' | 'malformedJson' | 'emptyBody' | 'mapBody' }>;

/**
 * Lets faults befall calls. Waits end early when `closing` aborts.
 *
 * A 500 is an HTML page as a servlet container or a proxy sends it, 401 and 404 are empty, a 429 is an edge's plain text,
 * and 503 and 504 carry the JSON FusionAuth documents.
 */
export function injectFaults(app: FastifyInstance, faults: FaultSwitches, closing: AbortSignal): void {
  const answerFaults = new WeakMap<FastifyRequest, AnswerFault>();
  // Each delayed call listens, and there may be any number of them.
  setMaxListeners(0, closing);
  const closed = once(closing, 'abort');

  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request);
    if (path.startsWith('/emulator/')) {
      return;
    }
    const { latencyMs, holds, fault } = faults.take(request.method, path);
    if (latencyMs > 0) {
      await wait(latencyMs, undefined, { signal: closing }).catch(() => undefined);
    }
    if (holds.length > 0) {
      await Promise.race([Promise.allSettled(holds), closed]);
    }
    if (fault === undefined) {
      return;
    }
    switch (fault.kind) {
      case 'hang':
        reply.hijack();
        return;
      case 'status':
        return sendFault(reply, fault);
      case 'reset':
        if (fault.when === 'before') {
          reply.hijack();
          request.raw.socket.destroy();
          return;
        }
        answerFaults.set(request, fault);
        return;
      default:
        answerFaults.set(request, fault);
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const fault = answerFaults.get(request);
    if (fault === undefined) {
      return payload;
    }
    if (fault.kind === 'reset') {
      request.raw.socket.destroy();
      return payload;
    }
    reply.code(200).type('application/json; charset=utf-8').removeHeader('content-length');
    return distort(fault, typeof payload === 'string' ? payload : '');
  });
}

async function distort(fault: Exclude<AnswerFault, { kind: 'reset' }>, payload: string): Promise<string> {
  switch (fault.kind) {
    case 'emptyBody':
      return '';
    case 'malformedJson':
      return payload === '' ? '{' : payload.slice(0, Math.max(1, payload.length - 2));
    case 'mapBody':
      return JSON.stringify(await fault.map(payload === '' ? undefined : JSON.parse(payload))) ?? '';
    default:
      return unreachable(fault);
  }
}

function sendFault(reply: FastifyReply, fault: Extract<Fault, { kind: 'status' }>): FastifyReply {
  reply.code(fault.status);
  if (fault.retryAfterSeconds !== undefined) {
    reply.header('retry-after', fault.retryAfterSeconds);
  }
  switch (fault.status) {
    case 401:
    case 404:
      return reply.send();
    case 429:
      return reply.type('text/plain').send('Too Many Requests');
    case 500:
      return reply.type('text/html').send('<html><body><h1>HTTP Status 500</h1></body></html>');
    case 503:
      return reply.send(generalError('[SearchUnavailable]', 'The search index is not available.').body);
    case 504:
      return reply.send(generalError('[WebhookTransactionException]', 'A webhook transaction has failed.').body);
    default:
      return unreachable(fault.status);
  }
}
