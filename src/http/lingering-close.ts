import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a client may take to read an answer after which its connection closes. */
const lingerMs = 1_000;

/** How much of an unwanted body is read meanwhile, so that clients that send first can read the answer. */
const maxLingerBytes = 262_144;

/**
 * Closes the connection after an answer that leaves before the body of its request has arrived. Reading the unwanted
 * rest would cost whatever its sender decides.
 */
export function registerLingeringClose(app: FastifyInstance): void {
  app.addHook('onSend', ({ raw, headers }, reply, _payload, done) => {
    const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
    if (hasBody && !raw.complete) reply.header('connection', 'close');
    done();
  });
  lingerBeforeClosing(app.server);
}

/** Node.js closes by `destroySoon` after the last answer on a connection, and reads on until then. */
function lingerBeforeClosing(server: Server): void {
  server.on('connection', (socket) => {
    socket.destroySoon = () => closeAfterAnswer(socket);
  });
}

/**
 * Ends a connection once the answer has been sent. Closing over unread bytes resets the connection, and may lose the
 * answer, so further bytes are read and dropped, up to a bound of time and size.
 * @see RFC 9112 section 9.6
 */
export function closeAfterAnswer(socket: Socket): void {
  // The HTTP parser would take the rest of the body for a request.
  socket.removeAllListeners('data');
  let leftBytes = maxLingerBytes;
  socket.on('data', ({ length }: Buffer) => {
    leftBytes -= length;
    if (leftBytes < 0) socket.pause();
  });
  socket.resume();
  socket.end();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
