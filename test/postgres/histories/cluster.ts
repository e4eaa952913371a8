import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { permissions } from '../../../src/domain/caller.js';
import { type Emulator, startEmulator } from '../../../src/emulator/emulator.js';
import { sendEventsTo, signingKeyOfEvents } from '../../../src/emulator/send-events.js';
import type { Application } from '../../../src/emulator/store/records.js';
import { createGuard, type Guard } from '../../../src/guard/guard.js';
import { type SessionHistory, watchSessions } from '../../enforcement/support/session-history.js';
import { shopId, shopTokens } from '../../support/access-tokens.js';
import { buildService } from '../../support/build.js';
import type { ListeningServer } from '../../support/listening-server.js';
import { startPgBouncer } from '../../support/pgbouncer.js';
import { type OwnPostgresServer, startPostgres } from '../../support/postgres.js';
import { serviceKeysVariable } from '../../support/service-keys.js';
import { Follower } from './follower.js';
import { ProcessReplica } from './process-replica.js';
import { startRoundRobin } from './round-robin.js';
import { governedRole, policyAllows, type Who } from './script.js';
import { Unrest } from './unrest.js';
import { startWebhookHub, type WebhookHub } from './webhook-hub.js';

/** Short, so that what a killed process has claimed is followed up soon. */
const budgets = { ENDING_BUDGET_MS: '3000', FUSIONAUTH_CALL_BUDGET_MS: '2000', FUSIONAUTH_REQUEST_TIMEOUT_MS: '1000' };

/** Soon over, so that histories meet what takes too long. */
const impatient = { DATABASE_STATEMENT_TIMEOUT_MS: '1000', DATABASE_CONNECT_TIMEOUT_MS: '1000' };

/** More than histories spend. */
const roomy = { RATE_LIMIT_POINTS: '10000000', DATABASE_OUTAGE_TOLERANCE_SECONDS: '30' };

const policy = `version: 1
mode: enforce
maxRevocationsPerMinute: 100000
rules: [{ name: limited, when: { roles: [${governedRole}] }, allow: ${policyAllows} }]
`;

const callers = ['shop', 'desk', 'batch'] as const satisfies readonly Who[];

/** Three processes of the service over one database, behind a balancer, in front of one FusionAuth. */
export interface Cluster extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly shop: Application;
  readonly database: OwnPostgresServer;
  readonly databaseUrl: string;
  /** Whoever comes while it restarts waits for that. */
  restartDatabase(as?: 'stopped' | 'killed'): Promise<void>;
  /** Gives no process of it any time for so long. */
  pauseDatabase(forMs: number): Promise<void>;
  readonly unrest: Unrest;
  readonly replicas: readonly ProcessReplica[];
  readonly balancer: ListeningServer;
  readonly hub: WebhookHub;
  /** Every session that ever was. */
  readonly sessions: SessionHistory;
  /** Resource servers that follow a replica each. */
  readonly guards: readonly Guard[];
  readonly follower: Follower;
  /** Posts an operation through the balancer; null when no answer came. */
  call<Data>(who: Who, query: string, variables: object): Promise<Answer<Data> | null>;
}

export interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

export async function startCluster(): Promise<Cluster> {
  await buildService();
  const database = await startPostgres();
  const isPooled = process.env['REPLICA_THROUGH_PGBOUNCER'] !== undefined;
  // A pooler of transactions is for databases that are migrated already.
  const databaseUrl = await database.createDatabase({ isEmpty: !isPooled });
  const pooler = isPooled ? await startPgBouncer(database.port) : null;
  const urlOfReplicas = new URL(databaseUrl);
  if (pooler !== null) urlOfReplicas.port = String(pooler.port);
  const emulator = await startEmulator();
  signingKeyOfEvents(emulator);
  await emulator.keys.jwks();
  const shop = emulator.store.addApplication({ id: shopId, name: 'Shop' });
  const folder = await mkdtemp(join(tmpdir(), 'histories-'));
  const policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, policy);
  const keyOf = (name: string) => `key-of-${name}-0123456789abcdef0123456789`;
  const env = {
    DATABASE_URL: urlOfReplicas.href,
    FUSIONAUTH_URL: emulator.url,
    FUSIONAUTH_API_KEY: emulator.apiKey,
    SERVICE_KEYS: serviceKeysVariable(...callers.map((name) => ({ name, key: keyOf(name), permissions })), {
      name: 'guard',
      key: keyOf('guard'),
      permissions: ['event:subscribe', 'session:read'],
    }),
    WEBHOOK_SIGNATURE: 'jwks',
    LOG_LEVEL: 'info',
    POLICY_FILE: policyFile,
    POLICY_RUNS_PER_SECOND: '1000',
    POLICY_SWEEP_INTERVAL_SECONDS: '0',
    ...shopTokens,
    ...budgets,
    ...roomy,
    ...impatient,
  };
  const ports = await freePorts(3);
  const [lastPort = 0, ...others] = ports.toReversed();
  // The version before has to be the first: it does not start on tables that a newer one has migrated.
  const last = await ProcessReplica.start(lastPort, env, process.env['REPLICA_VERSION_BEFORE']);
  const clocks = [clockOf(1), clockOf(-1)];
  const first = await Promise.all(
    others.toReversed().map((port, index) => ProcessReplica.start(port, { ...env, ...clocks[index] })),
  );
  const replicas = [...first, last];
  const balancer = await startRoundRobin(ports);
  const hub = await startWebhookHub(ports);
  sendEventsTo(emulator, hub.url, 'None');
  const guards = replicas.slice(0, 2).map(({ url }) =>
    createGuard({
      serviceUrl: url,
      serviceKey: keyOf('guard'),
      accessTokens: { fusionAuthUrl: emulator.url, issuer: 'acme.com', audience: shop.id },
      // What they refuse they have been sent: they ask about nothing, and no outage hides what they lack.
      maxRevocationLagSeconds: 0,
      uncertainTokens: 'accept',
      whenFeedIsDown: 'accept',
      reconnectBaseMs: 20,
      reconnectMaxMs: 200,
    }),
  );
  await Promise.all(guards.map((guard) => guard.ready()));
  const follower = new Follower(balancer.url, keyOf('guard'));
  let restarting: Promise<void> | null = null;
  const restart = async (as: 'stopped' | 'killed') => {
    await (as === 'killed' ? database.kill() : database.stop());
    await database.start();
  };
  return {
    emulator,
    shop,
    database,
    databaseUrl,
    restartDatabase(as = 'stopped') {
      restarting ??= restart(as).finally(() => {
        restarting = null;
      });
      return restarting;
    },
    async pauseDatabase(forMs) {
      await restarting;
      const resume = database.pause();
      await delay(forMs);
      resume();
    },
    unrest: new Unrest(databaseUrl),
    replicas,
    balancer,
    hub,
    sessions: watchSessions(emulator.store),
    guards,
    follower,
    async call<Data>(who: Who, query: string, variables: object) {
      const response = await fetch(`${balancer.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf(who)}` },
        body: JSON.stringify({ query, variables }),
      }).catch(() => null);
      return (response?.json() as Promise<Answer<Data>> | undefined)?.catch(() => null) ?? null;
    },
    async [Symbol.asyncDispose]() {
      await follower[Symbol.asyncDispose]();
      await Promise.all(guards.map((guard) => guard[Symbol.asyncDispose]()));
      await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
      await hub[Symbol.asyncDispose]();
      await balancer[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
      await pooler?.[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** What puts the clock of a replica ahead, or behind, where that is wanted. */
function clockOf(direction: number): Readonly<Record<string, string>> {
  const apartMs = Number(process.env['REPLICA_CLOCKS_APART_MS'] ?? 0) * direction;
  const program = `const now = Date.now; Date.now = () => now() + ${apartMs};`;
  return apartMs === 0 ? {} : { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('No port');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
