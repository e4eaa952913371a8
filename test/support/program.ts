import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeAll } from 'vitest';
import { buildService, buildTimeoutMs } from './build.js';

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
  /** Options of Node.js. */
  readonly options?: readonly string[];
  /** A script that runs in the process before anything else does. */
  readonly before?: string;
}

/** The program, for the tests of a file. */
export interface ProgramUnderTest {
  /** The folder of the build. */
  readonly build: () => string;
  start(env: Readonly<Record<string, string>>, invocation?: Invocation): Running;
  /** Has a process end after the test, also when that has failed. */
  endAfterTest(child: ChildProcess): void;
}

/** Builds the program before the tests of a file, and ends the processes that each test has left running. */
export function programUnderTest(): ProgramUnderTest {
  const started: ChildProcess[] = [];
  let build: string | undefined;
  beforeAll(async () => {
    build = await buildService();
  }, buildTimeoutMs);
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  const buildFolder = () => {
    if (build === undefined) throw new Error('The program is built before the first test, and not earlier');
    return build;
  };
  return {
    build: buildFolder,
    start(env, invocation) {
      const running = startProgram(buildFolder(), env, invocation);
      started.push(running.process);
      return running;
    },
    endAfterTest: (child) => started.push(child),
  };
}

/** Runs the program of a build. */
export function startProgram(
  build: string,
  env: Readonly<Record<string, string>>,
  { args = [], options = [], before }: Invocation = {},
): Running {
  const preload = before === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(before)}`];
  const command = [...options, ...preload, `${build}/main.js`, ...args];
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
