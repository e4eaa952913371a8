import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Build extends AsyncDisposable {
  /** The folder that corresponds to `dist`. */
  readonly folder: string;
}

/** Compiles the sources as `npm run build` does, into a folder of its own, from which packages can be found. */
export async function buildService(): Promise<Build> {
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const parent = await mkdtemp(join(cache, 'build-'));
  const folder = join(parent, 'dist');
  for (const name of ['package.json', 'trusted-documents.json']) await copyFile(join(root, name), join(parent, name));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--outDir', folder, '--declaration', 'false', '--sourceMap', 'false'];
  await promisify(execFile)(process.execPath, [compiler, '-p', 'tsconfig.build.json', ...options], { cwd: root });
  return { folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}
