import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawConnection {
  readonly socket: Socket;
  /** Everything received so far, as text. */
  received(): string;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<unknown>;
}

/** A TCP connection to where a service listens, for requests that no HTTP client sends. */
export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  // A connection that is cut off is what some tests are about.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}

/** Sends this text, and answers what comes until the service closes the connection. */
export async function exchange(url: string, text: string): Promise<string> {
  const { socket, received, closed } = await openConnection(url);
  socket.write(text, 'latin1');
  await closed;
  return received();
}
