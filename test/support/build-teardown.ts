import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the workers of a test run agree on who builds. @param pid That of the run. */
export function buildsFolder(pid: number): string {
  return join(fileURLToPath(new URL('../../node_modules/.cache', import.meta.url)), `builds-${pid}`);
}

/** Forgets the build of an earlier run with the same number, and that of this one. */
export default function setUp(): () => void {
  const forget = () => rmSync(buildsFolder(process.pid), { recursive: true, force: true });
  forget();
  return forget;
}
