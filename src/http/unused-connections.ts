import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps track of connections on which no request has come yet. Node.js takes them for busy when it closes, so that a
 * client that connects ahead of its first request would hold up the stop until its time for the headers is over.
 * @returns a function that closes them.
 */
export function trackUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => void unused.delete(socket));
  return () => {
    for (const socket of unused) socket.destroy();
  };
}
