// Has 20 users send the costliest known requests to the service, in a process of 256 MB of heap, while a login is
// enforced every second. None may fail, the process must live, and its memory is to be flat afterwards.
//
//   node scripts/crash-test.mjs                 300 requests, as in CI
//   node scripts/crash-test.mjs --seconds 600   for so long; an enforcement is to take at most 5 times what one takes when
//                                               it is quiet (p99)
//   node scripts/crash-test.mjs --seconds 30 --profile /tmp/profile    with a CPU profile of the service
//   node scripts/crash-test.mjs --seconds 60 --flags=--max-semi-space-size=64   with more options of Node.js than `npm start` has
//
// Needs `npm run build`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Cores } from './pressure/cores.mjs';
import { rounded, summaryOf } from './pressure/login-parts.mjs';
import { Logins, listUntil } from './pressure/logins.mjs';
import { Population } from './pressure/population.mjs';
import { Processes } from './pressure/processes.mjs';
import { quantile, resets } from './pressure/send.mjs';

const { values } = parseArgs({
  options: {
    attacks: { type: 'string', default: '300' },
    seconds: { type: 'string' },
    profile: { type: 'string' },
    flags: { type: 'string' },
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
const flags = values.flags === undefined ? [] : values.flags.split(' ');
const takesNotes = { PRESSURE_NOTES: 'true' };
const loginIntervalMs = values.seconds === undefined ? 200 : 1_000;
const warmUpLogins = 30;
/** At the pace of the logins beside the attack, because a process that slept answers more slowly than one that is at work. */
const quietLogins = values.seconds === undefined ? 10 : 100;
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
  const emulator = await processes.startEmulator(apiKey, takesNotes);
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
      ...takesNotes,
    },
    [`--max-old-space-size=${heapMegabytes}`, ...profiling, ...flags],
  );
  const attackers = await population.addUsers(users, sessionsOfUser);
  const renew = async () => {
    for (const attacker of attackers) attacker.token = await population.login(attacker);
  };
  await renew();

  const logins = new Logins({ service, emulator, population, serviceKey });
  const [honest] = await population.addUsers(1, 5);
  const honestToken = await population.login(honest);
  await logins.enforceUntil(times(warmUpLogins), 0);
  let isQuietOver = false;
  const [quiet, quietLists] = await Promise.all([
    logins.enforceUntil(times(quietLogins), loginIntervalMs).finally(() => {
      isQuietOver = true;
    }),
    listUntil(() => isQuietOver, service, honestToken),
  ]);

  const startedAt = performance.now();
  let isAttackOver = false;
  const isOver = () => isAttackOver;
  const attack = new Worker(new URL('./pressure/attackers.mjs', import.meta.url), {
    workerData: { url: service.url, attackers, connectionsOfUser, maxAttacks, maxMs },
  });
  const attacked = once(attack, 'message').finally(() => {
    isAttackOver = true;
  });
  const samples = [];
  let filled = null;
  // Not beside a login: collecting all garbage holds the service for tens of milliseconds.
  const watch = async () => {
    const isFilled = filled === null && performance.now() - startedAt > maxMs / 4;
    const sample = await service.usage({ collects: isFilled });
    if (isFilled) filled = sample;
    else samples.push(sample);
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
  const cores = await Cores.begin([service, emulator]);
  const [[{ sent, statuses, resets: resetsOfAttack }], busy, busyLists] = await Promise.all([
    attacked,
    logins.enforceUntil(isOver, loginIntervalMs, watch),
    listUntil(isOver, service, honestToken),
    renewNow(),
  ]);
  const seconds = (performance.now() - startedAt) / 1_000;
  const coresUsed = await cores.used();

  await delay(3_000);
  const after = await service.usage({ collects: true });
  const peakMegabytes = Math.max(...samples.map(({ heapMegabytes: heap }) => heap));
  const quietMs = quantile(timesOf(quiet), 0.99);
  const busyMs = quantile(timesOf(busy), 0.99);
  const ownMs = quantile(serviceTimesOf(busy), 0.99);
  const failed = [...quiet, ...busy].flatMap((one) => one.failed ?? []);
  const figures = {
    seconds: Math.round(seconds),
    attacks: sent,
    cpuSeconds: Math.round((after.cpuMs - before.cpuMs) / 1_000),
    cores: coresUsed,
    logins: busy.length,
    failed: failed.length,
    resets: resets.count + resetsOfAttack,
    quietMs: { p50: rounded(quantile(timesOf(quiet), 0.5)), p99: rounded(quietMs) },
    busyMs: { p50: rounded(quantile(timesOf(busy), 0.5)), p99: rounded(busyMs) },
    slowdown: { all: rounded(busyMs / quietMs), ofService: rounded(ownMs / quietMs) },
    quietParts: summaryOf(quiet, 1),
    busyParts: summaryOf(busy),
    // What another user waits for, who asks for no more than a page of theirs does.
    listMs: {
      quiet: { p50: rounded(quantile(quietLists, 0.5)), p99: rounded(quantile(quietLists, 0.99)) },
      busy: { p50: rounded(quantile(busyLists, 0.5)), p99: rounded(quantile(busyLists, 0.99)) },
    },
    longestTurnMs: rounded(Math.max(...samples.map(({ longestTurnMs }) => longestTurnMs))),
    heapMegabytes: {
      before: rounded(before.heapMegabytes),
      peak: rounded(peakMegabytes),
      after: rounded(after.heapMegabytes),
    },
    rssMegabytes: rounded(after.rssMegabytes),
  };
  process.stdout.write(`${JSON.stringify(statuses, null, 1)}\n${JSON.stringify(figures, null, 1)}\n`);
  assert.deepEqual(failed, [], 'enforcements failed');
  assert.ok(after.heapMegabytes - before.heapMegabytes < maxRememberedMegabytes, 'memory stays taken');
  if (filled === null) return;
  assert.ok(after.heapMegabytes - filled.heapMegabytes < maxGrowthMegabytes, 'memory grows');
  assert.ok(busyMs <= maxSlowdown * quietMs, `logins take ${busyMs} ms, and ${quietMs} ms when it is quiet`);
}

function timesOf(some) {
  return some.map(({ ms }) => ms);
}

function serviceTimesOf(some) {
  return some.flatMap(({ parts }) => parts?.serviceMs ?? []);
}

/** @returns a function that says after so many calls that it is over. */
function times(count) {
  let left = count;
  return () => left-- <= 0;
}
