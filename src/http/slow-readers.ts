import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpTelemetry } from './telemetry.js';

interface SlowReadersOptions {
  /** How long a client may have unread bytes, in milliseconds, however much it reads meanwhile. */
  readonly writeTimeoutMs: number;
  /** How many bytes may wait to be read by all clients together. */
  readonly maxUnreadBytes: number;
  readonly telemetry: HttpTelemetry;
}

/** How often connections are looked at, in milliseconds. */
const lookIntervalMs = 1_000;

/**
 * Cuts off clients that do not read their answers. Unread bytes are memory of this process: they are held for a bounded
 * time, and where all clients together leave too many, those that have done so for longest go first.
 */
export function cutOffSlowReaders(
  server: Server,
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
  const look = () => {
    const now = performance.now();
    let unreadBytes = 0;
    for (const socket of sockets) {
      unreadBytes += socket.writableLength;
      if (socket.writableLength === 0) waitingSince.delete(socket);
      else if (!waitingSince.has(socket)) waitingSince.set(socket, now);
    }
    // In the order in which they began to wait.
    for (const [socket, since] of waitingSince) {
      const waitedMs = now - since;
      if (waitedMs < writeTimeoutMs && unreadBytes <= maxUnreadBytes) break;
      unreadBytes -= socket.writableLength;
      telemetry.slowReaderCutOff({ peer: socket.remoteAddress, unreadBytes: socket.writableLength, waitedMs });
      socket.destroy();
    }
  };
  const timer = setInterval(look, Math.min(lookIntervalMs, writeTimeoutMs)).unref();
  server.once('close', () => clearInterval(timer));
}
