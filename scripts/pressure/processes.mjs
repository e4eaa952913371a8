import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { NodeProcesses } from '../node-processes.mjs';
import { startOptions } from '../start-options.mjs';

const probe = new URL('./probe.mjs', import.meta.url).href;
const answerTimeoutMs = 60_000;
const stopTimeoutMs = 5_000;
const turnOfCollectionMs = 20;

/** Processes of the build in dist/, each of which can be asked what it uses. `stop` ends all of them. */
export class Processes {
  #processes = new NodeProcesses();

  /** An emulated FusionAuth. `apiKey` may do everything. */
  async startEmulator(apiKey, env = {}) {
    return this.#start(['dist/emulator/main.js', '--port', '0', '--api-key', apiKey], env, []);
  }

  /** As `npm start` does. `nodeOptions` come after its options, and win. */
  async startService(env, nodeOptions = []) {
    const variables = { PORT: '0', NODE_ENV: 'production', LOG_LEVEL: 'warn', ...env };
    return this.#start(['dist/main.js'], variables, [...startOptions, ...nodeOptions]);
  }

  async #start(args, env, nodeOptions) {
    const options = [...nodeOptions, '--expose-gc', '--import', probe];
    const { process: child, url } = await this.#processes.start([...options, ...args], env, { hasChannel: true });
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
  #asked = new Map();

  constructor(child, url) {
    this.#child = child;
    this.url = url;
    child.on('message', (message) => this.#answered(message));
  }

  /** The thread of its event loop, for /proc. */
  get pid() {
    return this.#child.pid;
  }

  get hasExited() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /**
   * CPU in all, memory now, and the longest turn of the event loop since this was last asked.
   * @param collects Whether garbage is collected first.
   */
  async usage({ collects = false } = {}) {
    const { usage } = await this.#ask({ collects });
    // The turn in which garbage was collected counts for nobody.
    if (collects) {
      await delay(turnOfCollectionMs);
      await this.#ask({});
    }
    return usage;
  }

  /** What happened in it since an instant, where it was started with PRESSURE_NOTES: see notes.mjs. */
  async notes(sinceMs) {
    const { notes } = await this.#ask({ sinceMs });
    return notes;
  }

  #ask(question) {
    if (this.hasExited)
      throw new Error(`A measured process has ended: ${this.#child.signalCode ?? this.#child.exitCode}`);
    const id = ++this.#lastId;
    const answered = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('A measured process does not answer')), answerTimeoutMs);
      this.#asked.set(id, (message) => {
        clearTimeout(timer);
        resolve(message);
      });
    });
    this.#child.send({ id, ...question });
    return answered;
  }

  #answered(message) {
    this.#asked.get(message.id)?.(message);
    this.#asked.delete(message.id);
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
