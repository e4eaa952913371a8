import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setUpConsole } from '../../src/console-setup.js';
import { startRawServer, unusedUrl } from '../support/raw-server.js';

const create = (env: Readonly<Record<string, string>>) =>
  setUpConsole(['--url', 'https://sessions.example.com', '--create'], env);

describe('console-setup that meets something else than FusionAuth', () => {
  it('says where it looked, and why it failed', async () => {
    const url = await unusedUrl();
    expect(await create({ FUSIONAUTH_URL: url, FUSIONAUTH_API_KEY: 'key' })).toMatchObject({
      exitCode: 1,
      problem: expect.stringMatching(`^FusionAuth could not be reached at ${url}/api/key/.*: .*ECONNREFUSED`),
    });
  });

  const page = (response: ServerResponse) => response.end('<html>');
  const redirect = (response: ServerResponse) => response.writeHead(301, { location: '/' }).end();

  it.each([
    ['a page', page, /is no FusionAuth: the answer is no JSON\n$/],
    ['a redirect, which is not followed', redirect, /^FusionAuth answered 301 to POST /],
  ])('names the call that was answered with %s', async (_what, answer, problem) => {
    await using server = await startRawServer(answer);
    const result = await create({ FUSIONAUTH_URL: server.url, FUSIONAUTH_API_KEY: 'key' });
    expect([result.problem, server.requests.length]).toEqual([expect.stringMatching(problem), 1]);
  });
});

describe('console-setup with the key in a file', () => {
  it('reads it as the service does, and names a file that is not there', async () => {
    await using server = await startRawServer((response) => response.writeHead(401).end());
    const folder = await mkdtemp(join(tmpdir(), 'console-setup-'));
    const file = join(folder, 'key');
    await writeFile(file, 'from-a-file\n');
    await create({ FUSIONAUTH_URL: server.url, FUSIONAUTH_API_KEY_FILE: file });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['from-a-file']);
    await rm(folder, { recursive: true });
    const { problem } = await create({ FUSIONAUTH_URL: server.url, FUSIONAUTH_API_KEY_FILE: file });
    expect(problem).toContain(`FUSIONAUTH_API_KEY_FILE: ${file}`);
  });
});
