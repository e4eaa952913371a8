import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService } from '../support/service.js';
import type { Given } from './web/program.js';

const pathOf = (name: string) => fileURLToPath(new URL(`./web/${name}`, import.meta.url));

/** Names that only Node.js gives a meaning, which the bundle does not find, and timers as the web has them. */
const banner = `const globalThis = Function('return this')().web;
const { setTimeout, clearTimeout } = globalThis;
const [process, Buffer, global, navigator, setImmediate, clearImmediate, require, module, exports] = [];`;

let folder: string;
let bundle: string;

/** As for a browser or a worker: what only Node.js has cannot be had. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-only-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      lib: { entry: pathOf('program.ts'), formats: ['es'], fileName: 'program' },
      outDir: folder,
      minify: false,
      rolldownOptions: { output: { banner } },
    },
  });
  bundle = join(folder, 'program.js');
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it('guard and client need no module of Node.js', async () => {
  const text = await readFile(bundle, 'utf8');
  const imported = [...text.matchAll(/(?:from|import|require\()\s*["']([^"']+)["']/g)].map(([, name]) => name ?? '');
  expect(imported.filter((name) => name.startsWith('node:') || builtinModules.includes(name))).toEqual([]);
});

it('guard and client work where there is nothing but what the web has, and let the process end', async () => {
  await using service = await startTestService();
  const user = service.user({ sessions: 0 });
  const { token, refreshTokenId } = await user.login(service.shop.id);
  const given: Given = {
    serviceUrl: service.url,
    fusionAuthUrl: service.emulator.url,
    audience: service.shop.id,
    guardKey: service.key(['event:subscribe', 'session:read']),
    clientKey: service.key(['session:enforce']),
    userId: user.id,
    token,
  };
  const child = fork(pathOf('launch.mjs'), [bundle], { env: { GIVEN: JSON.stringify(given) } });
  const ended = once(child, 'exit');
  const said = on(child, 'message', { close: ['exit'] });
  const next = async () => (await said.next()).value?.[0];
  expect(await next()).toBe(`200 ${user.id}`);
  await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: refreshTokenId });
  child.send('revoked');
  expect(await next()).toMatch(/^401 .*invalid_token/);
  expect(await next()).toBe('notLive');
  expect(await ended).toEqual([0, null]);
}, 60_000);
