import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { sendUnavailable } from './errors.js';
import { trackUnusedConnections } from './unused-connections.js';

/** After this time another replica takes the call, or this one, restarted. */
const retryAfterSeconds = 1;

/**
 * Takes a service out of its balancer. While it drains, it serves everything, but readiness fails and each answer
 * closes its connection, so that the balancer sends later requests elsewhere before any is refused.
 */
export class Drain {
  #isDraining = false;

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** @param drainMs How long balancers have to notice. */
  async begin(drainMs: number): Promise<void> {
    this.#isDraining = true;
    if (drainMs > 0) await delay(drainMs);
  }
}

/**
 * Lets the server close although clients keep connections open: while it closes, each answer closes its connection, and
 * a further request on one is answered with the advice to call again.
 */
export function registerStopping(app: FastifyInstance, drain: Drain): void {
  let isClosing = false;
  const closeUnusedConnections = trackUnusedConnections(app.server);
  app.addHook('preClose', async () => {
    isClosing = true;
    closeUnusedConnections();
  });
  app.addHook('onRequest', (_request, reply, done) => {
    if (!isClosing) done();
    else sendUnavailable(reply, 'The service is stopping. Call again: another replica takes it.', retryAfterSeconds);
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing || drain.isDraining) reply.header('connection', 'close');
    done();
  });
}
