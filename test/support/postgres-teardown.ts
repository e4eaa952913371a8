import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** How the folders of servers begin that the workers of a test run start. @param pid That of the run. */
export function postgresFolder(pid: number): string {
  return join(tmpdir(), `sessions-postgres-${pid}-`);
}

/**
 * Ends the servers that workers have left, and removes their data: a worker is not asked before it ends. These are tens of
 * thousands of files, and the workers report that they have ended to this process meanwhile, so nothing here blocks it.
 */
export default function setUp(): () => Promise<void> {
  return async () => {
    const prefix = postgresFolder(process.pid);
    const names = (await readdir(dirname(prefix))).filter((name) => name.startsWith(basename(prefix)));
    await Promise.all(names.map((name) => remove(join(dirname(prefix), name))));
  };
}

async function remove(folder: string): Promise<void> {
  try {
    const [pid] = (await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGQUIT');
  } catch {
    // It has ended.
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
