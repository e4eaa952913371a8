import { finished } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { unreachable } from '../domain/unreachable.js';
import type { DeliveryOutcome, WebhookReceiver } from '../webhook/webhook-receiver.js';
import type { RefusalLimit } from './address-limits.js';
import type { SeenDeliveries } from './seen-deliveries.js';
import type { HttpTelemetry } from './telemetry.js';

export interface WebhookRouteOptions {
  readonly receiver: Pick<WebhookReceiver, 'authenticate' | 'receive' | 'notReceived'>;
  /** The largest body of a delivery, in bytes. */
  readonly maxBodyBytes: number;
  /** How many deliveries are handled at the same time. A further one is answered so that FusionAuth sends it again. */
  readonly maxConcurrentDeliveries: number;
  /** Counts all deliveries. */
  readonly seen: Pick<SeenDeliveries, 'answered' | 'refused'>;
  /** Counts unrecognised deliveries by address. Null where addresses do not identify clients. */
  readonly refusals: RefusalLimit | null;
}

/**
 * FusionAuth's events at `POST /webhooks/fusionauth`. Answers have no body: FusionAuth looks at the status only, and
 * sends an event again unless it is 2xx. Bodies are never logged, because they may hold credentials.
 *
 * A delivery from anybody else is refused before its body is read, and counts for nothing.
 */
export function registerWebhook(app: FastifyInstance, telemetry: HttpTelemetry, options: WebhookRouteOptions): void {
  app.register(async (scope) => {
    scope.decorateRequest('signedSha256', null);
    scope.decorateRequest('wasReceived', false);
    // The signature covers the bytes as they came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      async (_request: unknown, body: Buffer) => body,
    );
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) telemetry.requestFailed(error, request);
      return answer(reply, status);
    });
    scope.route({
      method: 'POST',
      url: '/webhooks/fusionauth',
      bodyLimit: options.maxBodyBytes,
      onRequest: recogniseDelivery(telemetry, options),
      handler: async (request, reply) => {
        if (!Buffer.isBuffer(request.body)) return answer(reply, 415);
        request.wasReceived = true;
        const { body } = request;
        const receive = () => receiveDelivery(request, body, telemetry, options);
        const { tracing } = telemetry;
        return answer(reply, await (tracing === null ? receive() : tracing.delivery(receive)));
      },
    });
  });
}

/** Decides by the headers whether the body of a delivery is read, and answers the delivery if not. */
function recogniseDelivery(
  telemetry: HttpTelemetry,
  { receiver, maxConcurrentDeliveries, refusals, seen }: WebhookRouteOptions,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  let running = 0;
  return async (request, reply) => {
    const waitSeconds = (await refusals?.retryAfterSeconds(request.clientAddress)) ?? null;
    if (waitSeconds !== null) return answer(reply.header('retry-after', waitSeconds), 429);
    const authentication = await receiver.authenticate(request.raw.headersDistinct);
    switch (authentication.kind) {
      case 'refused':
        telemetry.deliveryNotRecognised(authentication.reason, request);
        seen.refused();
        await refusals?.count(request.clientAddress);
        return answer(reply, 401);
      case 'unavailable':
        telemetry.signingKeysUnavailable(authentication.cause, request.id);
        seen.refused();
        return answer(reply, 503);
    }
    request.signedSha256 = authentication.bodySha256;
    // Called even when FusionAuth has hung up already, and when the body never comes.
    finished(reply.raw, () => {
      if (!request.wasReceived) receiver.notReceived(authentication.bodySha256);
    });
    if (request.headers['content-encoding'] !== undefined) return answer(reply, 415);
    if (running >= maxConcurrentDeliveries) {
      telemetry.workRefused('deliveries');
      return answer(reply, 503);
    }
    running++;
    finished(reply.raw, () => running--);
    return undefined;
  };
}

/** @returns the status of the answer. */
async function receiveDelivery(
  { signedSha256, id }: FastifyRequest,
  body: Buffer,
  telemetry: HttpTelemetry,
  { receiver, seen }: WebhookRouteOptions,
): Promise<number> {
  const outcome = await receiver.receive(body, signedSha256);
  const status = statusOf(outcome);
  telemetry.deliveryAnswered(outcome, status, id);
  seen.answered(outcome, status);
  return status;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The hash of the only body that may follow; null when any may. */
    signedSha256: string | null;
    /** Whether the body was given to the receiver, which accounts for it from then on. */
    wasReceived: boolean;
  }
}

/** @see RFC 9110 section 11.6.1: a 401 names a scheme; none is registered for what FusionAuth does. */
function answer(reply: FastifyReply, status: number): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Webhook realm="fusionauth-sessions"');
  return reply.status(status).send();
}

function statusOf({ kind }: DeliveryOutcome): number {
  switch (kind) {
    case 'handled':
    case 'duplicate':
    case 'ignored':
      return 200;
    case 'denied':
      return 403;
    case 'undecodable':
    case 'stale':
    case 'future':
      return 400;
    case 'forged':
      return 401;
    case 'failed':
    case 'late':
    case 'busy':
      return 503;
    default:
      return unreachable(kind);
  }
}
