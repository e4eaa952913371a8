// What a shared database costs, and how fast events get from one replica to a subscriber of another one.
// Needs `npm run build` and an empty database: node scripts/with-database.mjs node scripts/replica-cost.mjs
//
//   --rounds 300           enforcements and lists, one at a time, by a service with the database and one without in turn
//   --rate 1000            events a second, which FusionAuth reports to one replica; 0 leaves this part out
//   --seconds 20           for so long
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Population } from './pressure/population.mjs';
import { Processes } from './pressure/processes.mjs';
import { quantile, sendJson } from './pressure/send.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '300' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
  },
});
const rounds = Number(values.rounds);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const databaseUrl = process.env.DATABASE_URL;
if (databaseUrl === undefined) throw new Error('DATABASE_URL names an empty database');
const apiKey = 'replica-cost-api-key';
const serviceKey = 'replica-cost-service-key-of-the-logins';
const webhookSecret = 'replica-cost-webhook-secret';
/** Sessions of each user before an enforcement leaves one. */
const sessionsEach = 4;
const warmUps = 100;
/** How often reports that are due begin, in milliseconds. */
const tickMs = 5;

const processes = new Processes();
const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
try {
  const emulator = await processes.startEmulator(apiKey);
  const population = new Population(emulator, apiKey);
  const applicationId = await population.addApplication();
  const env = {
    NODE_ENV: 'development',
    FUSIONAUTH_URL: emulator.url,
    FUSIONAUTH_API_KEY: apiKey,
    DEMO_SERVICE_KEY: serviceKey,
    RATE_LIMIT_POINTS: '100000000',
    WEBHOOK_HEADER_NAME: 'X-Webhook-Secret',
    WEBHOOK_HEADER_VALUE: webhookSecret,
  };
  const alone = await processes.startService(env);
  const shared = [];
  for (let number = 0; number < 2; number++) {
    shared.push(await processes.startService({ ...env, DATABASE_URL: databaseUrl }));
  }
  await compare(population, alone, shared[0]);
  if (rate > 0) await follow(applicationId, shared);
} finally {
  await database.end();
  await processes.stop();
}

/** One at a time, in turn, so that both meet the same machine. */
async function compare(population, alone, shared) {
  const enforce = 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome revokedCount } }';
  const list = 'query ($id: ID!) { sessions(userId: $id) { id } }';
  const users = await population.addUsers(2 * (warmUps + rounds), sessionsEach);
  const times = { enforce: [[], []], list: [[], []], roundTrip: [], commit: [] };
  await database.query('create table public.replica_cost (round int)');
  for (let round = 0; round < warmUps + rounds; round++) {
    const isMeasured = round >= warmUps;
    for (const [index, { url }] of [alone, shared].entries()) {
      const { id } = users[2 * round + index];
      for (const [name, query] of Object.entries({ list, enforce })) {
        const answer = await sendJson(`${url}/graphql`, { key: serviceKey, body: { query, variables: { id } } });
        if (answer.body?.errors !== undefined) throw new Error(JSON.stringify(answer.body));
        if (isMeasured) times[name][index].push(answer.elapsedMs);
      }
    }
    if (isMeasured) times.roundTrip.push(await timeOf('select 1'));
    if (isMeasured) times.commit.push(await timeOf(`insert into public.replica_cost values (${round})`));
  }
  for (const name of ['enforce', 'list']) {
    const [without, with_] = times[name].map((some) => quantile(some, 0.5));
    const slow = times[name].map((some) => ms(quantile(some, 0.99))).join(' / ');
    process.stdout.write(
      `${name}: p50 ${ms(without)} ms without, ${ms(with_)} ms with the database: ${ms(with_ - without)} ms more; p99 ${slow}\n`,
    );
  }
  const trips = `a round trip to the database ${ms(quantile(times.roundTrip, 0.5))} ms`;
  process.stdout.write(`${trips}, with a commit ${ms(quantile(times.commit, 0.5))} ms\n`);
}

async function timeOf(statement) {
  const startedAt = performance.now();
  await database.query(statement);
  return performance.now() - startedAt;
}

/** FusionAuth reports to the first replica; the subscriber follows the second one. */
async function follow(applicationId, [first, second]) {
  const sentAt = new Map();
  const times = [];
  const closing = new AbortController();
  const query = 'subscription { sessionEvents(types: [SESSION_REVOKED]) { sessionId } }';
  const stream = await fetch(`${second.url}/graphql/stream`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${serviceKey}`,
    },
    body: JSON.stringify({ query }),
    signal: closing.signal,
  });
  const reading = (async () => {
    for await (const chunk of stream.body) {
      const at = performance.now();
      for (const [, id] of Buffer.from(chunk)
        .toString()
        .matchAll(/"sessionId":"([^"]+)"/g)) {
        const begun = sentAt.get(id);
        if (begun !== undefined) times.push(at - begun);
      }
    }
  })().catch(() => undefined);
  const answers = [];
  const acknowledged = [];
  const warmUpMs = 3_000;
  const startedAt = performance.now();
  const until = startedAt + warmUpMs + seconds * 1_000;
  let sent = 0;
  for (let now = startedAt; now < until; now = performance.now()) {
    for (const due = ((now - startedAt) / 1_000) * rate; sent < due; sent++) {
      answers.push(report(first, applicationId, now - startedAt > warmUpMs ? sentAt : null, acknowledged));
    }
    await delay(tickMs);
  }
  await Promise.all(answers);
  for (let waited = 0; times.length < sentAt.size && waited < 100; waited++) await delay(100);
  closing.abort();
  await reading;
  const [p50, p99] = [0.5, 0.99].map((share) => ms(quantile(times, share)));
  const [own50, own99] = [0.5, 0.99].map((share) => ms(quantile(acknowledged, share)));
  process.stdout.write(
    `${rate} events a second for ${seconds} s: ${times.length} of ${sentAt.size} arrived; from the report to the subscriber of the other replica p50 ${p50} ms, p99 ${p99} ms; ${acknowledged.length} were acknowledged, p50 ${own50} ms, p99 ${own99} ms\n`,
  );
}

async function report({ url }, applicationId, sentAt, acknowledged) {
  const id = randomUUID();
  const event = {
    type: 'jwt.refresh-token.revoke',
    id: randomUUID(),
    createInstant: Date.now(),
    tenantId: '10000000-0000-4000-8000-000000000001',
    userId: randomUUID(),
    applicationId,
    applicationTimeToLiveInSeconds: { [applicationId]: 3_600 },
    refreshToken: { id },
  };
  sentAt?.set(id, performance.now());
  const headers = { 'X-Webhook-Secret': webhookSecret };
  const { status, elapsedMs } = await sendJson(`${url}/webhooks/fusionauth`, { headers, body: { event } });
  if (status === 200 && sentAt !== null) acknowledged.push(elapsedMs);
}

function ms(value) {
  return Math.round(value * 100) / 100;
}
