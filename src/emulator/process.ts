import { once } from 'node:events';
import { startFromCommandLine } from './command-line.js';

/**
 * The emulator from its command line to its end.
 * @param stop Aborted when it is to stop.
 * @returns the exit code, once it has stopped.
 */
export async function runEmulator(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  stop: AbortSignal,
): Promise<number> {
  try {
    await using emulator = await startFromCommandLine(args, env, (text) => process.stdout.write(text));
    if (emulator !== undefined && !stop.aborted) await once(stop, 'abort');
    return 0;
  } catch (error) {
    process.stderr.write(`The emulator could not start: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}
