import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';

/** What a replica says when it ends sessions without having announced it. */
const unannounced = 'sessions are ended without telling other replicas';

const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** The service in a process of its own, which can be killed and started again at the same port. */
export class ProcessReplica implements AsyncDisposable {
  #child: ChildProcess | null = null;
  #starting: Promise<void> | null = null;
  /** How often it has ended sessions without having announced it, since it was started. */
  #unannounced = 0;
  /** Whether that was so in this round, and whether it was killed after that: nobody may know what it has ended then. */
  trouble = { hasEndedUnannounced: false, mayHaveLostWhy: false };

  private constructor(
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    /** Its way to the database. */
    readonly database: TcpProxy,
  ) {}

  static async start(port: number, databaseUrl: string, env: Readonly<Record<string, string>>) {
    const proxy = await startTcpProxy(Number(new URL(databaseUrl).port));
    const through = new URL(databaseUrl);
    through.port = String(proxy.port);
    const replica = new ProcessReplica(port, { ...env, PORT: String(port), DATABASE_URL: through.href }, proxy);
    await replica.startAgain();
    return replica;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Nothing is left under way. */
  beginRound(): void {
    this.#unannounced = 0;
    this.trouble = { hasEndedUnannounced: false, mayHaveLostWhy: false };
  }

  /** As by `kill -9`, and then the start that a supervisor would do. */
  async killAndStart(): Promise<void> {
    // Another one is at it.
    if (this.#starting !== null) return this.#starting;
    this.#starting = this.#kill().then(() => this.startAgain());
    try {
      await this.#starting;
    } finally {
      this.#starting = null;
    }
  }

  /** Gives the process no time for so long. */
  async pause(forMs: number): Promise<void> {
    const child = this.#child;
    child?.kill('SIGSTOP');
    await delay(forMs);
    child?.kill('SIGCONT');
  }

  /** Tries until it runs: a start fails while the database is away. */
  async startAgain(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const said = await this.#spawn();
      if (said === null) return;
      if (attempt === 20) throw new Error(`The replica does not start: ${said}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#kill();
    await this.database[Symbol.asyncDispose]();
  }

  /** @returns what it said when it did not start. */
  async #spawn(): Promise<string | null> {
    const child = spawn(process.execPath, [main], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#unannounced = 0;
    let out = '';
    // A test that is given up leaves nothing running.
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    const isListening = new Promise<boolean>((resolve) => {
      child.once('exit', () => resolve(false));
      child.stderr.on('data', (text) => {
        out += String(text);
      });
      createInterface(child.stdout).on('line', (line) => {
        if (out.length < 10_000) out += line;
        if (line.includes('"listening"')) resolve(true);
        if (!line.includes(unannounced)) return;
        this.#unannounced++;
        this.trouble.hasEndedUnannounced = true;
      });
    });
    return (await isListening) ? null : out;
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    if (this.#unannounced > 0) this.trouble.mayHaveLostWhy = true;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
