import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that answers by lines. */
export class Conversation implements AsyncDisposable {
  readonly #child;
  readonly #lines;

  constructor(
    command: string,
    args: readonly string[],
    private readonly isEnded: boolean,
  ) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    return this.line();
  }

  async line(): Promise<string> {
    const { value } = await this.#lines.next();
    return value ?? 'ended';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    if (this.isEnded) this.#child.kill('SIGKILL');
    await closed;
  }
}
