import { beforeAll } from 'vitest';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { describeSessionLog, type OpenStores } from './session-log-contract.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

const clock = { now: () => Date.parse('2026-01-31T12:00:00Z') };

const open: OpenStores = async (count) => {
  const options = { ...postgresOptions(await server.createDatabase()), clock };
  const replicas = await Promise.all(Array.from({ length: count }, () => createPostgresStores(options)));
  return {
    replicas,
    close: async () => {
      await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
    },
  };
};

describeSessionLog('in a database', open, { numRuns: 8 });
