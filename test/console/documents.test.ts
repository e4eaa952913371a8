import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestConsole } from '../support/console.js';
import type { TestService } from '../support/service.js';

/** The operations of the console as its bundle names them. */
const sent = new Map<string, string>();
const manifest: Record<string, string> = {};
const other = '{ viewer { kind } }';

let folder: string;
/** Accepts any text. */
let open: TestService;
/** Accepts one operation, which is none of the console. */
let closed: TestService;

beforeAll(async () => {
  const source = await readFile(new URL('../../src/console/api/documents.ts', import.meta.url), 'utf8');
  for (const [, name = '', sha256 = ''] of source.matchAll(/const (\w+): [^=]*= \{\s*sha256: '(\w+)'/g)) {
    sent.set(name, sha256);
  }
  Object.assign(manifest, JSON.parse(await readFile(new URL('../../trusted-documents.json', import.meta.url), 'utf8')));
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  const path = join(folder, 'manifest.json');
  await writeFile(path, JSON.stringify({ [createHash('sha256').update(other).digest('hex')]: other }));
  [open, closed] = await Promise.all([
    startTestConsole(),
    startTestConsole({ env: { TRUSTED_DOCUMENTS_FILE: path, GRAPHIQL: 'false' } }),
  ]);
});

afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

it('each operation that the console sends is the one of its name', () => {
  expect(sent.size).toBeGreaterThan(10);
  for (const [name, sha256] of sent) {
    expect(manifest[sha256]).toMatch(new RegExp(`^(query|mutation|subscription) ${name}\\b`));
  }
});

it('operations of the console run by their hash, whatever the trusted documents are', async () => {
  const viewer = sent.get('ConsoleViewer') ?? '';
  for (const service of [open, closed]) {
    expect(await byHash(service, viewer)).toMatchObject({ data: { viewer: { displayName: expect.any(String) } } });
  }
});

async function byHash(service: TestService, sha256: string): Promise<unknown> {
  const response = await service.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${service.key(permissions)}` },
    body: JSON.stringify({ documentId: `sha256:${sha256}` }),
  });
  return response.json();
}
