// How many events a second two replicas publish and read without loss, and how much room they take.
// Needs `npm run build` and an empty database: node scripts/with-database.mjs node scripts/log-throughput.mjs
//
//   --rate 10000           events a second, half of them by each replica
//   --seconds 60           for so long
//
// The replicas are processes that hold the stores of the service, without its HTTP: what they publish is what FusionAuth
// reports, each with its delivery, and each of them reads all.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { quantile } from './pressure/send.mjs';

const { values } = parseArgs({
  options: { rate: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '60' } },
});
const replicas = 2;
const tickMs = 5;
/** How long after the last event has been acknowledged a replica may take to read it, in milliseconds. */
const mostWaitMs = 20_000;
const hourMs = 3_600_000;

if (process.send === undefined) await measure(Number(values.rate), Number(values.seconds));
else await publishAndRead(Number(values.rate) / replicas, Number(values.seconds));

async function measure(rate, seconds) {
  const database = new pg.Client(process.env.DATABASE_URL);
  await database.connect();
  const self = fileURLToPath(import.meta.url);
  const args = [self, '--rate', `${rate}`, '--seconds', `${seconds}`];
  const children = [];
  try {
    for (let number = 0; number < replicas; number++) {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      children.push(child);
      await messageOf(child);
    }
    for (const child of children) child.send('go');
    const published = await Promise.all(children.map(messageOf));
    const total = published.reduce((sum, count) => sum + count, 0);
    for (const child of children) child.send(total);
    const read = await Promise.all(children.map(messageOf));
    for (const [index, { seen, gaps, repeated, times, elapsedMs, refused, cpuMicros }] of read.entries()) {
      const [p50, p99] = [0.5, 0.99].map((share) => Math.round(quantile(times, share) * 10) / 10);
      const perSecond = Math.round(published[index] / (elapsedMs / 1_000));
      process.stdout.write(
        `replica ${index + 1}: published ${published[index]}, ${perSecond} a second until the last was acknowledged; ${refused} refused; read ${seen} of ${total}, ${gaps} out of order, ${repeated} twice; from publishing until it has read its own p50 ${p50} ms, p99 ${p99} ms; ${Math.round(cpuMicros / seen)} µs of CPU for each that it has read\n`,
      );
    }
    const { rows } = await database.query(
      `select relname, pg_total_relation_size(relid)::float8 as bytes from pg_stat_user_tables
      where relname in ('event', 'ending', 'delivery') order by relname`,
    );
    for (const { relname, bytes } of rows) {
      process.stdout.write(`${relname}: ${Math.round(bytes / total)} bytes an event, indexes included\n`);
    }
    const isWhole = read.every(({ seen, gaps, repeated }) => seen >= total && gaps + repeated === 0);
    const isTooMuch = read.some(({ refused }) => refused > 0);
    process.exitCode = isWhole && !isTooMuch ? 0 : 1;
    // What is refused FusionAuth reports again.
    if (isTooMuch) process.stdout.write('that is more than this machine takes: some was refused\n');
    process.stdout.write(`${isWhole ? 'nothing' : 'something'} that was acknowledged is lost\n`);
  } finally {
    await database.end();
    for (const child of children) child.kill('SIGKILL');
  }
}

async function messageOf(child) {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('A replica has ended'))),
  ]);
  return message;
}

/** One replica. */
async function publishAndRead(rate, seconds) {
  const { createPostgresStores } = await import('../dist/postgres/stores.js');
  const stores = await createPostgresStores({
    url: process.env.DATABASE_URL,
    tls: 'off',
    schema: 'fusionauth_sessions',
    poolSize: 10,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    outageToleranceMs: 30_000,
    maxBusyMs: 60_000,
    historyRetentionMs: 24 * hourMs,
    maxWaitingEvents: 100_000,
    maxRememberedEvents: 10_000,
    maxRememberedRevocations: 100_000,
    endedSessionMemoryMs: hourMs,
    maxTurnWaitMs: 1_000,
    clock: { now: () => Date.now() },
    telemetry: new Proxy({}, { get: () => () => undefined }),
  });
  const sentAt = new Map();
  const found = { seen: 0, gaps: 0, repeated: 0, times: [] };
  const ids = new Set();
  const events = await stores.feed.subscribe(() => true, null);
  const last = new Map();
  const reading = (async () => {
    for await (const { id, sessionId, tenantId, occurredAt } of events) {
      found.seen++;
      if (ids.has(id)) found.repeated++;
      ids.add(id);
      // Each publisher counts its own.
      if (occurredAt <= (last.get(tenantId) ?? 0)) found.gaps++;
      last.set(tenantId, occurredAt);
      const begunAt = sentAt.get(sessionId);
      if (begunAt === undefined) continue;
      found.times.push(performance.now() - begunAt);
      sentAt.delete(sessionId);
    }
  })();
  const publisher = randomUUID();
  const applicationId = randomUUID();
  const publish = (number) => {
    const id = randomUUID();
    const about = { tenantId: publisher, userId: randomUUID(), applicationId, sessionId: id };
    const facts = { reason: 'OTHER', initiatingEntity: 'UNKNOWN' };
    const now = Date.now();
    const event = { ...about, ...facts, type: 'SESSION_REVOKED', occurredAt: number };
    const ended = { id, userId: about.userId, applicationId, ...facts, endedAt: now, replacedBySessionId: null };
    sentAt.set(id, performance.now());
    return stores.log.publish({
      entries: [
        {
          event,
          refusal: { issuedBefore: now, expiresAt: now + hourMs },
          ending: {
            ended: { ...ended, accessTokensExpireBy: now + hourMs },
            outcome: 'revoked',
            tokensExpireBy: now + hourMs,
            cause: null,
          },
        },
      ],
      delivery: { id, expiresAt: now + hourMs },
    });
  };
  process.send('ready');
  await once(process, 'message');
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let begun = 0;
  let published = 0;
  let refused = 0;
  let underWay = 0;
  for (let now = startedAt; now < endsAt || underWay > 0; now = performance.now()) {
    for (const due = now < endsAt ? ((now - startedAt) / 1_000) * rate : 0; begun < due; ) {
      underWay++;
      publish(++begun)
        .then(
          () => published++,
          () => refused++,
        )
        .finally(() => underWay--);
    }
    await delay(tickMs);
  }
  const elapsedMs = performance.now() - startedAt;
  process.send(published);
  const [total] = await once(process, 'message');
  for (let waited = 0; found.seen < total && waited < mostWaitMs; waited += 100) await delay(100);
  await events.return();
  await reading;
  const { user, system } = process.cpuUsage(cpu);
  await new Promise((resolve) => process.send({ ...found, elapsedMs, refused, cpuMicros: user + system }, resolve));
  await stores[Symbol.asyncDispose]();
  process.disconnect();
}
