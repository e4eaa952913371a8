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

/** The process: what is said on its command line, by its environment and by signals. The only reader of `process.env`. */
function run(): void {
  // Before anything is loaded, so that a start that is given up is a stop like any other.
  const stop = new AbortController();
  // Npm and terminals send the same signal twice.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(signal));
  // The service reads its files anew on SIGHUP; before it can and while it drains there is nothing to read, and without
  // a listener the process would end.
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
        // What nobody reads from standard output would keep the process alive for ever.
        if (stop.signal.aborted && process.stdout.writableLength > 0) process.exit();
      },
      (error: unknown) => {
        process.stderr.write(`fusionauth-sessions failed: ${error instanceof Error ? error.stack : error}\n`);
        process.exitCode = 1;
      },
    );
}

/**
 * From Node.js 22.1 on, code that was compiled in one start is not compiled in the next: a third of it. Beside the program,
 * where nobody else can write, and not in a folder for temporary files; where it cannot be written, nothing changes.
 */
async function rememberCompiledCode(): Promise<void> {
  const { default: module } = await import('node:module');
  if (!('enableCompileCache' in module) || typeof module.enableCompileCache !== 'function') return;
  const { fileURLToPath } = await import('node:url');
  module.enableCompileCache(fileURLToPath(new URL('./bundle/compiled', import.meta.url)));
}
