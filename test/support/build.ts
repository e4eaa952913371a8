import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildsFolder } from './build-teardown.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

let built: Promise<string> | null = null;

/**
 * Compiles the sources as `npm run build` does, but for their types, into a folder of its own from which packages can
 * be found. The test files of a worker share it; the run removes it at its end.
 * @returns the folder that corresponds to `dist`.
 */
export function buildService(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const parents = buildsFolder(process.ppid);
  await mkdir(parents, { recursive: true });
  const parent = await mkdtemp(join(parents, 'build-'));
  const folder = join(parent, 'dist');
  for (const name of ['package.json', 'trusted-documents.json']) await copyFile(join(root, name), join(parent, name));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noCheck', '--outDir', folder, '--declaration', 'false', '--sourceMap', 'false'];
  await promisify(execFile)(process.execPath, [compiler, '-p', 'tsconfig.build.json', ...options], { cwd: root });
  await promisify(execFile)(process.execPath, [join(root, 'scripts', 'bundle.mjs'), folder]);
  return folder;
}
