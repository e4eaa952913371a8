import { Socket } from 'node:net';
import type pg from 'pg';

export interface ConnectionOptions {
  /** `postgres://…`, with the password. */
  readonly url: string;
  readonly tls: DatabaseTls;
  /** How long a statement may take, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** How long opening a connection may take, or waiting for a free one, in milliseconds. */
  readonly connectTimeoutMs: number;
}

/**
 * `verified`: the certificate is checked against the authorities that Node.js knows, including those of
 * NODE_EXTRA_CA_CERTS.
 */
export type DatabaseTls = 'off' | 'unverified' | 'verified';

/** How long the server may take to close the connections of a process that ends, in milliseconds. */
const maxPartingMs = 1_000;

/** Every connection of one process to the database, whoever opens it. */
export class Connections {
  readonly config: pg.ClientConfig & { readonly connectionTimeoutMillis: number };
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  constructor({ url, tls, statementTimeoutMs, connectTimeoutMs }: ConnectionOptions) {
    this.config = {
      connectionString: url,
      ssl: tls === 'off' ? false : { rejectUnauthorized: tls === 'verified' },
      statement_timeout: statementTimeoutMs,
      // A bound in this process, because the server itself may not answer.
      query_timeout: statementTimeoutMs + 500,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      application_name: 'fusionauth-sessions',
      stream: () => this.#openSocket(),
    };
  }

  /**
   * Cuts in a moment those that are still open then, and later ones at once, for when the last statement that matters is
   * done. The server closes connections, and one that does not answer would hold the end of the process up.
   */
  cutSoon(): void {
    setTimeout(() => {
      this.#isCut = true;
      for (const socket of this.#sockets) socket.destroy();
    }, maxPartingMs).unref();
  }

  #openSocket(): Socket {
    const socket = new Socket();
    // Once whoever asked for it listens.
    if (this.#isCut) setImmediate(() => socket.destroy());
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
