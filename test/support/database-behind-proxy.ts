import { sharedPostgres } from './postgres.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** An empty database of the shared server, and a way to it that a test can cut. */
interface DatabaseBehindProxy extends AsyncDisposable {
  readonly proxy: TcpProxy;
  /** Leads through the proxy. */
  readonly url: string;
  readonly directUrl: string;
}

export async function startDatabaseBehindProxy(): Promise<DatabaseBehindProxy> {
  const directUrl = await (await sharedPostgres()).createDatabase();
  const url = new URL(directUrl);
  const proxy = await startTcpProxy(Number(url.port));
  url.port = `${proxy.port}`;
  return { proxy, url: url.href, directUrl, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}
