// Provokes the alerts of deploy/monitoring/alerts.yaml that one replica can fire, on emulated FusionAuths, and waits until
// a real Prometheus fires them: docs/guides/game-day.md. Needs `npm run build` and `prometheus` (Debian has it). Arguments
// name alerts or scenarios; without any, all are provoked. In each, `for:` is cut to five seconds, and all is scraped each
// second.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { endAll, startEmulator, startPostgres, startPrometheus, startService } from './game-day/processes.mjs';
import { scenarios } from './game-day/scenarios.mjs';

const prefix = 'FusionAuthSessions';
const defaultTimeoutMs = 60_000;
/** How many are provoked at the same time. */
const concurrency = 3;

const wanted = process.argv.slice(2);
const chosen = Object.entries(scenarios).filter(
  ([name, { alerts }]) =>
    wanted.length === 0 || wanted.includes(name) || alerts.some((alert) => wanted.includes(`${prefix}${alert}`)),
);
assert.ok(chosen.length > 0, `There are ${Object.keys(scenarios).join(', ')}`);

let failures = 0;
try {
  const worlds = [];
  for (const [name, scenario] of chosen) worlds.push(await prepare(name, scenario));
  const prometheus = await startPrometheus(
    Object.fromEntries(worlds.map(({ name, service }) => [name, service.managementPort])),
  );
  // A counter grows only from one scrape to the next.
  for (const { name } of worlds) await prometheus.scraped(name, 2);
  const waiting = [...worlds];
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let world = waiting.shift(); world !== undefined; world = waiting.shift()) await play(world, prometheus);
    }),
  );
} finally {
  await endAll();
}
process.exitCode = failures > 0 ? 1 : 0;

async function prepare(name, scenario) {
  const emulator = await startEmulator();
  await scenario.before?.(emulator);
  const database = scenario.hasDatabase ? await startPostgres() : null;
  const env = typeof scenario.env === 'function' ? scenario.env() : (scenario.env ?? {});
  const service = await startService({
    FUSIONAUTH_URL: emulator.url,
    ...(database === null ? {} : { DATABASE_URL: database.url }),
    ...env,
  });
  return { name, scenario, emulator, database, service };
}

async function play({ name, scenario, emulator, database, service }, prometheus) {
  const enough = new AbortController();
  const startedAt = performance.now();
  const provoking = Promise.resolve(scenario.provoke({ emulator, database, service, signal: enough.signal })).catch(
    (error) => say(name, `cannot be provoked: ${error}`),
  );
  const missing = new Set(scenario.alerts);
  while (missing.size > 0 && performance.now() - startedAt < (scenario.timeoutMs ?? defaultTimeoutMs)) {
    await delay(500);
    for (const { labels, annotations, value } of await prometheus.firing(name)) {
      const alert = labels.alertname.slice(prefix.length);
      if (!missing.delete(alert)) continue;
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      say(name, `${labels.alertname} after ${seconds} s, at ${Number(value).toPrecision(3)}: ${annotations.summary}`);
    }
  }
  enough.abort();
  await provoking;
  for (const alert of missing) {
    failures += 1;
    say(name, `${prefix}${alert} DID NOT FIRE`);
  }
  if (scenario.logs !== undefined && !scenario.logs.test(service.output())) {
    failures += 1;
    say(name, `THE LOG LACKS ${scenario.logs}`);
  }
  if (process.env.GAME_DAY_LOGS) writeFileSync(`${process.env.GAME_DAY_LOGS}/${name}.log`, service.output());
  service.process.kill('SIGKILL');
  emulator.process.kill('SIGKILL');
}

function say(name, text) {
  process.stdout.write(`${name.padEnd(20)}${text}\n`);
}
