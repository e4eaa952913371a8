import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { callerHasGone, type OperationTime } from '../application/operation/operation-time.js';
import { OfConnection } from './of-connection.js';

/**
 * The time of one operation, which begins now. Its signal is aborted when the time is over, and when the connection
 * closes before the answer has been sent. Call `stop` once the answer is known.
 */
export function startOperationClock(reply: FastifyReply, operationTimeoutMs: number): RunningClock {
  const abort = new AbortController();
  // Every read of the operation listens, and the limits of an operation bound their number.
  setMaxListeners(0, abort.signal);
  const timer = setTimeout(() => abort.abort(), operationTimeoutMs);
  const forget = onceClosed(reply.raw.req.socket, () => abort.abort(callerHasGone));
  return {
    time: { deadline: performance.now() + operationTimeoutMs, signal: abort.signal },
    stop() {
      clearTimeout(timer);
      forget();
    },
  };
}

/** The actions for the end of each connection, whose requests share one listener. */
const onClosed = new OfConnection<() => void>((acts) => {
  for (const act of acts) act();
});

/**
 * Calls back when a connection closes. Of pipelined requests only the first has the connection, so the others would
 * never notice.
 * @returns a function that stops listening.
 */
function onceClosed(socket: Socket, act: () => void): () => void {
  if (socket.destroyed) {
    act();
    return () => {};
  }
  return onClosed.add(socket, act);
}

interface RunningClock {
  readonly time: OperationTime;
  stop(): void;
}
