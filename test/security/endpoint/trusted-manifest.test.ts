import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { print } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTrustedDocuments } from '../../../src/config/trusted-documents.js';
import * as operations from '../../../src/operations/operations.js';
import { startTestService, type TestService } from '../../support/service.js';

const manifest = fileURLToPath(new URL('../../../trusted-documents.json', import.meta.url));
const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');
const viewer = print(operations.ViewerDocument);

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { TRUSTED_DOCUMENTS_FILE: manifest } });
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

describe('a manifest', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trusted-documents-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['is not there', null, /cannot be read/],
    ['is no JSON', '{', /must be JSON/],
    ['is a list', '[]', /documents by their SHA-256/],
    [
      'has a key that is no hash',
      JSON.stringify({ Viewer: viewer }),
      /whose SHA-256, in lower case hex digits, is not Viewer/,
    ],
    [
      'has a document under another hash',
      JSON.stringify({ ['0'.repeat(64)]: viewer }),
      /whose SHA-256, in lower case hex digits, is not 0{64}/,
    ],
  ])('that %s stops the service from starting, and the variable is named', async (name, text, problem) => {
    const path = join(folder, `${name}.json`);
    if (text !== null) await writeFile(path, text);
    await expect(startTestService({ env: { TRUSTED_DOCUMENTS_FILE: path } })).rejects.toThrow(
      /TRUSTED_DOCUMENTS_FILE: /,
    );
    await expect(readTrustedDocuments(path)).rejects.toThrow(problem);
  });

  it.each([
    ['SHA-1', '0'.repeat(40), /looks like its SHA-1. Set persistedDocuments: { hashAlgorithm: "sha256" }/],
    ['MD5', '0'.repeat(32), /looks like its MD5. Set .* persistConfig: { algorithm: "SHA256" }/],
  ])('of %s hashes says which option to set', async (name, key, problem) => {
    const path = join(folder, `${name}.json`);
    await writeFile(path, JSON.stringify({ [key]: viewer }));
    await expect(readTrustedDocuments(path)).rejects.toThrow(problem);
  });

  it.each([
    ['with the name of the algorithm', { [`sha256:${sha256Of(viewer)}`]: viewer }],
    [
      'of Apollo Client',
      {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: sha256Of(viewer), name: 'Viewer', type: 'query', body: viewer }],
      },
    ],
  ])('%s is understood', async (name, content) => {
    const path = join(folder, `${name}.json`);
    await writeFile(path, JSON.stringify(content));
    expect(await readTrustedDocuments(path)).toEqual(new Map([[sha256Of(viewer), viewer]]));
  });

  it('of GraphQL Code Generator is understood: documents by their hash', async () => {
    const path = join(folder, 'frontend.json');
    const document = 'query Mine { viewer { name __typename } }';
    await writeFile(path, JSON.stringify({ [sha256Of(document)]: document }));
    await using own = await startTestService({ env: { TRUSTED_DOCUMENTS_FILE: path } });
    expect((await own.query(document)).status).toBe(200);
    expect((await own.query(viewer)).status).toBe(400);
    expect(await readFile(path, 'utf8')).toContain('Mine');
  });
});
