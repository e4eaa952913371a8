import { once } from 'node:events';
import type { Server } from 'node:http';

export interface ListeningServer extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
}

/** Has a server listen at any free port. Disposing of it cuts its connections, streams too. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<ListeningServer> {
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port');
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
