import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { GuardOptions } from '../../../src/guard/guard.js';

export interface Decision {
  readonly ok: boolean;
  readonly reason: string | null;
  readonly status: number | null;
  readonly doubt: string | null;
  readonly lagSeconds: number | null;
  /** When it began and when it was made, by the clock of the machine. */
  readonly from: number;
  readonly until: number;
}

const program = fileURLToPath(new URL('./guard-process.mjs', import.meta.url));

/** A guard in a process of its own, which can be given no time. */
export class GuardProcess implements AsyncDisposable {
  readonly #waiting = new Map<number, (decisions: readonly Decision[]) => void>();
  #lastNumber = 0;

  private constructor(
    private readonly child: ChildProcess,
    /** How long its guard accepts a session since it was last known to live, in seconds. */
    readonly leaseSeconds: number,
  ) {
    child.on('message', ({ number, decisions }: { number: number; decisions: readonly Decision[] }) => {
      this.#waiting.get(number)?.(decisions);
      this.#waiting.delete(number);
    });
  }

  static async start(options: GuardOptions & { readonly maxRevocationLagSeconds: number }): Promise<GuardProcess> {
    const child = fork(program, [JSON.stringify(options)]);
    const guard = new GuardProcess(child, options.maxRevocationLagSeconds);
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await new Promise<readonly Decision[]>((resolve) => guard.#waiting.set(0, resolve));
    return guard;
  }

  check(tokens: readonly string[]): Promise<readonly Decision[]> {
    const number = ++this.#lastNumber;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.child.send({ number, tokens });
    });
  }

  /** As when its machine sleeps, or has no time for it. */
  async pause(forMs: number): Promise<void> {
    this.child.kill('SIGSTOP');
    await delay(forMs);
    this.child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
