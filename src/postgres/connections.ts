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

  /** Cuts all from now on: a server that has frozen does not answer that one ends. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
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
