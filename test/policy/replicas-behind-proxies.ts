import { type PolicyServiceOptions, startPolicyService } from '../support/policies.js';
import { sharedPostgres } from '../support/postgres.js';
import type { TestService } from '../support/service.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

interface ReplicasBehindProxies {
  readonly replicas: readonly TestService[];
  /** The ways of the replicas to their database. */
  readonly proxies: readonly TcpProxy[];
}

/** Replicas in front of one FusionAuth over a database of their own, to which FusionAuth delivers nothing yet. */
export async function startReplicasBehindProxies(
  count: number,
  { env = {}, ...options }: PolicyServiceOptions,
): Promise<ReplicasBehindProxies> {
  const url = new URL(await (await sharedPostgres()).createDatabase());
  const replicas: TestService[] = [];
  const proxies: TcpProxy[] = [];
  for (let index = 0; index < count; index++) {
    const proxy = await startTcpProxy(Number(url.port));
    proxies.push(proxy);
    const throughProxy = new URL(url);
    throughProxy.port = String(proxy.port);
    const [first] = replicas;
    const replica = await startPolicyService({
      ...options,
      events: 'none',
      env: { ...env, DATABASE_URL: throughProxy.href },
      ...(first === undefined ? {} : { beside: first }),
    });
    replicas.push(replica);
  }
  return { replicas, proxies };
}
