// Runs a command with DATABASE_URL naming an empty database of a PostgreSQL of its own, which writes to disk what it has
// committed, and ends with it:
//
//   node scripts/with-database.mjs node scripts/log-throughput.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './embedded-postgres.mjs';

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('Name a command');
const folder = await mkdtemp(join(tmpdir(), 'with-database-'));
try {
  const { server, url } = await startEmbeddedPostgres(folder);
  try {
    const env = { ...process.env, DATABASE_URL: url };
    const [code] = await once(spawn(program, args, { env, stdio: 'inherit' }), 'exit');
    process.exitCode = code ?? 1;
  } finally {
    await server.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
