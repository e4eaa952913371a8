import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildTimeoutMs } from './support/build.js';
import { programUnderTest, type Running, startProgram } from './support/program.js';

const { build, start } = programUnderTest();

afterAll(async () => {
  vi.resetConfig();
});

vi.setConfig({ testTimeout: 120_000 });

const freePorts = { PORT: '0', EMULATOR_PORT: '0' };
const production = {
  NODE_ENV: 'production',
  PORT: '0',
  FUSIONAUTH_URL: 'http://127.0.0.1:1',
  FUSIONAUTH_API_KEY: 'the-api-key',
  DRAIN_MS: '0',
  SERVICE_KEYS: JSON.stringify([{ name: 'shop', sha256: '0'.repeat(64), permissions: ['session:read'] }]),
};

describe('told to stop in production', () => {
  it('says by SIGTERM that it is not ready, serves for DRAIN_MS, and ends', async () => {
    const running = start({ ...production, DRAIN_MS: '2000' });
    const [, url = ''] = await running.printed(/"url":"([^"]+)".*"msg":"listening"/);
    running.process.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'stopping' });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await running.exited).toBe(0);
  });

  it('ends by SIGINT at once', async () => {
    const running = start({ ...production, DRAIN_MS: '300000' });
    await running.printed(/"msg":"listening"/);
    running.process.kill('SIGINT');
    expect(await running.exited).toBe(0);
  });
});

it('goes on where neither its log nor its reports are taken any more', async () => {
  const running = start(freePorts);
  const [, url = ''] = await running.printed(/"url":"([^"]+)".*"msg":"listening"/);
  running.process.stdout?.destroy();
  running.process.stderr?.destroy();
  const headers = { authorization: 'Bearer no-key', 'content-type': 'application/json' };
  const body = JSON.stringify({ query: '{ __typename }' });
  // Each is logged.
  for (let i = 0; i < 3; i++) await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  running.process.kill('SIGTERM');
  expect(await running.exited).toBe(0);
});

describe('started without any configuration', () => {
  let running: Running;
  let endpoint: string;

  beforeAll(async () => {
    running = startProgram(build(), freePorts);
    [, endpoint = ''] = await running.printed(/GraphQL API +(\S+)\n/);
    await running.printed(/"mode":"enforce"/);
  }, buildTimeoutMs);

  afterAll(() => {
    running.process.kill('SIGKILL');
  });

  it('says that it is a demo, prints what to do, and that works', async () => {
    expect(running.stdout()).toContain('DEMO: no FusionAuth is configured');
    expect(running.stdout()).toContain('enforceSingleSession');
    const [, key] = /Service key +(\S+)\n/.exec(running.stdout()) ?? [];
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'mutation { enforceSingleSession(userId: "b0000000-0000-4000-8000-000000000001") { outcome revokedCount } }',
      }),
    });
    expect(await response.json()).toMatchObject({
      data: { enforceSingleSession: { outcome: 'ENFORCED', revokedCount: 3 } },
    });
    // The emulated FusionAuth tells of the revocations.
    await running.printed(/"route":"\/webhooks\/fusionauth"/);
  });

  it('prints curl commands that answer', async () => {
    const commands = running
      .stdout()
      .split('\n\n')
      .filter((paragraph) => paragraph.startsWith('curl'));
    expect(commands).toHaveLength(6);
    for (const command of commands) {
      const [, method = 'POST', url = ''] = /curl -sSN? --fail-with-body (?:-X (\S+) )?(\S+)/.exec(command) ?? [];
      const headers = [...command.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']) => [name, value]);
      const [, body = ''] = /-d '([^']+)'/.exec(command) ?? [];
      const response = await fetch(url, { method, headers: Object.fromEntries(headers), body });
      expect(response.status).toBe(200);
      // A stream goes on until somebody stops it.
      if (url.endsWith('/stream')) await response.body?.cancel();
      else expect(await response.json()).not.toHaveProperty('errors');
    }
  });

  it('ends by SIGTERM with 0, and has complained of nothing', async () => {
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(0);
    expect(running.stderr()).toBe('');
  });
});

describe('a port that is in use', () => {
  let occupied: Server;
  let port: string;

  beforeAll(async () => {
    occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const address = occupied.address();
    port = typeof address === 'object' && address !== null ? String(address.port) : '';
  });

  afterAll(() => occupied.close());

  it.each([
    ['PORT', 'service'],
    ['EMULATOR_PORT', 'emulated FusionAuth'],
    ['MANAGEMENT_PORT', 'management server'],
  ])('is named with its variable (%s), and the exit code is 1', async (variable, what) => {
    const running = start({ ...freePorts, [variable]: port });
    expect(await running.exited).toBe(1);
    expect(running.stderr()).toBe(`Port ${port} for the ${what} is in use. Set ${variable} to another one.\n`);
    expect(running.stdout()).not.toContain('GraphQL API');
  });
});

describe('a host that cannot be listened on', () => {
  it.each([
    ['10.99.99.99', /^HOST=10\.99\.99\.99 is no address of this machine/],
    ['no-such-machine.invalid', /^HOST=no-such-machine\.invalid is the name of no machine/],
  ])('is named with its variable: %s', async (host, sentence) => {
    const running = start({ ...freePorts, HOST: host });
    expect(await running.exited).toBe(1);
    expect(running.stderr()).toMatch(sentence);
    expect(running.stderr()).not.toMatch(/PORT|\n\s+at /);
  });
});

describe('a database that cannot be used', () => {
  it.each([
    ['refuses connections', '127.0.0.1:1', /^DATABASE_URL \(127\.0\.0\.1:1\/sessions\): nothing listens there\. Start/],
    ['has no such socket', '%2Fno-such-folder', /^DATABASE_URL \(.*\/sessions\): nothing listens there\. Start/],
    ['has no such host', 'no-such-machine.invalid', /^DATABASE_URL \(no-such-machine\.invalid:5432\/sessions\)/],
    ['is no PostgreSQL', null, /^DATABASE_URL \(127\.0\.0\.1:\d+\/sessions\) breaks the connection off/],
  ])('is named with what to do where it %s', async (_what, place, sentence) => {
    const stranger = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const address = stranger.address();
    const host = place ?? `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const url = `postgres://sessions:the-password@${host}/sessions`;
    const running = start({ ...freePorts, DATABASE_URL: url, DATABASE_TLS: 'off' });
    expect(await running.exited).toBe(1);
    stranger.close();
    expect(running.stderr()).toMatch(sentence);
    expect(running.stderr()).not.toMatch(/HOST|the-password|\n\s+at /);
  });
});

describe('in production', () => {
  it('without anything, prints every problem and exits with 1', async () => {
    const running = start({ NODE_ENV: 'production' });
    expect(await running.exited).toBe(1);
    expect(running.stderr()).toBe(`The configuration is not usable:
  FUSIONAUTH_URL: is required with NODE_ENV=production
  FUSIONAUTH_API_KEY: is required with NODE_ENV=production
  SERVICE_KEYS: is required with NODE_ENV=production
`);
    expect(running.stdout()).toBe('');
  });

  it('starts although FusionAuth is down, is live but not ready, prints JSON lines only, and no secret', async () => {
    const running = start(production);
    const [, url = ''] = await running.printed(/"url":"([^"]+)".*"msg":"listening"/);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(0);
    for (const line of running.stdout().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(running.stdout() + running.stderr()).not.toMatch(/the-api-key|0{64}/);
    expect(running.stderr()).toBe('');
  });
});

describe('a signal', () => {
  it('SIGINT ends the process with 0', async () => {
    const running = start(freePorts);
    await running.printed(/enforceSingleSession/);
    running.process.kill('SIGINT');
    expect(await running.exited).toBe(0);
    expect(running.stderr()).toBe('');
  });

  it.each([0, 60, 400])('%i ms into the start gives the start up and ends the process with 0', async (delayMs) => {
    // Sent as soon as there is somebody to hear it, which is before the service is loaded.
    const before = `process.on('newListener', (event) => {
      if (event === 'SIGTERM') setTimeout(() => process.kill(process.pid, 'SIGTERM'), ${delayMs});
    });`;
    const running = start({ ...freePorts, NODE_ENV: 'test' }, { before });
    expect(await running.exited).toBe(0);
    expect(running.stderr()).toBe('');
    if (delayMs === 0) expect(running.stdout()).toBe('');
  });

  it('to read files anew ends neither a start nor a drain', async () => {
    // Sent as soon as there is somebody to hear it, which is before the service is loaded.
    const before = `process.on('newListener', (event) => {
      if (event === 'SIGHUP') setImmediate(() => process.kill(process.pid, 'SIGHUP'));
    });`;
    const running = start({ ...production, DRAIN_MS: '1500' }, { before });
    const [, url = ''] = await running.printed(/"url":"([^"]+)".*"msg":"listening"/);
    running.process.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'stopping' });
    running.process.kill('SIGHUP');
    expect(await running.exited).toBe(0);
  });

  it('that comes twice ends it with 0 as well', async () => {
    const running = start(freePorts);
    await running.printed(/enforceSingleSession/);
    running.process.kill('SIGTERM');
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(0);
    expect(running.stderr()).toBe('');
  });
});
