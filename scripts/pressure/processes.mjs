import { once } from 'node:events';
import { NodeProcesses } from '../node-processes.mjs';

const probe = new URL('./probe.mjs', import.meta.url).href;
const answerTimeoutMs = 60_000;
const stopTimeoutMs = 5_000;

/** Processes of the build in dist/, each of which can be asked what it uses. `stop` ends all of them. */
export class Processes {
  #processes = new NodeProcesses();

  /** An emulated FusionAuth. `apiKey` may do everything. */
  async startEmulator(apiKey) {
    return this.#start(['dist/emulator/main.js', '--port', '0', '--api-key', apiKey], {}, []);
  }

  async startService(env, nodeOptions = []) {
    return this.#start(['dist/main.js'], { PORT: '0', NODE_ENV: 'production', LOG_LEVEL: 'warn', ...env }, nodeOptions);
  }

  async #start(args, env, nodeOptions) {
    const options = [...nodeOptions, '--expose-gc', '--import', probe];
    const { process: child, url } = await this.#processes.start([...options, ...args], env, { hasChannel: true });
    child.setMaxListeners(0);
    return new MeasuredProcess(child, url);
  }

  async stop() {
    await Promise.all(this.#processes.all.map(stop));
  }
}

/** One of them: where it listens, and what it uses. */
class MeasuredProcess {
  #child;
  #lastId = 0;

  constructor(child, url) {
    this.#child = child;
    this.url = url;
  }

  get hasExited() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /**
   * CPU in all, memory now, and the longest turn of the event loop since this was last asked.
   * @param collects Whether garbage is collected first.
   */
  async usage({ collects = false } = {}) {
    if (this.hasExited)
      throw new Error(`A measured process has ended: ${this.#child.signalCode ?? this.#child.exitCode}`);
    const id = ++this.#lastId;
    this.#child.send({ id, collects });
    for (;;) {
      const [message] = await once(this.#child, 'message', { signal: AbortSignal.timeout(answerTimeoutMs) });
      if (message.id === id) return message.usage;
    }
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  // Nobody waits for it to drain, as after SIGTERM.
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exit;
  clearTimeout(timer);
}
