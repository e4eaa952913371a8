// Fails when what a browser loads to show the console is larger than promised.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const maxGzippedBytes = 100_000;

const folder = new URL('../dist/console/', import.meta.url);
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => `${parentPath}/${name}`);
const bytes = files.reduce((sum, path) => sum + gzipSync(readFileSync(path), { level: 9 }).length, 0);
process.stdout.write(`The console has ${bytes} bytes, compressed, of at most ${maxGzippedBytes}.\n`);
if (files.length === 0 || bytes > maxGzippedBytes) process.exitCode = 1;
