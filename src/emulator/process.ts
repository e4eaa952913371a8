import { runUntilStopped } from './run-emulator.js';

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
  return runUntilStopped({
    args,
    environment: env,
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    stop,
  });
}
