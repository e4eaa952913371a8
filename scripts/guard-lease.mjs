/**
 * What the lease costs: sessions in use at one resource server, each known to live within the lease. Without settle it
 * measures right after a start, when each token is older than the memory of the service; with a settle of more than a
 * lease, what it costs from then on, by tokens that are never renewed. FusionAuth (emulated), the service and the guard
 * are three processes. A fifth of users, sessions, lease and use makes as many calls a second: users=12000 sessions=20000
 * lease=60 use=6 settle=130 seconds=120 takes four minutes and a half.
 *
 * Prints calls to FusionAuth and to the service, CPU time and memory of service and guard, what became of decisions, and
 * how long ago sessions were known to live at most. Needs `npm run build`.
 *
 * node scripts/guard-lease.mjs [users=60000] [sessions=100000] [lease=300] [perSecond=450] [seconds=180] [settle=10] [use=30] [tokenAge=150] [port=14700]
 */
import { fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../dist/emulator/emulator.js';
import { createGuard } from '../dist/guard/guard.js';

const given = Object.fromEntries(process.argv.slice(2).map((argument) => argument.split('=')));
const { users = 60_000, sessions = 100_000, lease = 300, perSecond = 450, seconds = 180, port = 14_700 } = given;
/** How long it runs before it is measured, in seconds. */
const settleSeconds = Number(given.settle ?? 10);
/** How old the tokens are at most at the start, in seconds. More than half the lease is a server that has just started. */
const tokenAge = Number(given.tokenAge ?? lease / 2);
const serviceKey = 'a-service-key-of-the-guard-that-is-long-enough';
const issuer = 'acme.com';
const print = (line) => process.stdout.write(`${line}\n`);

/** Each session is used once within so many seconds. */
const useSeconds = Number(given.use ?? 30);

await (process.send === undefined ? measure() : useSessions(JSON.parse(process.env.GUARDED)));

/** In the process of the guard: decides about the claims of verified tokens, so that no signature is counted. */
async function useSessions({ file, options }) {
  const { inUse } = JSON.parse(readFileSync(file, 'utf8'));
  const counts = { decisions: 0, doubts: {}, maxLagSeconds: 0, serviceCalls: 0 };
  const guard = createGuard(options, {
    fetch: (url, init) => {
      counts.serviceCalls++;
      return fetch(url, init);
    },
  });
  await guard.ready();
  process.send('ready');
  process.on('message', () => {
    const { heapUsed } = process.memoryUsage();
    process.send({ ...counts, cpu: process.cpuUsage(), rssMiB: process.memoryUsage.rss() / 1_048_576, heapUsed });
    counts.maxLagSeconds = 0;
  });
  const decide = async ([sid, sub, iat]) => {
    const decision = await guard.checkClaims({ sid, sub, iat, aud: options.accessTokens.audience });
    counts.decisions++;
    const what = decision.ok ? (decision.doubt ?? 'accepted') : `refused as ${decision.reason}`;
    counts.doubts[what] = (counts.doubts[what] ?? 0) + 1;
    if (decision.ok) counts.maxLagSeconds = Math.max(counts.maxLagSeconds, decision.lagSeconds ?? 0);
  };
  const [startedAt, tickMs] = [performance.now(), 20];
  for (let next = 0; ; ) {
    const due = ((performance.now() - startedAt) / 1_000 / useSeconds) * inUse.length;
    for (; next < due; next++) void decide(inUse[next % inUse.length]);
    await delay(tickMs);
  }
}

async function measure() {
  const emulator = await startEmulator({ port: +port + 1 });
  const shop = emulator.store.addApplication({ name: 'Shop' });
  const now = emulator.clock.now();
  const ids = Array.from({ length: +users }, (_, index) => {
    const { id } = emulator.store.addUser({ email: `user-${index}@example.com`, applicationIds: [shop.id] });
    return id;
  });
  const inUse = Array.from({ length: +sessions }, (_, index) => {
    const userId = ids[index % ids.length];
    const insertInstant = now - 86_400_000 + index;
    const { id } = emulator.store.addSession({ userId, applicationId: shop.id, insertInstant });
    return [id, userId, Math.floor(now / 1_000) - Math.floor(Math.random() * tokenAge)];
  }).toSorted(() => Math.random() - 0.5);
  const file = join(mkdtempSync(join(tmpdir(), 'lease-')), 'sessions.json');
  writeFileSync(file, JSON.stringify({ inUse }));

  const hash = createHash('sha256').update(serviceKey).digest('hex');
  const permissions = ['event:subscribe', 'session:read'];
  const service = spawn(process.execPath, ['dist/main.js'], {
    env: {
      PATH: process.env.PATH,
      PORT: `${port}`,
      MANAGEMENT_PORT: `${+port + 2}`,
      FUSIONAUTH_URL: emulator.url,
      FUSIONAUTH_API_KEY: emulator.apiKey,
      CONFIRMATIONS_PER_SECOND: `${perSecond}`,
      SERVICE_KEYS: JSON.stringify([{ name: 'guard', sha256: hash, permissions }]),
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  while (!(await isReady())) await delay(200);
  const options = {
    serviceUrl: `http://127.0.0.1:${port}`,
    serviceKey,
    accessTokens: { fusionAuthUrl: emulator.url, issuer, audience: shop.id },
    whenFeedIsDown: 'refuse',
    maxRevocationLagSeconds: +lease,
  };
  const env = { PATH: process.env.PATH, GUARDED: JSON.stringify({ file, options }) };
  const guard = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { env });
  const answerOf = () => new Promise((resolve) => guard.once('message', resolve));
  await answerOf();
  const ask = () => {
    const answer = answerOf();
    guard.send('counts');
    return answer;
  };

  await delay(settleSeconds * 1_000);
  const [before, cpuBefore, startedAt] = [await ask(), cpuSecondsOf(service), performance.now()];
  const calls = new Map();
  emulator.calls.clear();
  let [maxRss, maxLag] = [0, 0];
  for (let second = 1; second <= +seconds; second++) {
    await delay(1_000);
    for (const { method, path } of emulator.calls.all()) {
      const name = `${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')}`;
      calls.set(name, (calls.get(name) ?? 0) + 1);
    }
    emulator.calls.clear();
    maxRss = Math.max(maxRss, rssOf(service));
    if (second % 30 === 0) maxLag = Math.max(maxLag, (await ask()).maxLagSeconds);
  }
  const after = await ask();
  const tookSeconds = (performance.now() - startedAt) / 1_000;
  const rate = (count) => (count / tookSeconds).toFixed(1);
  const cores = (cpuSeconds) => `${((cpuSeconds / tookSeconds) * 100).toFixed(1)} % of a core`;
  print(`${sessions} sessions of ${users} users in use, each once in ${useSeconds} s; lease ${lease} s`);
  for (const [name, count] of calls) print(`${name}: ${rate(count)} a second`);
  print(`the guard calls the service ${rate(after.serviceCalls - before.serviceCalls)} times a second`);
  const guardCpu = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1_000_000;
  print(`service: ${cores(cpuSecondsOf(service) - cpuBefore)}, ${Math.round(maxRss)} MiB at most`);
  print(
    `guard: ${cores(guardCpu)}, ${Math.round(after.rssMiB)} MiB, ${Math.round(after.heapUsed / 1_048_576)} MiB of heap`,
  );
  const decisions = after.decisions - before.decisions;
  print(`${rate(decisions)} decisions a second; since the start: ${JSON.stringify(after.doubts)}`);
  print(`known to live at most ${maxLag} s before`);
  guard.kill();
  service.kill();
  await emulator[Symbol.asyncDispose]();
}

async function isReady() {
  return fetch(`http://127.0.0.1:${+port + 2}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

function rssOf({ pid }) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** User and system time of a process, in seconds, as Linux counts it in hundredths. */
function cpuSecondsOf({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
