import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

export type Certificate = 'trusted' | 'expired' | 'future' | 'other-host' | 'self-signed';

/** The authority that has signed all but the self-signed one, for NODE_EXTRA_CA_CERTS. Made for these tests only. */
export const authorityFile = fileURLToPath(new URL('./certificates/authority.pem', import.meta.url));

export interface TlsServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Speaks TLS for localhost, and passes on what comes to a server without TLS. */
export async function startTlsServer(certificate: Certificate, targetUrl: string): Promise<TlsServer> {
  const read = (name: string) => readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url));
  const server = createServer({ key: read('key'), cert: read(certificate) }, (socket) => {
    const target = connect(Number(new URL(targetUrl).port), '127.0.0.1');
    socket.on('error', () => target.destroy()).pipe(target);
    target.on('error', () => socket.destroy()).pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
