import { Socket } from 'node:net';

/** How long the server may take to close the connections of a process that ends, in milliseconds. */
const maxPartingMs = 1_000;

/** The sockets of all connections of a process to the database. */
export class OpenSockets {
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  /** A socket for a connection that is to be opened. */
  create(): Socket {
    const socket = new Socket();
    // Once whoever asked for it listens.
    if (this.#isCut) setImmediate(() => socket.destroy());
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  /**
   * Destroys in a moment those that are still open then, and later ones at once, for when the last statement that matters
   * is done. The server closes connections, and one that does not answer would hold the end of the process up.
   */
  cutSoon(): void {
    setTimeout(() => {
      this.#isCut = true;
      for (const socket of this.#sockets) socket.destroy();
    }, maxPartingMs).unref();
  }
}
