import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { answered, type Request, type Usage, usage } from './messages.js';

const answerTimeoutMs = 30_000;
const stopTimeoutMs = 5_000;

const endedEarly = 'A measured process has ended early';

export interface ChildOptions {
  /** Compiled module, relative to this one. */
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
  /** Options of Node.js. */
  readonly options?: readonly string[];
}

/** A process of its own that can be asked what it uses. Disposing of it stops it. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  #nextId = 0;

  constructor({ module, env, options = [] }: ChildOptions) {
    const probe = new URL('./probe.js', import.meta.url).href;
    this.#process = spawn(
      process.execPath,
      [...options, '--expose-gc', '--import', probe, fileURLToPath(new URL(module, import.meta.url))],
      {
        // Nothing else is handed on, so that what a shell has exported changes no result.
        env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    this.#process.setMaxListeners(100);
  }

  /** The first message, which the process sends of its own accord. */
  async ready<Answer>(schema: z.ZodType<Answer>, timeoutMs = answerTimeoutMs): Promise<Answer> {
    return schema.parse(await this.#next((message) => answered.safeParse(message).success === false, timeoutMs));
  }

  async ask<Answer>(request: Request, schema: z.ZodType<Answer>): Promise<Answer> {
    if (this.hasExited) throw new Error(endedEarly);
    const id = this.#nextId++;
    const reply = this.#next((message) => answered.safeParse(message).data?.id === id);
    this.#process.send({ id, request });
    return schema.parse(answered.parse(await reply).answer);
  }

  usage(): Promise<Usage> {
    return this.ask({ kind: 'usage' }, usage);
  }

  get hasExited(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasExited) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const isStopped = await Promise.race([exit.then(() => true), delay(stopTimeoutMs, false, { ref: false })]);
    if (!isStopped) this.#process.kill('SIGKILL');
    await exit;
  }

  async #next(isWanted: (message: unknown) => boolean, timeoutMs = answerTimeoutMs): Promise<unknown> {
    const signal = AbortSignal.timeout(timeoutMs);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#process.off('message', onMessage).off('exit', onExit);
        signal.removeEventListener('abort', onTimeout);
        act();
      };
      const onMessage = (message: unknown) => isWanted(message) && settle(() => resolve(message));
      const onExit = () => settle(() => reject(new Error(endedEarly)));
      const onTimeout = () => settle(() => reject(new Error('A measured process does not answer')));
      this.#process.on('message', onMessage).once('exit', onExit);
      signal.addEventListener('abort', onTimeout);
    });
  }
}
