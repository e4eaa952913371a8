import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // The CommonJS build that @apollo/server and type-graphql load; the ESM build would be a second copy of graphql.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres-teardown.ts', 'test/support/build-teardown.ts'],
    // Loading the service takes longer than most tests do, so the files of a worker share its modules, none of which
    // keeps anything from one test to the next.
    isolate: false,
    maxWorkers: '100%',
    testTimeout: 20_000,
    // How soon it comes is left to the machine; that it never comes is told before the test runs out of time.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: ['text-summary', 'html'],
    },
  },
});
