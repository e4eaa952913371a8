import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** How the folders of servers begin that the workers of a test run start. @param pid That of the run. */
export function postgresFolder(pid: number): string {
  return join(tmpdir(), `sessions-postgres-${pid}-`);
}

/** Ends the servers that workers have left, and removes their data: a worker is not asked before it ends. */
export default function setUp(): () => void {
  return () => {
    const prefix = postgresFolder(process.pid);
    const folders = readdirSync(dirname(prefix)).filter((name) => name.startsWith(basename(prefix)));
    for (const name of folders) {
      const folder = join(dirname(prefix), name);
      try {
        const [pid] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
        process.kill(Number(pid), 'SIGQUIT');
      } catch {
        // It has ended.
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  };
}
