import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the workers of a test run put what they build. @param pid That of the run. */
export function buildsFolder(pid: number): string {
  return join(fileURLToPath(new URL('../../node_modules/.cache', import.meta.url)), `builds-${pid}`);
}

/** Removes what the workers have built: each shares its build until it ends, and is not asked before. */
export default function setUp(): () => void {
  return () => rmSync(buildsFolder(process.pid), { recursive: true, force: true });
}
