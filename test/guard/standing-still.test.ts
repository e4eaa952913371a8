import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createGuard } from '../../src/guard/guard.js';
import { startTestService, type TestService } from '../support/service.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lagSeconds = 1;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standing-still-'));
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    build: { ssr: 'src/guard/guard.ts', outDir: folder, rollupOptions: { output: { entryFileNames: 'guard.mjs' } } },
    ssr: { noExternal: true },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let service: TestService;
beforeEach(async () => {
  service = await startTestService({ env: { CONFIRMATIONS_PER_SECOND: '10000' } });
});
afterEach(() => service[Symbol.asyncDispose]());

const optionsFor = (whenFeedIsDown: 'accept' | 'refuse') => ({
  serviceUrl: service.url,
  serviceKey: service.key(['event:subscribe', 'session:read']),
  accessTokens: { fusionAuthUrl: service.emulator.url, issuer: 'acme.com', audience: service.shop.id },
  whenFeedIsDown,
  maxRevocationLagSeconds: lagSeconds,
  clockSlackMs: 0,
});

/** Says what a guard makes of each token that it reads. */
const program = `
  import { createInterface } from 'node:readline';
  import { createGuard } from './guard.mjs';
  const guard = createGuard(JSON.parse(process.env.OPTIONS));
  await guard.ready();
  console.log('ready');
  for await (const token of createInterface({ input: process.stdin })) {
    const { ok, reason, doubt } = await guard.check(token);
    console.log(JSON.stringify({ ok, reason, doubt }));
  }
  await guard.close();`;

interface Decision {
  readonly ok: boolean;
  readonly reason?: string;
  readonly doubt?: string | null;
}

/** A guard in a process of its own, which can be stopped as a machine that sleeps. */
class GuardProcess implements AsyncDisposable {
  readonly #process: ChildProcess & { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream };
  readonly #lines: AsyncIterator<string>;

  private constructor(options: object) {
    const env = { PATH: process.env['PATH'], OPTIONS: JSON.stringify(options) };
    const args = ['--input-type=module', '--eval', program.replace('./guard.mjs', join(folder, 'guard.mjs'))];
    this.#process = spawn(process.execPath, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  static async start(options: object): Promise<GuardProcess> {
    const started = new GuardProcess(options);
    expect(await started.#line()).toBe('ready');
    return started;
  }

  async #line(): Promise<string> {
    return (await this.#lines.next()).value;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  ask(token: string): void {
    this.#process.stdin.write(`${token}\n`);
  }

  async answer(): Promise<Decision> {
    return JSON.parse(await this.#line());
  }

  async check(token: string): Promise<Decision> {
    this.ask(token);
    return this.answer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGCONT');
    this.#process.stdin.end();
    await once(this.#process, 'exit');
  }
}

it.each([
  // What is accepted without contact would be, where a busy machine takes a second for it.
  ['accept', 30_000, 'with their webhooks', (id: string) => service.data(revoke, { id })],
  ['refuse', 500, 'whose webhooks are lost', async (id: string) => service.emulator.store.sessions.delete(id)],
] as const)(
  'a process that stood still for longer than the lease (%s, after %i ms) refuses at its first decision sessions that ended meanwhile %s, and confirms others',
  async (whenFeedIsDown, feedToleranceMs, _how, end) => {
    await using guard = await GuardProcess.start({ ...optionsFor(whenFeedIsDown), feedToleranceMs });
    const [ended, kept] = [await service.user().login(service.shop.id), await service.user().login(service.shop.id)];
    const whenInContact = expect.poll;
    await whenInContact(() => guard.check(ended.token)).toMatchObject({ ok: true });
    await whenInContact(() => guard.check(kept.token)).toMatchObject({ ok: true });
    guard.signal('SIGSTOP');
    await end(ended.refreshTokenId);
    await delay(lagSeconds * 1_000 + 500);
    guard.ask(ended.token);
    guard.ask(kept.token);
    guard.signal('SIGCONT');
    const first = await guard.answer();
    expect(first).toMatchObject({ ok: false });
    const other = await guard.answer();
    const gone = { ok: false, reason: expect.stringMatching(/^(revoked|ended)$/) };
    // On a busy machine the first check after a sleep may be as old as the tolerance is long when it is answered.
    const isLate = ({ reason }: Decision) => reason === 'feedDown';
    if (!isLate(first)) expect(first).toMatchObject(gone);
    else await whenInContact(() => guard.check(ended.token)).toMatchObject(gone);
    if (!isLate(other)) expect(other).toEqual({ ok: true, doubt: null });
    else await whenInContact(() => guard.check(kept.token)).toEqual({ ok: true, doubt: null });
  },
);

const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';

it('a connection that is dead without an end is noticed within the tolerance, and what it held back is learnt later', async () => {
  await using wire = await startTcpProxy(Number(new URL(service.url).port));
  await using guard = createGuard({
    ...optionsFor('refuse'),
    serviceUrl: `http://127.0.0.1:${wire.port}`,
    maxRevocationLagSeconds: 300,
    feedToleranceMs: 1_000,
    keepAliveTimeoutMs: 500,
    requestTimeoutMs: 500,
    reconnectMaxMs: 100,
  });
  await guard.ready();
  const [ended, kept] = [await service.user().login(service.shop.id), await service.user().login(service.shop.id)];
  expect(await guard.check(ended.token)).toMatchObject({ ok: true });
  wire.set('frozen');
  const frozenAtMs = performance.now();
  await service.data(revoke, { id: ended.refreshTokenId });
  for (let isOver = false; !isOver; ) {
    const askedAtMs = performance.now();
    const decision = await guard.check(ended.token);
    isOver = !decision.ok;
    // The last contact was not later than the moment at which the connection froze.
    if (decision.ok) expect(askedAtMs - frozenAtMs).toBeLessThanOrEqual(1_000);
    else expect(decision).toMatchObject({ reason: 'feedDown', status: 503 });
    await delay(20);
  }
  expect(await guard.check(kept.token)).toMatchObject({ ok: false, reason: 'feedDown' });
  wire.set('open');
  wire.cut();
  await expect.poll(() => guard.feedState).toBe('connected');
  expect(await guard.check(ended.token)).toMatchObject({ ok: false, reason: 'revoked' });
  expect(await guard.check(kept.token)).toMatchObject({ ok: true, doubt: null });
});
