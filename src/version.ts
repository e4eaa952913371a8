import { readFile } from 'node:fs/promises';

/** The version in package.json, or `unknown`. */
export async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? `${manifest.version}` : 'unknown';
}
