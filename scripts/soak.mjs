// Lets three replicas over one database work for a while, and looks whether their memory and their connections stay flat.
// Needs `npm run build` and an empty database: node scripts/with-database.mjs node scripts/soak.mjs [minutes] [logins a second]
//
// What a replica remembers is bounded, and the bounds are so low here that it is full after a minute: what grows after
// that is a leak. The heap is looked at after garbage was collected, twice, so that collecting does not hide a growth of
// all memory.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { NodeProcesses } from './node-processes.mjs';

const minutes = Number(process.argv[2] ?? 10);
const loginsPerSecond = Number(process.argv[3] ?? 20);
const firstPort = Number(process.env.SOAK_PORT ?? 21300);
const databaseUrl = process.env.DATABASE_URL;
assert(databaseUrl, 'DATABASE_URL names an empty database');
const subscribersPerReplica = 10;
/** What memory may grow by from the second quarter to the last, in percent. */
const maxGrowthPercent = 20;
/** What the heap without garbage may grow by from the middle to the end, in percent. */
const maxHeapGrowthPercent = 5;
const remembered = { MAX_REMEMBERED_EVENTS: '1000', MAX_REMEMBERED_REVOCATIONS: '1000' };
const probe = new URL('./pressure/probe.mjs', import.meta.url).href;
const apiKey = 'soak-api-key';
const serviceKey = 'soak-service-key-of-many-characters';
const shop = 'a0000000-0000-4000-8000-000000000001';
const alice = 'b0000000-0000-4000-8000-000000000001';
const login = { loginId: 'alice@example.com', password: 'password', applicationId: shop };

const processes = new NodeProcesses();
const closing = new AbortController();
const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
const tally = { logins: 0, enforced: 0, failed: 0, events: 0 };
try {
  const emulator = await start(['dist/emulator/main.js', '--demo', '--port', `${firstPort}`, '--api-key', apiKey], {});
  const replicas = [];
  for (let number = 1; number <= 3; number++) {
    replicas.push(
      await start(['dist/main.js'], {
        PORT: `${firstPort + number}`,
        FUSIONAUTH_URL: emulator.url,
        FUSIONAUTH_API_KEY: apiKey,
        DEMO_SERVICE_KEY: serviceKey,
        DATABASE_URL: databaseUrl,
        RATE_LIMIT_POINTS: '100000000',
        ...remembered,
      }),
    );
  }
  for (const { url } of replicas) for (let n = 0; n < subscribersPerReplica; n++) void follow(url);
  const samples = [];
  const heaps = [];
  const heapsMb = () => Promise.all(replicas.map((replica) => heapMbOf(replica.process)));
  const middle = Date.now() + minutes * 30_000;
  const end = Date.now() + minutes * 60_000;
  const working = work(emulator.url, replicas, end);
  while (Date.now() < end) {
    await delay(10_000);
    const { rows } = await database.query(
      "select count(*)::int as count from pg_stat_activity where application_name = 'fusionauth-sessions'",
    );
    const sample = {
      rssMb: replicas.map((replica) => rssMbOf(replica.process.pid)),
      connections: rows[0].count,
      ...tally,
    };
    samples.push(sample);
    process.stdout.write(`${JSON.stringify(sample)}\n`);
    if (heaps.length === 0 && Date.now() > middle) heaps.push(await heapsMb());
  }
  await working;
  heaps.push(await heapsMb());
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  for (const [index] of replicas.entries()) {
    const [before, after] = [early, late].map((some) => median(some.map(({ rssMb }) => rssMb[index])));
    process.stdout.write(`replica ${index + 1}: ${before} MB in the second quarter, ${after} MB in the last\n`);
    assert(after <= before * (1 + maxGrowthPercent / 100), 'memory grows');
    const [then, now] = heaps.map((some) => some[index]);
    process.stdout.write(
      `replica ${index + 1}: ${then} MB of heap without garbage in the middle, ${now} MB at the end\n`,
    );
    assert(now <= then * (1 + maxHeapGrowthPercent / 100), 'the heap grows');
  }
  const [before, after] = [early, late].map((some) => Math.max(...some.map(({ connections }) => connections)));
  process.stdout.write(`connections to the database: ${before} in the second quarter, ${after} in the last\n`);
  assert(after <= before + replicas.length, 'connections grow');
  assert.equal(tally.failed, 0, 'calls failed');
} finally {
  closing.abort();
  await database.end();
  processes.kill();
}

/** Each login ends all others of its user, at any replica. */
async function work(fusionAuth, replicas, end) {
  const underWay = new Set();
  for (let number = 0; Date.now() < end; number++) {
    const { url } = replicas[number % replicas.length];
    const one = signInAndEnforce(fusionAuth, url).catch(() => tally.failed++);
    underWay.add(one);
    void one.finally(() => underWay.delete(one));
    await delay(1_000 / loginsPerSecond);
  }
  await Promise.all(underWay);
}

async function signInAndEnforce(fusionAuth, url) {
  await post(`${fusionAuth}/api/login`, { authorization: apiKey }, login);
  tally.logins++;
  const query = `mutation { enforceSingleSession(userId: "${alice}") { outcome } }`;
  const { data } = await post(`${url}/graphql`, { authorization: `Bearer ${serviceKey}` }, { query });
  if (data?.enforceSingleSession.outcome == null) tally.failed++;
  else tally.enforced++;
}

async function follow(url) {
  const query = 'subscription { sessionEvents(types: [SESSION_REVOKED]) { id sessionId reason } }';
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
  while (!closing.signal.aborted) {
    try {
      const response = await fetch(`${url}/graphql/stream`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${serviceKey}` },
        body: JSON.stringify({ query }),
        signal: closing.signal,
      });
      for await (const chunk of response.body) {
        tally.events += String(Buffer.from(chunk)).split('event: next').length - 1;
      }
    } catch {
      await delay(100);
    }
  }
}

async function post(url, headers, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.json();
}

function start(args, env) {
  return processes.start(['--expose-gc', '--import', probe, ...args], env, { hasChannel: true });
}

async function heapMbOf(child) {
  child.send({ id: 0, collects: true });
  const [{ usage }] = await once(child, 'message');
  return Math.round(usage.heapMegabytes * 10) / 10;
}

function rssMbOf(pid) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
