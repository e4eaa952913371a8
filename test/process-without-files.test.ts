import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programUnderTest, startProgram } from './support/program.js';

const { build } = programUnderTest();

describe('a service whose files cannot be opened any more after its start, as without free file descriptors', () => {
  let copy: string;

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'service-'));
    const root = join(build(), '..');
    await cp(build(), join(copy, 'dist'), { recursive: true });
    for (const name of ['package.json', 'trusted-documents.json', 'schema.graphql', 'node_modules']) {
      await symlink(join(root, name), join(copy, name));
    }
  });

  afterAll(async () => {
    await rm(copy, { recursive: true, force: true });
  });

  it('answers operations, the first one included', async () => {
    const running = startProgram(join(copy, 'dist'), { PORT: '0', EMULATOR_PORT: '0' });
    try {
      const [, endpoint = ''] = await running.printed(/GraphQL API +(\S+)\n/);
      await running.printed(/"mode":"enforce"/);
      await rm(join(copy, 'dist'), { recursive: true });
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: { authorization: 'Bearer demo-service-key', 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ viewer { name } }' }),
      });
      expect(await answer.json()).toMatchObject({ data: { viewer: { name: 'demo' } } });
    } finally {
      running.process.kill('SIGKILL');
    }
  });
});
