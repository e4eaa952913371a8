import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildsFolder } from './build-teardown.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pollIntervalMs = 100;

/** For hooks that wait for it: on a machine with others to do it takes minutes. */
export const buildTimeoutMs = 300_000;

let built: Promise<string> | null = null;

/**
 * Has `dist` be what `npm run build` makes of the sources, pages included: one worker of a run builds, if anything is
 * older, and the others wait for it.
 * @returns the folder.
 */
export function buildService(): Promise<string> {
  built ??= buildOnce();
  return built;
}

async function buildOnce(): Promise<string> {
  const folder = buildsFolder(process.ppid);
  const outcome = join(folder, 'outcome');
  if (await isFirst(folder)) {
    const building = promisify(execFile)(process.execPath, ['scripts/build.mjs', '--if-needed'], { cwd: root });
    const problem = await building.then(
      () => '',
      (error: { readonly stdout?: string; readonly stderr?: string }) => `${error.stdout}${error.stderr}`,
    );
    await writeFile(outcome, JSON.stringify({ problem }), { flush: true });
  }
  // A worker that dies while it builds leaves no outcome: the hooks that wait here have a limit.
  for (;;) {
    const text = await readFile(outcome, 'utf8').catch(() => '');
    if (text.endsWith('}')) {
      const { problem } = JSON.parse(text) as { readonly problem: string };
      if (problem !== '') throw new Error(`The sources cannot be built:\n${problem}`);
      return join(root, 'dist');
    }
    await delay(pollIntervalMs);
  }
}

/** Whether no worker of the run has made this folder before. */
async function isFirst(folder: string): Promise<boolean> {
  await mkdir(join(folder, '..'), { recursive: true });
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
