import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const startTimeoutMs = 60_000;
/** A digit at the end of what has been printed may have more digits to come. */
const addressPattern = /http:\/\/127\.0\.0\.1:\d+(?!\d|$)/;
/** A service names the FusionAuth in front of which it stands, too. */
const fusionAuthPattern = /"fusionAuthUrl":"[^"]*"/g;

/** Processes of Node.js that a script starts. `kill` ends all of them. */
export class NodeProcesses {
  #children = [];

  /** In the order in which they were started. */
  get all() {
    return this.#children;
  }

  /**
   * Starts a process in the folder of the repository, and waits until it prints the address at which it listens.
   * @param args Of Node.js: its options, the program and the arguments of the program.
   * @param env The environment, besides PATH.
   * @param hasChannel Whether messages can be exchanged with it.
   * @returns the process, its address without a trailing slash, and what it has printed so far.
   */
  async start(args, env, { hasChannel = false } = {}) {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit', ...(hasChannel ? ['ipc'] : [])],
    });
    this.#children.push(child);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    const giveUpAt = performance.now() + startTimeoutMs;
    for (;;) {
      const [url] = addressPattern.exec(printed.replaceAll(fusionAuthPattern, '')) ?? [];
      if (url !== undefined) return { process: child, url, output: () => printed };
      assert.ok(
        performance.now() < giveUpAt && child.exitCode === null,
        `${args.join(' ')} does not start: ${printed}`,
      );
      await delay(20);
    }
  }

  /** Ends those that still run, at once. */
  kill() {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
