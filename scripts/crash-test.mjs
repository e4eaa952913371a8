// Has 20 users send the costliest known requests to the service, in a process of 256 MB of heap, while a login is
// enforced every second. None may fail, the process must live, and its memory is to be flat afterwards.
//
//   node scripts/crash-test.mjs                 300 requests, as in CI
//   node scripts/crash-test.mjs --seconds 600   for so long; enforcement is to take at most 5 times its quiet time (p99)
//   node scripts/crash-test.mjs --seconds 30 --profile /tmp/profile    with a CPU profile of the service
//
// Needs `npm run build`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Population } from './pressure/population.mjs';
import { Processes } from './pressure/processes.mjs';
import { quantile, resets, sendJson } from './pressure/send.mjs';

const { values } = parseArgs({
  options: {
    attacks: { type: 'string', default: '300' },
    seconds: { type: 'string' },
    profile: { type: 'string' },
  },
});
const maxAttacks = values.seconds === undefined ? Number(values.attacks) : Number.POSITIVE_INFINITY;
const maxMs = values.seconds === undefined ? Number.POSITIVE_INFINITY : Number(values.seconds) * 1_000;

const apiKey = 'crash-test-api-key';
const serviceKey = 'crash-test-service-key-of-the-logins';
const users = 20;
const connectionsOfUser = 3;
const sessionsOfUser = 300;
const heapMegabytes = 256;
const profiling = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const loginIntervalMs = values.seconds === undefined ? 200 : 1_000;
const quietLogins = 30;
const maxSlowdown = 5;
/** What is remembered is bounded: it fills up in the first part of a long run, and then nothing may be added. */
const maxRememberedMegabytes = 70;
const maxGrowthMegabytes = 25;
const tokenRenewalMs = 1_800_000;

const processes = new Processes();
try {
  await run();
} finally {
  await processes.stop();
}

async function run() {
  const emulator = await processes.startEmulator(apiKey);
  const population = new Population(emulator, apiKey);
  const applicationId = await population.addApplication();
  const service = await processes.startService(
    {
      NODE_ENV: 'development',
      FUSIONAUTH_URL: emulator.url,
      FUSIONAUTH_API_KEY: apiKey,
      DEMO_SERVICE_KEY: serviceKey,
      ACCESS_TOKEN_ISSUERS: 'acme.com',
      ACCESS_TOKEN_AUDIENCES: applicationId,
      INTROSPECTION: 'true',
    },
    [`--max-old-space-size=${heapMegabytes}`, ...profiling],
  );
  const attackers = await population.addUsers(users, sessionsOfUser);
  const renew = async () => {
    for (const attacker of attackers) attacker.token = await population.login(attacker);
  };
  await renew();

  const enforcements = { quiet: [], busy: [], failed: [] };
  const enforceLogin = async (times) => {
    const [user] = await population.addUsers(1, 2);
    await population.login(user);
    const query =
      'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome revokedCount failures { code } } }';
    const answer = await sendJson(`${service.url}/graphql`, {
      key: serviceKey,
      body: { query, variables: { id: user.id } },
    });
    times.push(answer.elapsedMs);
    const done = answer.body?.data?.enforceSingleSession;
    if (done?.outcome !== 'ENFORCED' || done.revokedCount !== 2) enforcements.failed.push(answer.body);
  };
  for (let count = 0; count < quietLogins; count++) await enforceLogin([]);
  for (let count = 0; count < quietLogins; count++) await enforceLogin(enforcements.quiet);

  const startedAt = performance.now();
  let isAttackOver = false;
  const isOver = () => isAttackOver;
  const attack = new Worker(new URL('./pressure/attackers.mjs', import.meta.url), {
    workerData: { url: service.url, attackers, connectionsOfUser, maxAttacks, maxMs },
  });
  const attacked = once(attack, 'message').finally(() => {
    isAttackOver = true;
  });
  const login = async () => {
    while (!isOver()) {
      const next = delay(loginIntervalMs);
      await enforceLogin(enforcements.busy);
      await next;
    }
  };
  const samples = [];
  let filled = null;
  const watch = async () => {
    while (!isOver()) {
      const isFilled = filled === null && performance.now() - startedAt > maxMs / 4;
      const sample = await service.usage({ collects: isFilled });
      if (isFilled) filled = sample;
      samples.push(sample);
      await delay(1_000);
    }
  };
  const renewNow = async () => {
    for (let due = tokenRenewalMs; !isOver(); ) {
      await delay(200);
      if (performance.now() - startedAt < due) continue;
      due += tokenRenewalMs;
      await renew();
      attack.postMessage(attackers);
    }
  };
  const before = await service.usage({ collects: true });
  const [[{ sent, statuses, resets: resetsOfAttack }]] = await Promise.all([attacked, login(), watch(), renewNow()]);
  const seconds = (performance.now() - startedAt) / 1_000;

  await delay(3_000);
  const after = await service.usage({ collects: true });
  const peakMegabytes = Math.max(...samples.map(({ heapMegabytes: heap }) => heap));
  const quietMs = quantile(enforcements.quiet, 0.99);
  const busyMs = quantile(enforcements.busy, 0.99);
  const figures = {
    seconds: Math.round(seconds),
    attacks: sent,
    cpuSeconds: Math.round((after.cpuMs - before.cpuMs) / 1_000),
    logins: enforcements.busy.length,
    failed: enforcements.failed.length,
    resets: resets.count + resetsOfAttack,
    quietMs: { p50: rounded(quantile(enforcements.quiet, 0.5)), p99: rounded(quietMs) },
    busyMs: { p50: rounded(quantile(enforcements.busy, 0.5)), p99: rounded(busyMs) },
    longestTurnMs: rounded(Math.max(...samples.map(({ longestTurnMs }) => longestTurnMs))),
    heapMegabytes: {
      before: rounded(before.heapMegabytes),
      peak: rounded(peakMegabytes),
      after: rounded(after.heapMegabytes),
    },
    rssMegabytes: rounded(after.rssMegabytes),
  };
  process.stdout.write(`${JSON.stringify(statuses, null, 1)}\n${JSON.stringify(figures, null, 1)}\n`);
  assert.deepEqual(enforcements.failed, [], 'enforcements failed');
  assert.ok(after.heapMegabytes - before.heapMegabytes < maxRememberedMegabytes, 'memory stays taken');
  if (filled === null) return;
  assert.ok(after.heapMegabytes - filled.heapMegabytes < maxGrowthMegabytes, 'memory grows');
  assert.ok(busyMs <= maxSlowdown * quietMs, `logins take ${busyMs} ms, not ${quietMs} ms`);
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}
