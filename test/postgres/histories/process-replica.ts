import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import type { EndingStep } from './disturbances.js';

/** What a replica says when it ends sessions without having announced it. */
const unannounced = 'sessions are ended without announcing it to other replicas';

const revocation = 'DELETE /api/jwt/refresh/';

/** In which a process gets the answer to a revocation, as a rule, in milliseconds. */
const answerMs = 30;

/** How much of what a process has said is shown. */
const maxSaidCharacters = 3_000;

interface Addresses {
  readonly DATABASE_URL: string;
  readonly FUSIONAUTH_URL: string;
}

function through(proxy: TcpProxy, url: string): string {
  const address = new URL(url);
  address.port = String(proxy.port);
  // As it was written: a URL without a path has none.
  return address.href.replace(/\/$/, '');
}

const thisVersion = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** The service in a process of its own, which can be killed and started again at the same port. */
export class ProcessReplica implements AsyncDisposable {
  #child: ChildProcess | null = null;
  #starting: Promise<void> | null = null;
  /** How often it has ended sessions without having announced it, since it was started. */
  #unannounced = 0;
  /** Whether that was so in this round, and whether it was killed after that: nobody may know what it has ended then. */
  trouble = { hasEndedUnannounced: false, mayHaveLostWhy: false };
  /** What a process has said that ran, and ended without being killed; null while there was none. */
  ownEnd: string | null = null;

  /** Called with each revocation that is on its way to FusionAuth. @returns where its connection is cut. */
  #onEnding: () => 'before' | 'after' | null = () => null;

  private constructor(
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    /** Its way to the database. */
    readonly database: TcpProxy,
    private readonly fusionAuth: TcpProxy,
  ) {}

  /** @param main What it runs until it is killed, and this version of the program after that. */
  static async start(port: number, env: Readonly<Record<string, string>> & Addresses, main = thisVersion) {
    const database = await startTcpProxy(Number(new URL(env.DATABASE_URL).port));
    const onEnding = () => replica.#onEnding();
    const cutAt = (chunk: Buffer) => (chunk.includes(revocation) ? onEnding() : null);
    const fusionAuth = await startTcpProxy(Number(new URL(env.FUSIONAUTH_URL).port), { cutAt });
    const addresses = {
      PORT: String(port),
      DATABASE_URL: through(database, env.DATABASE_URL),
      FUSIONAUTH_URL: through(fusionAuth, env.FUSIONAUTH_URL),
    };
    const replica = new ProcessReplica(port, { ...env, ...addresses }, database, fusionAuth);
    await replica.startAgain(main);
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

  /** As by `kill -9`, and then the start that a supervisor would do. @param whenDead Called in between. */
  async killAndStart(whenDead: () => void = () => undefined): Promise<void> {
    // Another one is at it.
    if (this.#starting !== null) {
      whenDead();
      return this.#starting;
    }
    this.#starting = this.#kill().then(() => {
      whenDead();
      return this.startAgain();
    });
    try {
      await this.#starting;
    } finally {
      this.#starting = null;
    }
  }

  /**
   * The same as soon as so many revocations have come to a step on their way to FusionAuth.
   * @param isOver Aborted when none comes any more.
   */
  async killInMidEnding(endings: number, step: EndingStep, isOver: AbortSignal): Promise<boolean> {
    if (isOver.aborted) return false;
    let seen = 0;
    const isReached = await new Promise<boolean>((resolve) => {
      isOver.addEventListener('abort', () => resolve(false));
      this.#onEnding = () => {
        seen++;
        if (seen < endings) return null;
        resolve(true);
        if (step === 'announced') return 'before';
        if (step === 'carriedOut') return seen === endings ? 'after' : null;
        // What it learns from the answer reaches nobody.
        this.database.set('frozen');
        return null;
      };
    });
    if (isReached && step === 'answered') await delay(answerMs);
    // Before it starts again: a new process tries at once whether it may end sessions.
    const leaveAlone = () => {
      this.#onEnding = () => null;
      if (step === 'answered') this.database.set('open');
    };
    if (isReached) await this.killAndStart(leaveAlone);
    else leaveAlone();
    return isReached;
  }

  /** Gives the process no time for so long. */
  async pause(forMs: number): Promise<void> {
    const child = this.#child;
    child?.kill('SIGSTOP');
    await delay(forMs);
    child?.kill('SIGCONT');
  }

  /** The same, while the database gives up the connections of the process and all that depends on them. */
  async sleep(forMs: number): Promise<void> {
    const paused = this.pause(forMs);
    this.database.cut();
    await paused;
  }

  /** Tries until it runs: a start fails while the database is away. */
  async startAgain(main = thisVersion): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const said = await this.#spawn(main);
      if (said === null) return;
      if (attempt === 20) throw new Error(`The replica does not start: ${said}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#kill();
    await this.database[Symbol.asyncDispose]();
    await this.fusionAuth[Symbol.asyncDispose]();
  }

  /** @returns what it said when it did not start. */
  async #spawn(main: string): Promise<string | null> {
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
      let isRunning = false;
      child.once('close', (code, signal) => {
        if (isRunning && this.#child === child) this.ownEnd = `${code ?? signal}: ${out.slice(-maxSaidCharacters)}`;
      });
      createInterface(child.stdout).on('line', (line) => {
        if (out.length < 10_000) out += line;
        if (line.includes('"listening"')) {
          isRunning = true;
          resolve(true);
        }
        if (!line.includes(unannounced)) return;
        this.#unannounced++;
        this.trouble.hasEndedUnannounced = true;
        // It was said before, and is read after the end.
        if (this.#child !== child) this.trouble.mayHaveLostWhy = true;
      });
    });
    return (await isListening) ? null : out;
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    if (this.#unannounced > 0) this.trouble.mayHaveLostWhy = true;
    this.#child = null;
    child.kill('SIGKILL');
    // With all that it has said.
    await once(child, 'close');
  }
}
