import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../../scripts/free-port.mjs';
import { permissions } from '../../../src/domain/caller.js';
import { type Emulator, startEmulator } from '../../../src/emulator/emulator.js';
import { sendEventsTo } from '../../../src/emulator/send-events.js';
import { ProcessReplica } from '../../postgres/histories/process-replica.js';
import { startWebhookHub, type WebhookHub } from '../../postgres/histories/webhook-hub.js';
import { shopId } from '../../support/access-tokens.js';
import { buildService } from '../../support/build.js';
import { type OwnPostgresServer, startPostgres } from '../../support/postgres.js';
import { serviceKeysVariable } from '../../support/service-keys.js';
import { createTestUser, type SignedIn, type TestUser } from '../../support/users.js';
import { GuardProcess } from './guard-process.js';
import { startWire, type Wire } from './wire.js';

const run = promisify(execFile);

/** Of the first guard, which bounds whatever is lost; and of the second one, which has nothing but the feed meanwhile. */
const leasesSeconds = [3, 600] as const;

/** So many users that each script meets its own. */
const userCount = 100;

export interface KnownSession extends SignedIn {
  readonly userId: string;
  /** When it ended, by the clock of the machine; null while it lives. */
  endedAt: number | null;
}

/** FusionAuth, two replicas over one database, and a guard at each, with wires between them on which things go wrong. */
export interface World extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly users: readonly TestUser[];
  readonly sessions: KnownSession[];
  readonly replicas: readonly ProcessReplica[];
  readonly guards: readonly GuardProcess[];
  readonly wires: readonly Wire[];
  readonly hub: WebhookHub;
  signIn(user: TestUser): Promise<void>;
  /** Posts an operation to a replica. Whether it is answered is left open. */
  call(replica: number, query: string, variables: object): Promise<void>;
  pauseDatabase(forMs: number): Promise<void>;
}

export async function startWorld(): Promise<World> {
  await buildService();
  const database = await startPostgres();
  const emulator = await startEmulator();
  const shop = emulator.store.addApplication({ id: shopId, name: 'Shop' });
  const key = 'key-of-everybody-0123456789abcdef0123456789';
  const env = {
    DATABASE_URL: await database.createDatabase(),
    FUSIONAUTH_URL: emulator.url,
    FUSIONAUTH_API_KEY: emulator.apiKey,
    SERVICE_KEYS: serviceKeysVariable({ name: 'everybody', key, permissions }),
    WEBHOOK_SIGNATURE: 'jwks',
    RATE_LIMIT_POINTS: '10000000',
    CONFIRMATIONS_PER_SECOND: '10000',
    ENDING_BUDGET_MS: '2000',
    FUSIONAUTH_CALL_BUDGET_MS: '2000',
    FUSIONAUTH_REQUEST_TIMEOUT_MS: '1000',
    DATABASE_STATEMENT_TIMEOUT_MS: '1000',
    DATABASE_CONNECT_TIMEOUT_MS: '1000',
  };
  const replicas: ProcessReplica[] = [];
  for (let number = 0; number < 2; number++) replicas.push(await ProcessReplica.start(await freePort(), env));
  const hub = await startWebhookHub(replicas.map(({ port }) => port));
  sendEventsTo(emulator, hub.url, 'None');
  const wires = await Promise.all(replicas.map(({ port }) => startWire(port)));
  const guards = await Promise.all(
    wires.map(({ url }, index) =>
      GuardProcess.start({
        serviceUrl: url,
        serviceKey: key,
        accessTokens: { fusionAuthUrl: emulator.url, issuer: 'acme.com', audience: shop.id },
        whenFeedIsDown: 'refuse',
        maxRevocationLagSeconds: leasesSeconds[index] ?? 0,
        feedToleranceMs: 6_000,
        requestTimeoutMs: 2_500,
        reconnectBaseMs: 20,
        reconnectMaxMs: 200,
        clockSlackMs: 0,
      }),
    ),
  );
  const sessions: KnownSession[] = [];
  noteEnds(emulator, sessions);
  return {
    emulator,
    users: Array.from({ length: userCount }, () => createTestUser(emulator, [shop], {})),
    sessions,
    replicas,
    guards,
    wires,
    hub,
    async signIn(user) {
      sessions.push({ ...(await user.login(shop.id)), userId: user.id, endedAt: null });
    },
    async call(replica, query, variables) {
      const answer = await fetch(`${replicas[replica]?.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(10_000),
      }).catch(() => null);
      await answer?.arrayBuffer().catch(() => undefined);
    },
    pauseDatabase: (forMs) => pauseDatabase(database, forMs),
    async [Symbol.asyncDispose]() {
      for (const one of [...guards, ...wires, hub, ...replicas, emulator, database]) await one[Symbol.asyncDispose]();
    },
  };
}

/** However a session ends, it is noted when. */
function noteEnds(emulator: Emulator, known: readonly KnownSession[]): void {
  const { sessions } = emulator.store;
  const remove = sessions.delete.bind(sessions);
  sessions.delete = (id) => {
    const removed = remove(id);
    const session = known.find(({ refreshTokenId }) => refreshTokenId === id);
    if (session !== undefined) session.endedAt ??= Date.now();
    return removed;
  };
}

/** Gives the server and its connections no time. */
async function pauseDatabase({ dataFolder }: OwnPostgresServer, forMs: number): Promise<void> {
  const [line = ''] = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(line), 'SIGSTOP');
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', line]);
  const children = stdout
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
  signal(children, 'SIGSTOP');
  await delay(forMs);
  signal([...children, Number(line)], 'SIGCONT');
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended.
    }
  }
}
