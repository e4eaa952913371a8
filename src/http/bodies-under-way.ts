import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { mayBeLongerThan } from './body-pieces.js';
import { sendRateLimited } from './errors.js';
import type { Share } from './share.js';
import type { HttpTelemetry } from './telemetry.js';

/** Shorter bodies come with their headers as a rule. */
const bytesOfLongBody = 16_000;

const retryAfterSeconds = 1;

/**
 * Bounds how many long bodies of known callers are on their way at the same time: what has come of each is held until the rest
 * comes, or until its time is over. Bodies of unknown callers are not read, or are short.
 */
export function limitBodiesUnderWay(app: FastifyInstance, underWay: Share, telemetry: HttpTelemetry): void {
  app.addHook('preParsing', ({ headers, recognised, raw }, reply, payload, done) => {
    if (recognised === null || raw.complete || !mayBeLongerThan(bytesOfLongBody, headers)) return done(null, payload);
    const leave = underWay.enter(recognised.caller);
    if (typeof leave === 'string') {
      telemetry.workRefused('bodies');
      const [status, whose] = leave === 'full' ? ([503, 'all callers'] as const) : ([429, 'this caller'] as const);
      sendRateLimited(reply, status, `Too many long bodies of ${whose} are on their way already.`, retryAfterSeconds);
      return;
    }
    finished(raw, { writable: false }, leave);
    done(null, payload);
  });
}
