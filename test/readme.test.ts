import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load-config.js';
import { startDemoFusionAuth } from '../src/emulator/demo.js';
import { createService } from '../src/server.js';

const run = promisify(execFile);

describe('the README', () => {
  it('shows requests that get the answers it shows, in the order it shows them, in a terminal that knows nothing', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const examples = [...readme.matchAll(/<!-- example: ([\w-]+) -->\n```sh\n(.*?)```\n(?:\n```json\n(.*?)```)?/gs)];
    expect(examples.map(([, name]) => name)).toEqual(['sign-in', 'list', 'enforce', 'revoke']);

    const parsed = await loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
    if (!parsed.ok) throw new Error(parsed.problems.join());
    await using fusionAuth = await startDemoFusionAuth(0, parsed.secrets.fusionAuthApiKey);
    await using service = await createService({ ...parsed, fusionAuthUrl: fusionAuth.url });

    const shownIds = new Map<string, string>();
    const gotIds = new Map<string, string>();
    for (const [, , request = '', answer] of examples) {
      const command = request
        .replaceAll('http://127.0.0.1:9011', fusionAuth.url)
        .replaceAll('http://127.0.0.1:4000', service.url);
      const { stdout } = await run('bash', ['-c', command], { env: { PATH: process.env['PATH'] } });
      const got: unknown = JSON.parse(stdout);
      if (answer !== undefined) expect(comparable(got, gotIds)).toEqual(comparable(JSON.parse(answer), shownIds));
    }
  });

  it('names every variable that the configuration reads', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const source = await readFile(new URL('../src/config/environment.ts', import.meta.url), 'utf8');
    const variables = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name);
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('names every runtime dependency', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(new URL('../package.json', import.meta.url), 'utf8'),
    );
    expect(Object.keys(manifest.dependencies).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

/** Instants differ from run to run. So do ids other than those of the demo data, but the same stays the same. */
function comparable(value: unknown, ids: Map<string, string>): unknown {
  const text = JSON.stringify(value)
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<instant>')
    // A slow run can meet the next interval of the rate limit.
    .replace(/"remainingPoints":\d+/, '"remainingPoints":0')
    .replace(/"id":"((?![abc]0000000-)[0-9a-f-]{36})"/g, (_match, id: string) => {
      const name = ids.get(id) ?? `<new session ${ids.size + 1}>`;
      ids.set(id, name);
      return `"id":"${name}"`;
    });
  return JSON.parse(text);
}
