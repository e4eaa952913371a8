import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { registerConsolePages } from '../../../src/http/console/console-pages.js';
import { WaitingAnswers } from '../../../src/http/waiting-answers.js';
import { openConnection } from '../../support/raw-connection.js';

/** More than the kernel takes in. */
const bytesOfFile = 30_000_000;
const folderOfOpenFiles = '/proc/self/fd';

async function timesOpen(path: string): Promise<number> {
  const open = await readdir(folderOfOpenFiles);
  const paths = await Promise.all(open.map((name) => readlink(join(folderOfOpenFiles, name)).catch(() => null)));
  return paths.filter((one) => one === path).length;
}

it.runIf(existsSync(folderOfOpenFiles))(
  'a page that is asked for ahead is opened once for each connection, and closed when that closes',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unread-pages-'));
    const file = join(folder, 'assets', 'long.js');
    await mkdir(join(folder, 'assets'));
    await writeFile(file, Buffer.alloc(bytesOfFile, 0x20));
    const app = Fastify();
    void new WaitingAnswers(app.server);
    app.register(async (pages) =>
      registerConsolePages(pages, { folder, fusionAuthOrigin: 'https://auth.example.com' }),
    );
    const { socket } = await openConnection(await app.listen({ port: 0, host: '127.0.0.1' }));
    socket.pause();
    socket.write('GET /console/assets/long.js HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(40));
    await expect.poll(() => timesOpen(file)).toBeGreaterThan(0);
    await delay(300);
    expect(await timesOpen(file)).toBe(1);
    socket.destroy();
    await expect.poll(() => timesOpen(file)).toBe(0);
    await app.close();
    await rm(folder, { recursive: true });
  },
);
