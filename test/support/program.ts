import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Running {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits for a text on standard output. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  readonly exited: Promise<number | null>;
}

/** Nothing is waited for but what happens; this only ends a test in which it never does, also on a busy machine. */
const startTimeoutMs = 110_000;

export interface Invocation {
  /** What follows the name of the command. */
  readonly args?: readonly string[];
  /** A script that runs in the process before anything else does. */
  readonly before?: string;
}

/** Runs the program of a build. */
export function startProgram(
  build: string,
  env: Readonly<Record<string, string>>,
  { args = [], before }: Invocation = {},
): Running {
  const preload = before === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(before)}`];
  const command = [...preload, `${build}/main.js`, ...args];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const exited = once(child, 'close').then(([code]: unknown[]) => code as number | null);
  const printed = async (pattern: RegExp) => {
    const giveUpAt = performance.now() + startTimeoutMs;
    for (;;) {
      const found = pattern.exec(out);
      if (found !== null) return found;
      if (child.exitCode !== null || performance.now() > giveUpAt)
        throw new Error(`Not printed: ${pattern}\n${out}${err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { process: child, stdout: () => out, stderr: () => err, printed, exited };
}
