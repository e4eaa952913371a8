import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { OfConnection } from './of-connection.js';

/** The answers that wait on their connection behind the one to an earlier request. */
export class WaitingAnswers {
  readonly #open = new OfConnection<ServerResponse>((answers) => {
    for (const answer of answers) if (isWaiting(answer)) close(answer);
  });

  /**
   * Closes these answers when their connection closes. Node.js closes only the answer that has the connection, and what the
   * others hold, such as the place of a subscription or an open file, would never be given back.
   */
  constructor(server: Server) {
    server.on('request', ({ socket }, response) => {
      response.once('close', this.#open.add(socket, response));
    });
  }

  /** The bytes of those on a connection, which Node.js does not count for the connection. */
  bytesOn(socket: Socket): number {
    let bytes = 0;
    for (const answer of this.#open.of(socket)) if (isWaiting(answer)) bytes += answer.writableLength;
    return bytes;
  }
}

/** Resolves when an answer has its connection, or is closed. */
export function turnOf(answer: ServerResponse): Promise<void> | undefined {
  if (!isWaiting(answer) || answer.destroyed) return undefined;
  return new Promise((resolve) => {
    answer.once('socket', () => resolve());
    answer.once('close', () => resolve());
  });
}

function isWaiting({ socket }: ServerResponse): boolean {
  return socket === null;
}

/** As Node.js does, whose mark is no public interface: those who look later have to find the answer closed. */
function close(answer: ServerResponse): void {
  answer.destroy();
  Object.assign(answer, { _closed: true });
  answer.emit('close');
}
