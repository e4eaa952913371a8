import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpTelemetry } from './telemetry.js';

/** Clients wait for answers, or send a handful of requests ahead. */
export const maxUnansweredRequests = 64;

/**
 * Closes connections on which many requests wait for their answers. Node.js takes all that a read has brought in one go:
 * thousands of small requests held the event loop for a third of a second, and memory until all were answered.
 */
export function limitUnansweredRequests(server: Server, telemetry: HttpTelemetry): void {
  const unanswered = new WeakMap<Socket, number>();
  server.on('request', ({ socket }, response) => {
    const count = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    if (count < maxUnansweredRequests || socket.destroyed) return;
    telemetry.workRefused('unansweredRequests');
    socket.destroy();
    takeNoMore(socket);
  });
}

/**
 * Leaves out the rest of what has been read, by the answer that tells the parser of Node.js that another protocol begins.
 * Without it, which is no public interface, each further request would be taken before the connection is gone.
 */
function takeNoMore(socket: Socket & { readonly parser?: { onIncoming?: unknown } | null }): void {
  if (typeof socket.parser?.onIncoming === 'function') socket.parser.onIncoming = () => otherProtocol;
}

const otherProtocol = 2;
