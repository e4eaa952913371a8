import type { FastifyInstance } from 'fastify';
import type { HttpTelemetry } from './telemetry.js';

export interface HealthOptions {
  /** Rejects when the service cannot do its work. */
  readonly check: () => Promise<void>;
  /** Codes of faults that leave the service ready, for example `CLOCK_SKEW`. */
  readonly warnings: () => readonly string[];
  /** How long an answer of `check` is reused, in milliseconds, so that probes cost FusionAuth next to nothing. */
  readonly maxAgeMs: number;
  readonly telemetry: Pick<HttpTelemetry, 'readinessChecked'>;
  /** Whether the service is about to stop, and still takes requests. */
  readonly isDraining: () => boolean;
}

/** Checks whether the service is ready, unless it has checked a short time ago. Never rejects. */
type LookWhetherReady = () => Promise<boolean>;

/**
 * `/health/live` shows that the process runs; `/health/ready` shows that it reaches FusionAuth, that its API key has
 * the needed permissions, and that its tenant exists. Both are open to anyone, and show nothing else but codes of
 * warnings.
 */
export function registerHealth(
  app: FastifyInstance,
  { check, warnings, maxAgeMs, isDraining, telemetry }: HealthOptions,
): LookWhetherReady {
  let latest: { readonly isReady: Promise<boolean>; readonly at: number } | undefined;

  const isReady = () => {
    if (latest === undefined || performance.now() - latest.at > maxAgeMs) {
      const answer = check().then(
        () => {
          telemetry.readinessChecked(null);
          return true;
        },
        (error: unknown) => {
          telemetry.readinessChecked(error);
          return false;
        },
      );
      latest = { isReady: answer, at: performance.now() };
    }
    return latest.isReady;
  };

  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    if (isDraining()) return reply.status(503).send({ status: 'stopping' });
    const ready = await isReady();
    return reply.status(ready ? 200 : 503).send(ready ? readyBody(warnings()) : { status: 'notReady' });
  });
  return isReady;
}

function readyBody(warnings: readonly string[]) {
  return warnings.length === 0 ? { status: 'ready' } : { status: 'ready', warnings };
}
