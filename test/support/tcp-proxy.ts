import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

export type ProxyMode =
  /** Everything goes through. */
  | 'open'
  /** Connections are closed, and new ones refused. */
  | 'closed'
  /** Connections stay, and nothing goes through, as when the other side freezes. */
  | 'frozen';

/** A way to a server that a test can cut. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections were opened so far, refused ones included. */
  readonly connections: number;
  set(mode: ProxyMode): void;
  /** Leads to another port from now on. */
  leadTo(port: number): void;
  /** Closes the connections there are, once. */
  cut(): void;
}

export interface TcpProxyOptions {
  /** Changes what comes from the server, in whole messages of PostgreSQL; null leaves a message out. */
  readonly filter?: (message: Buffer) => Buffer | null;
  /**
   * Says of each chunk for the server whether the connection is cut: before it gets there, or before its answer does; or
   * whether it never gets there although the connection stays.
   */
  readonly cutAt?: (chunk: Buffer) => 'before' | 'after' | 'lost' | null;
}

export async function startTcpProxy(firstPort: number, { filter, cutAt }: TcpProxyOptions = {}): Promise<TcpProxy> {
  let targetPort = firstPort;
  let mode: ProxyMode = 'open';
  let connections = 0;
  const sockets = new Set<Socket>();
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const server = createServer((client) => {
    connections++;
    if (mode === 'closed') {
      client.destroy();
      return;
    }
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
      if (mode === 'frozen') socket.pause();
    }
    client.on('data', (chunk: Buffer) => {
      const cut = cutAt?.(chunk) ?? null;
      if (cut === 'before') client.destroy();
      else if (cut !== 'lost') target.write(chunk);
      // The server has the chunk, and reads it before it learns that nobody waits for the answer.
      if (cut === 'after') client.destroy();
    });
    const answers = filter === undefined ? target : target.pipe(new MessageFilter(filter));
    answers.on('data', (chunk: Buffer) => client.write(chunk));
    if (mode === 'frozen') for (const socket of [client, target]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port');
  return {
    port: address.port,
    get connections() {
      return connections;
    },
    set(next) {
      mode = next;
      if (mode === 'closed') destroyAll();
      for (const socket of sockets) {
        if (mode === 'frozen') socket.pause();
        else socket.resume();
      }
    },
    leadTo(port) {
      targetPort = port;
      destroyAll();
    },
    cut: destroyAll,
    async [Symbol.asyncDispose]() {
      destroyAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Cuts the stream of a server into messages: a letter, the length, the rest. The first answer may be one letter. */
class MessageFilter extends Transform {
  #rest = Buffer.alloc(0);

  constructor(private readonly keep: (message: Buffer) => Buffer | null) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 5) {
      const length = 1 + this.#rest.readInt32BE(1);
      if (this.#rest.length < length) break;
      const kept = this.keep(this.#rest.subarray(0, length));
      if (kept !== null) this.push(kept);
      this.#rest = this.#rest.subarray(length);
    }
    callback();
  }
}
