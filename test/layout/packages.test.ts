import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

it('every package of the lock, those for development included, admits the Node.js that runs this', async () => {
  await expect(run('npm', ['ci', '--engine-strict', '--dry-run', '--offline'], { cwd: root })).resolves.toBeDefined();
});
