import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import { preset } from '@graphql-codegen/client-preset';
import { expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService } from '../support/service.js';

const schema = fileURLToPath(new URL('../../schema.graphql', import.meta.url));

const documents = {
  sessions: 'query Mine($userId: ID!) { sessions(userId: $userId) { id kind } }',
  revoke: 'mutation End($id: ID!) { revokeSession(sessionId: $id) { outcome } }',
  events: 'subscription Ends { sessionEvents(types: [SESSION_REVOKED]) { id sessionId } }',
};

/** What the client preset makes of the documents: names by hash, and the manifest. */
async function generateFor(folder: string, persistedDocuments: unknown) {
  const source = Object.entries(documents).map(([name, text]) => `export const ${name} = graphql(\`${text}\`);`);
  await writeFile(join(folder, 'page.ts'), source.join('\n'));
  const gql = `${join(folder, 'gql')}/`;
  const files = await generate(
    {
      cwd: folder,
      silent: true,
      schema,
      documents: [join(folder, 'page.ts')],
      generates: { [gql]: { preset, presetConfig: { persistedDocuments } } },
    },
    true,
  );
  expect(files.length).toBeGreaterThan(3);
  const file = join(gql, 'persisted-documents.json');
  const manifest: Readonly<Record<string, string>> = JSON.parse(await readFile(file, 'utf8'));
  const idOf = (name: string) => {
    const [id] = Object.entries(manifest).find(([, text]) => text.includes(` ${name}`)) ?? [];
    if (id === undefined) throw new Error(`The manifest does not hold ${name}`);
    return id;
  };
  return { file, manifest, idOf };
}

it.each([
  ['as it comes', true],
  ['with SHA-256', { hashAlgorithm: 'sha256' }],
])('documents that the client preset persists %s are trusted, and run by hash', async (_how, persistedDocuments) => {
  const folder = await mkdtemp(join(tmpdir(), 'preset-'));
  try {
    const { file, manifest, idOf } = await generateFor(folder, persistedDocuments);
    await using service = await startTestService({ env: { TRUSTED_DOCUMENTS_FILE: file } });
    const alice = service.user({ sessions: 2 });
    const headers = { authorization: `Bearer ${service.key(permissions)}`, 'content-type': 'application/json' };
    const send = async (path: string, accept: string, body: object) =>
      service.fetch(path, { method: 'POST', headers: { ...headers, accept }, body: JSON.stringify(body) });
    const run = async (body: object) => (await send('/graphql', 'application/json', body)).json();

    const [newest, oldest] = alice.liveIds();
    expect(Object.keys(manifest)).toHaveLength(3);
    const byId = (name: string, variables = {}) => run({ documentId: `sha256:${hexOf(idOf(name))}`, variables });
    expect(await byId('Mine', { userId: alice.id })).toMatchObject({
      data: { sessions: [{ id: newest }, { id: oldest }] },
    });
    const extensions = { persistedQuery: { version: 1, sha256Hash: hexOf(idOf('End')) } };
    expect(await run({ variables: { id: oldest }, extensions })).toEqual({
      data: { revokeSession: { outcome: 'REVOKED' } },
      extensions: expect.any(Object),
    });
    const stream = await send('/graphql/stream', 'text/event-stream', {
      documentId: `sha256:${hexOf(idOf('Ends'))}`,
    });
    expect(stream.headers.get('content-type')).toMatch('text/event-stream');
    await stream.body?.cancel();

    const text = manifest[idOf('Mine')] ?? '';
    expect(createHash('sha256').update(text).digest('hex')).toBe(hexOf(idOf('Mine')));
    expect(await run({ query: `${text} `, variables: { userId: alice.id } })).toMatchObject({
      errors: [{ message: expect.stringContaining('trusted documents') }],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The preset writes the algorithm before the hash. */
const hexOf = (id: string) => id.replace(/^sha256:/, '');
