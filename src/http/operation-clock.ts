import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
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
  const forget = onceClosed(reply.raw.req.socket, () => abort.abort(callerHasGone));
  return {
    time: { deadline: performance.now() + operationTimeoutMs, signal: abort.signal },
    stop() {
      clearTimeout(timer);
      forget();
    },
  };
}

/** What to do for each connection, all of whose requests wait for one event. */
const onClosed = new WeakMap<Socket, Set<() => void>>();

/**
 * Of requests that are sent one after the other without waiting, only the answer to the first has the connection, and
 * the others would never learn that it has closed.
 * @returns how to forget it.
 */
function onceClosed(socket: Socket, act: () => void): () => void {
  if (socket.destroyed) {
    act();
    return () => {};
  }
  const acts = onClosed.get(socket) ?? new Set();
  if (!onClosed.has(socket)) {
    onClosed.set(socket, acts);
    socket.once('close', () => {
      for (const one of acts) one();
    });
  }
  acts.add(act);
  return () => acts.delete(act);
}

interface RunningClock {
  readonly time: OperationTime;
  stop(): void;
}
