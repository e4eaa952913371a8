/**
 * The day on which a policy is switched on: many users, some of them over the limit, found by the sweep of login records
 * alone, while others sign in. Prints how long sign-ins take and how soon they are limited, before and meanwhile, how
 * many sessions ended in any minute, and the memory of the service. Needs `npm run build`.
 *
 * node scripts/policy-day-one.mjs [users=100000] [over=0.05] [runsPerSecond=300] [perMinute=1500] [port=14600]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmulator } from '../dist/emulator/emulator.js';

const given = Object.fromEntries(process.argv.slice(2).map((argument) => argument.split('=')));
const { users = 100_000, over = 0.05, runsPerSecond = 300, perMinute = 1_500, port = 14_600, maxSeconds = 900 } = given;
const allow = 2;
const signInsPerSecond = 8;
const password = 'a-password-of-enough-characters';

const emulator = await startEmulator({ port: Number(port) + 1 });
const { store } = emulator;
const shop = store.addApplication({ name: 'Shop' });
const now = emulator.clock.now();
const population = [];
for (let index = 0; index < users; index++) {
  const { id } = store.addUser({ email: `user-${index}@example.com`, applicationIds: [shop.id] });
  const sessions = index % Math.round(1 / over) === 0 ? allow + 1 : 1;
  for (let count = 0; count < sessions; count++) {
    store.addSession({ userId: id, applicationId: shop.id, insertInstant: now - 86_400_000 + count * 1_000 });
  }
  const instant = now - 60_000 - Math.floor((index / users) * 86_400_000);
  store.loginRecords.add({ userId: id, tenantId: emulator.tenantId, applicationId: shop.id, instant });
  population.push(id);
}
const active = Array.from({ length: 200 }, (_, index) => {
  const email = `active-${index}@example.com`;
  const { id } = store.addUser({ email, password: 'password', applicationIds: [shop.id] });
  for (let count = 0; count < allow; count++) {
    store.addSession({ userId: id, applicationId: shop.id, insertInstant: now - 10_000 + count });
  }
  return { id, email };
});

const policyFile = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.json');
const policy = {
  version: 1,
  mode: 'enforce',
  rules: [{ name: 'everybody', allow }],
  maxRevocationsPerMinute: +perMinute,
};
writeFileSync(policyFile, JSON.stringify(policy));
const types = ['user.login.success'];
store.addWebhook({
  url: `http://127.0.0.1:${port}/webhooks/fusionauth`,
  connectTimeout: 5_000,
  readTimeout: 5_000,
  httpAuthenticationUsername: 'fusionauth',
  httpAuthenticationPassword: password,
  eventsEnabled: Object.fromEntries(types.map((type) => [type, true])),
});
store.enableEvents(types);

const latencies = { quiet: [], beside: [] };
const limited = { quiet: [], beside: [] };
let phase = 'quiet';
let isOver = false;
/** Until the programs are warm nothing is measured. */
let isMeasured = false;

async function signInNowAndThen() {
  for (let index = 0; !isOver; index++) {
    void signIn(active[index % active.length]).catch((error) => print(error.message));
    await delay(1_000 / signInsPerSecond);
  }
}

async function signIn({ id, email }) {
  const inPhase = phase;
  const counts = isMeasured;
  const startedAt = performance.now();
  const response = await fetch(`${emulator.url}/api/login`, {
    method: 'POST',
    headers: { authorization: emulator.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ loginId: email, password: 'password', applicationId: shop.id }),
  });
  await response.arrayBuffer();
  const answeredAt = performance.now();
  if (counts) latencies[inPhase].push(answeredAt - startedAt);
  while (store.sessionsOf(id).length > allow && performance.now() - answeredAt < 120_000) await delay(5);
  if (counts) limited[inPhase].push(performance.now() - answeredAt);
}

const endedAt = [];
let seenCalls = 0;
function readCalls() {
  for (const call of emulator.calls.all()) {
    if (call.method === 'DELETE' && call.status === 200) endedAt.push(call.atMs);
  }
  seenCalls += emulator.calls.all().length;
  emulator.calls.clear();
}

function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}

function report(name) {
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(latencies[name], share));
  const [l50, l99] = [0.5, 0.99].map((share) => percentile(limited[name], share));
  const count = latencies[name].length;
  print(`${name}: ${count} sign-ins, p50 ${p50} ms, p99 ${p99} ms; limited after p50 ${l50} ms, p99 ${l99} ms`);
}

/** What the service says of its work: runs by outcome, and users who wait or were given up. */
async function metrics() {
  const text = await (await fetch(`http://127.0.0.1:${+port + 2}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^fusionauth_sessions_policy_(runs_total|jobs|held)/.test(line));
  return lines
    .map((line) => line.replace('fusionauth_sessions_policy_', '').replace(/otel_\w+="[^"]*",?/g, ''))
    .join(' ');
}

function startService(sweepSeconds) {
  return spawn(process.execPath, ['dist/main.js'], {
    env: {
      PATH: process.env.PATH,
      PORT: `${port}`,
      MANAGEMENT_PORT: `${+port + 2}`,
      FUSIONAUTH_URL: emulator.url,
      FUSIONAUTH_API_KEY: emulator.apiKey,
      POLICY_FILE: policyFile,
      POLICY_RUNS_PER_SECOND: `${runsPerSecond}`,
      POLICY_SWEEP_INTERVAL_SECONDS: `${sweepSeconds}`,
      WEBHOOK_USERNAME: 'fusionauth',
      WEBHOOK_PASSWORD: password,
      WEBHOOK_HANDLE_TIMEOUT_MS: '5000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const print = (line) => process.stdout.write(`${line}\n`);
const stopped = (service) => new Promise((resolve) => service.once('exit', resolve));
const rssOf = ({ pid }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

let service = startService(0);
service.stdout.resume();
await delay(4_000);
const signingIn = signInNowAndThen();
await delay(8_000);
isMeasured = true;
await delay(30_000);
report('quiet');
print(`memory, quiet: ${Math.round(rssOf(service))} MiB`);
isOver = true;
await signingIn;
await delay(1_000);
let gone = stopped(service);
service.kill('SIGTERM');
await gone;

readCalls();
endedAt.length = 0;
service = startService(3_600);
let progress = '';
createInterface({ input: service.stdout }).on('line', (line) => {
  if (line.includes('sign-ins looked through')) progress = line;
});
await delay(4_000);
phase = 'beside';
isMeasured = false;
isOver = false;
const beganAt = performance.now();
const going = signInNowAndThen();
let maxRss = 0;
const surplus = () => population.filter((id) => store.sessionsOf(id).length > allow).length;
for (let second = 1; second <= maxSeconds; second++) {
  await delay(1_000);
  readCalls();
  isMeasured ||= second === 8;
  maxRss = Math.max(maxRss, rssOf(service));
  if (second % 20 === 0) {
    const left = surplus();
    const seen = progress === '' ? {} : JSON.parse(progress);
    print(`${second} s: ${left} users over, ${endedAt.length} ended, until ${seen.until}, ${seen.waiting} wait`);
    print(await metrics());
    if (left === 0) break;
  }
}
isOver = true;
await going;
await delay(2_000);
report('beside');
endedAt.sort((a, b) => a - b);
let most = 0;
for (let last = 0, first = 0; last < endedAt.length; last++) {
  while (endedAt[last] - endedAt[first] > 60_000) first++;
  most = Math.max(most, last - first + 1);
}
print(`over after ${Math.round((performance.now() - beganAt) / 1_000)} s: ${surplus()} of ${users * over} users`);
print(`ended ${endedAt.length}, at most ${most} within any 60 s (limit ${perMinute}); ${seenCalls} calls`);
print(`memory, at most: ${Math.round(maxRss)} MiB`);
gone = stopped(service);
service.kill('SIGTERM');
await gone;
await emulator[Symbol.asyncDispose]();
