import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpTelemetry } from './telemetry.js';
import type { WaitingAnswers } from './waiting-answers.js';

interface SlowReadersOptions {
  /** How long a client may have unread bytes without a break, in milliseconds. */
  readonly writeTimeoutMs: number;
  /** How many bytes may wait for all clients together. */
  readonly maxUnreadBytes: number;
  readonly telemetry: HttpTelemetry;
}

/** How often connections are checked, in milliseconds. */
const lookIntervalMs = 1_000;

/**
 * Cuts off clients that do not read their answers, because unread bytes are memory of this process. They are held for a
 * bounded time, and when all clients together leave too many, the slowest client goes first.
 */
export function cutOffSlowReaders(
  server: Server,
  waiting: Pick<WaitingAnswers, 'bytesOn'>,
  { writeTimeoutMs, maxUnreadBytes, telemetry }: SlowReadersOptions,
): void {
  /** The instant since which a connection has had unread bytes without a break. */
  const waitingSince = new Map<Socket, number>();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      waitingSince.delete(socket);
    });
    socket.on('drain', () => waitingSince.delete(socket));
  });
  const unreadOn = (socket: Socket) => socket.writableLength + waiting.bytesOn(socket);
  const look = () => {
    const now = performance.now();
    let unreadBytes = 0;
    for (const socket of sockets) {
      const ofSocket = unreadOn(socket);
      unreadBytes += ofSocket;
      if (ofSocket === 0) waitingSince.delete(socket);
      else if (!waitingSince.has(socket)) waitingSince.set(socket, now);
    }
    // The map is in the order in which connections began to wait.
    for (const [socket, since] of waitingSince) {
      const waitedMs = now - since;
      if (waitedMs < writeTimeoutMs && unreadBytes <= maxUnreadBytes) break;
      const ofSocket = unreadOn(socket);
      unreadBytes -= ofSocket;
      telemetry.slowReaderCutOff({ peer: socket.remoteAddress, unreadBytes: ofSocket, waitedMs });
      socket.destroy();
    }
  };
  const timer = setInterval(look, Math.min(lookIntervalMs, writeTimeoutMs)).unref();
  server.once('close', () => clearInterval(timer));
}
