import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

export interface HealthOptions {
  /** Rejects when the service cannot do its work. */
  readonly check: () => Promise<void>;
  /** How long an answer of `check` is reused, in milliseconds, so that probes cost FusionAuth next to nothing. */
  readonly maxAgeMs: number;
  readonly logger: Logger;
}

/**
 * `/health/live` tells that the process runs; `/health/ready` that it can reach FusionAuth with its API key. Both are
 * open to anyone and say no more than that.
 */
export function registerHealth(app: FastifyInstance, { check, maxAgeMs, logger }: HealthOptions): void {
  let latest: { readonly isReady: Promise<boolean>; readonly at: number } | undefined;

  const isReady = () => {
    if (latest === undefined || performance.now() - latest.at > maxAgeMs) {
      const answer = check().then(
        () => true,
        (error: unknown) => {
          logger.warn({ err: error }, 'not ready');
          return false;
        },
      );
      latest = { isReady: answer, at: performance.now() };
    }
    return latest.isReady;
  };

  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const ready = await isReady();
    return reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'notReady' });
  });
}
