import { setMaxListeners } from 'node:events';
import type { FastifyReply } from 'fastify';
import { callerHasGone, type OperationTime } from '../application/operation/operation-time.js';

/**
 * The time of one operation, which begins now. Its signal is aborted when the time is over, and when the connection
 * closes before the answer has been sent. Call `stop` once the answer is known.
 */
export function startOperationClock(reply: FastifyReply, operationTimeoutMs: number): RunningClock {
  const abort = new AbortController();
  // Every read of the operation listens, and their number has a limit of its own.
  setMaxListeners(0, abort.signal);
  const timer = setTimeout(() => abort.abort(), operationTimeoutMs);
  const onClose = () => {
    if (!reply.raw.writableFinished) abort.abort(callerHasGone);
  };
  reply.raw.once('close', onClose);
  return {
    time: { deadline: performance.now() + operationTimeoutMs, signal: abort.signal },
    stop() {
      clearTimeout(timer);
      reply.raw.off('close', onClose);
    },
  };
}

export interface RunningClock {
  readonly time: OperationTime;
  stop(): void;
}
