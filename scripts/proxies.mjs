// Tries the proxy configurations of docs/guides/behind-a-proxy.md, which are in scripts/proxies/: two replicas of the
// build in dist/ behind nginx, HAProxy, Apache, Caddy and Varnish, as far as these are installed. Looks at the client's
// address, at events, at long tokens, and at a rolling restart under load. Needs `npm run build`.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { NodeProcesses } from './node-processes.mjs';
import { apiKey, clientAddress, openStream, send, serviceKey, signIn } from './proxy-trial/client.mjs';
import { load } from './proxy-trial/load.mjs';

const maxDelayMs = 1_000;
const startTimeoutMs = 20_000;
const drainMs = 3_000;

const folder = mkdtempSync(join(tmpdir(), 'proxies-'));
// Varnish reads its configuration as a user of its own.
chmodSync(folder, 0o755);
const processes = new NodeProcesses();
const proxyProcesses = [];

const moduleFolder = '/usr/lib/apache2/modules';
const apacheModules =
  'mpm_event authz_core proxy proxy_http proxy_balancer lbmethod_byrequests slotmem_shm proxy_hcheck filter deflate';

/**
 * How each is started with the configuration as it is documented. What is around that is not about the service, but that
 * all are told to compress, as far as they let streams be: Apache compresses an encoded answer, too.
 */
const proxies = {
  nginx: {
    command: 'nginx',
    file: 'nginx.conf',
    around: (text) =>
      `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; events {} http { access_log off; gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1;
       ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
       ${text} }`,
    args: (path) => ['-p', folder, '-e', join(folder, 'nginx.log'), '-c', path],
  },
  HAProxy: {
    command: 'haproxy',
    file: 'haproxy.cfg',
    around: (text) =>
      text.replace(
        'backend replicas',
        '$&\n  compression algo gzip\n  compression type text/event-stream application/json',
      ),
    args: (path) => ['-db', '-f', path],
  },
  Apache: {
    command: 'apache2',
    file: 'apache.conf',
    around: (text, port) =>
      `ServerRoot ${folder}\nServerName localhost\nPidFile ${folder}/apache.pid\nErrorLog ${folder}/apache.log\nDefaultRuntimeDir ${folder}\n${apacheModules
        .split(' ')
        .map((name) => `LoadModule ${name}_module ${moduleFolder}/mod_${name}.so`)
        .join(
          '\n',
        )}\nAddOutputFilterByType DEFLATE text/html application/json\nUser nobody\nGroup nogroup\nListen 127.0.0.1:${port}\n${text}`,
    args: (path) => ['-X', '-f', path],
  },
  Caddy: {
    command: 'caddy',
    file: 'Caddyfile',
    around: (text) =>
      `{\n admin off\n auto_https off\n}\n${text.replace('encode gzip', 'encode gzip {\n minimum_length 1\n }')}`,
    args: (path) => ['run', '--adapter', 'caddyfile', '--config', path],
  },
  Varnish: {
    command: 'varnishd',
    file: 'varnish.vcl',
    around: (text) => `${text}\nsub vcl_backend_response { set beresp.do_gzip = true; }\n`,
    args: (path, port) => [
      '-F',
      '-n',
      join(folder, 'varnish'),
      '-a',
      `127.0.0.1:${port}`,
      '-f',
      path,
      '-p',
      'http_req_hdr_len=16k',
    ],
  },
};

try {
  const emulator = await processes.start(['dist/emulator/main.js', '--demo', '--port', '0', '--api-key', apiKey], {});
  const ports = [await freePort(), await freePort()];
  const replicas = await Promise.all(ports.map((port) => startReplica(emulator.url, port)));
  const running = [];
  for (const [name, proxy] of Object.entries(proxies)) {
    if (spawnSync('which', [proxy.command]).status !== 0) {
      process.stdout.write(`${name} is not installed: left out\n`);
      continue;
    }
    running.push({ name, url: await startProxy(proxy, ports) });
  }
  assert.ok(running.length > 0, 'No proxy is installed');

  for (const { name, url } of running) {
    await knowsTheClient(url, replicas);
    await letsLongTokensThrough(url);
    const eventMs = await deliversEvents(emulator.url, url);
    process.stdout.write(
      `${name.padEnd(8)} knows the client, takes long tokens, delivers an event after ${eventMs} ms\n`,
    );
  }

  const loads = running.map(({ url }) => load(emulator.url, url));
  await delay(1_000);
  for (const [index, port] of ports.entries()) {
    replicas[index].process.kill('SIGTERM');
    assert.deepEqual(await once(replicas[index].process, 'exit'), [0, null]);
    replicas[index] = await startReplica(emulator.url, port);
    // As long as a balancer takes to see that it is back.
    await delay(1_500);
  }
  const results = await Promise.all(loads.map((one) => one.stop()));
  for (const [index, { name }] of running.entries()) {
    const { sent, failures, worstMs, streams } = results[index];
    process.stdout.write(
      `${name.padEnd(8)} rolling restart: ${sent} requests, ${failures.length} failed, slowest ${Math.round(worstMs)} ms, ${streams} streams\n`,
    );
    assert.deepEqual(failures, [], `${name}: requests failed during a rolling restart`);
    assert.ok(worstMs < maxDelayMs, `${name}: a request took ${Math.round(worstMs)} ms`);
    assert.ok(streams > 1, `${name}: a stream did not end with its replica`);
  }
} finally {
  processes.kill();
  for (const child of proxyProcesses) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

function startReplica(fusionAuthUrl, port) {
  return processes.start(['dist/main.js'], {
    PORT: `${port}`,
    FUSIONAUTH_URL: fusionAuthUrl,
    FUSIONAUTH_API_KEY: apiKey,
    DEMO_SERVICE_KEY: serviceKey,
    TRUSTED_PROXIES: '127.0.0.1',
    BASE_PATH: '/sessions',
    DRAIN_MS: `${drainMs}`,
  });
}

async function startProxy({ command, file, around, args }, [one, two]) {
  const port = await freePort();
  const documented = readFileSync(new URL(`proxies/${file}`, import.meta.url), 'utf8');
  const text = documented.replace(/400[12]/g, (port) => (port === '4001' ? one : two));
  const path = join(folder, file);
  writeFileSync(path, around(text.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`), port));
  const child = spawn(command, args(path, port), {
    env: { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  proxyProcesses.push(child);
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed = `${printed}${chunk}`.slice(-4_000);
  });
  const url = `http://127.0.0.1:${port}/sessions`;
  const giveUpAt = performance.now() + startTimeoutMs;
  while ((await send(url, '/health/ready', { method: 'GET' }).catch(() => ({ status: 0 }))).status !== 200) {
    assert.ok(performance.now() < giveUpAt && child.exitCode === null, `${command} does not serve:\n${printed}`);
    await delay(100);
  }
  return url;
}

/** The client has forged a header; the proxy has appended the address it was called from. */
async function knowsTheClient(url, replicas) {
  const requestId = `client-${Math.random()}`;
  await send(url, '/graphql', { headers: { 'x-forwarded-for': '192.0.2.66', 'x-request-id': requestId } });
  await delay(100);
  const line = replicas
    .map(({ output }) => output())
    .join('')
    .split('\n')
    .find((one) => one.includes(requestId));
  assert.equal(JSON.parse(line).clientAddress, clientAddress);
}

async function letsLongTokensThrough(url) {
  const token = `eyJ${'x'.repeat(4_000)}.${'y'.repeat(4_000)}.${'z'.repeat(187)}`;
  const { status } = await send(url, '/graphql', { headers: { authorization: `Bearer ${token}` } });
  assert.equal(status, 401);
}

/** Replicas without a shared store publish for themselves, so that only some revocations are seen on a stream. */
async function deliversEvents(fusionAuthUrl, url) {
  const { response } = await openStream(url);
  const arrivals = new Map();
  let text = '';
  response.on('data', (chunk) => {
    text += chunk;
    for (const [, id] of text.matchAll(/"sessionId":"([^"]+)"/g))
      if (!arrivals.has(id)) arrivals.set(id, performance.now());
  });
  const times = [];
  for (let count = 0; count < 6; count++) {
    const id = await signIn(fusionAuthUrl);
    const startedAt = performance.now();
    await send(url, '/graphql', { body: { query: `mutation { revokeSession(sessionId: "${id}") { outcome } }` } });
    await delay(300);
    if (arrivals.has(id)) times.push(arrivals.get(id) - startedAt);
  }
  response.destroy();
  assert.ok(times.length > 0, 'No event arrived');
  return Math.round(Math.max(...times));
}
