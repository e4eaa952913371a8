// What a game day runs: emulated FusionAuths, services of the build in dist/, PostgreSQL and Prometheus.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../embedded-postgres.mjs';
import { freePort } from '../free-port.mjs';
import { NodeProcesses } from '../node-processes.mjs';

export const apiKey = 'game-day-api-key';
export const serviceKey = 'game-day-service-key';
const startTimeoutMs = 30_000;

/** Everything is in here, and goes with it. Others may enter: PostgreSQL does not run as root. */
export const folder = mkdtempSync(join(tmpdir(), 'game-day-'));
chmodSync(folder, 0o755);

const processes = new NodeProcesses();
const prometheusProcesses = [];
const servers = [];

export async function endAll() {
  for (const child of [...processes.all, ...prometheusProcesses]) {
    // One that is held up would not notice.
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  }
  for (const server of servers) await server.stop().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

export const startEmulator = () =>
  processes.start(['dist/main.js', 'emulator', '--demo', '--control', '--port', '0', '--api-key', apiKey], {});

/** A service that is measured. */
export async function startService(env) {
  const managementPort = await freePort();
  const service = await processes.start(['dist/main.js'], {
    PORT: '0',
    MANAGEMENT_PORT: `${managementPort}`,
    DEMO_SERVICE_KEY: serviceKey,
    FUSIONAUTH_API_KEY: apiKey,
    ...env,
  });
  return { ...service, managementPort };
}

export async function startPostgres() {
  const flags = ['-c', 'fsync=off', '-c', 'shared_buffers=16MB'];
  const postgres = await startEmbeddedPostgres(join(folder, `postgres-${servers.length}`), flags);
  servers.push(postgres.server);
  return postgres;
}

/** @param jobs Ports of management by the name of the job. */
export async function startPrometheus(jobs) {
  const alerts = readFileSync(new URL('../../deploy/monitoring/alerts.yaml', import.meta.url), 'utf8');
  // Nobody waits for ten minutes to see that an alert works.
  writeFileSync(join(folder, 'alerts.yaml'), alerts.replaceAll(/for: \d+m/g, 'for: 5s'));
  const scrapes = Object.entries(jobs).map(([name, port]) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  }));
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['alerts.yaml'],
    scrape_configs: scrapes,
  };
  // YAML takes JSON.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  prometheusProcesses.push(child);
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => (await fetch(`${url}/-/ready`)).ok,
    () => child.exitCode === null,
  );
  return {
    /** Waits until a job has been scraped so many times. */
    async scraped(job, times) {
      const query = encodeURIComponent(`count_over_time(fusionauth_sessions_build_info{job="${job}"}[5m]) >= ${times}`);
      await until(
        async () => (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()).data.result.length > 0,
        () => child.exitCode === null,
      );
    },
    /** The alerts that fire for a job. */
    async firing(job) {
      const { data } = await (await fetch(`${url}/api/v1/alerts`)).json();
      return data.alerts.filter(({ labels, state }) => labels.job === job && state === 'firing');
    },
  };
}

async function until(look, mayCome) {
  const giveUpAt = performance.now() + startTimeoutMs;
  for (;;) {
    const found = await Promise.resolve()
      .then(look)
      .catch(() => null);
    if (found) return found;
    assert.ok(performance.now() < giveUpAt && mayCome(), 'A process does not start');
    await delay(50);
  }
}
