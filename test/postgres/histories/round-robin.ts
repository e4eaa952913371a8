import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { type ListeningServer, listen } from '../../support/listening-server.js';

/** A balancer as it stands in front of replicas: each request goes to the next one, streams too. */
export async function startRoundRobin(ports: readonly number[]): Promise<ListeningServer> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => forward(ports.length));

    /** A replica that refuses the connection has not seen the request, so that the next one may. */
    function forward(attempts: number): void {
      const port = ports[turn++ % ports.length];
      const { method, url: path, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port, method, path, headers: withoutHop(headers), agent: false });
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, withoutHop(answer.headers));
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
        answer.on('aborted', () => outgoing.destroy());
      });
      onward.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' && attempts > 1) return forward(attempts - 1);
        if (!outgoing.headersSent) outgoing.writeHead(502).end();
        else outgoing.destroy();
      });
      outgoing.on('close', () => onward.destroy());
      onward.end(Buffer.concat(chunks));
    }
  });
  return listen(server);
}

function withoutHop({ connection: _connection, 'transfer-encoding': _encoding, ...headers }: IncomingHttpHeaders) {
  return headers;
}
