import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type WireMode =
  /** Everything goes through. */
  | 'open'
  /** Connections are dropped, and new ones refused. */
  | 'dropping'
  /** Each piece takes its time. */
  | 'slow'
  /** What the guard sends arrives, and nothing comes back: the connection looks alive. */
  | 'halfOpen'
  /** Nothing goes through in either direction. */
  | 'frozen';

/** A connection between a guard and the service on which things go wrong. */
export interface Wire extends AsyncDisposable {
  readonly url: string;
  mode: WireMode;
}

const maxDelayMs = 200;

export async function startWire(servicePort: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let mode: WireMode = 'open';
  const server = createServer((near) => {
    if (mode === 'dropping') return void near.destroy();
    const far = connect(servicePort, '127.0.0.1');
    carry(near, far, ['frozen']);
    carry(far, near, ['frozen', 'halfOpen']);
  });

  /** What is swallowed is lost for good: a connection that has lost a piece gets nothing after it. */
  function carry(from: Socket, to: Socket, swallowedIn: readonly WireMode[]): void {
    let hasLost = false;
    let order = Promise.resolve();
    sockets.add(from);
    from
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(from);
        to.destroy();
      })
      .on('data', (piece: Buffer) => {
        hasLost ||= swallowedIn.includes(mode);
        if (hasLost) return;
        const waitMs = mode === 'slow' ? Math.random() * maxDelayMs : 0;
        order = order.then(async () => {
          if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
          if (!to.destroyed) to.write(piece);
        });
      });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port');
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
      if (next === 'dropping') dropAll();
    },
    async [Symbol.asyncDispose]() {
      dropAll();
      server.close();
      await once(server, 'close');
    },
  };
}
