#!/usr/bin/env node
// Imports nothing before the version is checked: an older Node.js would end with a SyntaxError of some file instead.
const oldest = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) {
  run();
} else {
  process.stderr.write(
    `fusionauth-sessions needs Node.js ${oldest.join('.')} or newer, and this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exitCode = 1;
}

/** Runs the process from its command line, its environment and its signals. Nothing else reads `process.env`. */
function run(): void {
  // Listens before anything is loaded, so that a signal during the start is a stop like any other.
  const stop = new AbortController();
  // Service and emulator run until they are stopped. Other commands end at once, whatever they wait for; not by leaving
  // the signal alone, which does nothing to the first process of a container.
  const isStopped = process.argv.length === 2 || process.argv[2] === 'emulator';
  // Npm and terminals send the same signal twice.
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => (isStopped ? stop.abort(signal) : process.exit(exitCode)));
  }
  // The service reads its files anew on SIGHUP. While it starts or drains it has nothing to read, but without a
  // listener the signal would end the process.
  if (process.argv.length === 2) process.on('SIGHUP', () => undefined);
  rememberCompiledCode()
    .then(() => import('./command-line.js'))
    .then(async ({ runCommandLine }) => {
      // Loading can hold the event loop until it is done. A signal that came meanwhile is handled in the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      return runCommandLine(process.argv.slice(2), process.env, stop.signal);
    })
    .then(
      (exitCode) => {
        process.exitCode = exitCode;
        // Output that nobody reads would keep the process alive for ever.
        if (stop.signal.aborted && process.stdout.writableLength > 0) process.exit();
      },
      (error: unknown) => {
        process.stderr.write(`fusionauth-sessions failed: ${error instanceof Error ? error.stack : error}\n`);
        process.exitCode = 1;
      },
    );
}

/**
 * Keeps compiled code for the next start, from Node.js 22.1 on, which spares a third of the start. The folder lies
 * beside the program, because others can write to a folder for temporary files. Where it cannot be written, nothing
 * changes.
 */
async function rememberCompiledCode(): Promise<void> {
  const { default: module } = await import('node:module');
  if (!('enableCompileCache' in module) || typeof module.enableCompileCache !== 'function') return;
  const { fileURLToPath } = await import('node:url');
  module.enableCompileCache(fileURLToPath(new URL('./bundle/compiled', import.meta.url)));
}
