import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A connection between guard and service that can be cut. */
export class Wire implements AsyncDisposable {
  isCut = false;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect(this.servicePort, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  url = '';

  constructor(private readonly servicePort: number) {}

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${portOf(this.#server.address())}`;
    return this;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
