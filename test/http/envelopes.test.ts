import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
let authorization: string;

beforeAll(async () => {
  service = await startTestService();
  authorization = `Bearer ${service.key(permissions)}`;
});

afterAll(() => service[Symbol.asyncDispose]());

const query = '{ viewer { name } }';

async function expectCallersMistake(path: string, init: RequestInit): Promise<void> {
  const response = await service.fetch(path, { ...init, headers: { authorization, ...init.headers } });
  const text = await response.text();
  expect(response.status, text).toBeLessThan(500);
  expect(text).not.toContain('INTERNAL_SERVER_ERROR');
}

const anything = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, '', 'x', [], {}, [null], [{ query }], { kind: 'Document' }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A member as it should be, left out, or anything at all. */
const member = <Value>(right: Value) => fc.option(fc.oneof(fc.constant(right), anything), { nil: undefined });

const envelope = fc.record({
  query: member(query),
  operationName: member(''),
  variables: member({}),
  extensions: fc.oneof(
    member({}),
    fc.record({ persistedQuery: fc.oneof(anything, fc.record({ version: anything, sha256Hash: anything })) }),
  ),
});

const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON;charset="UTF-8"',
  'application/json;charset=latin1',
  'application/graphql',
  'application/json, text/plain',
  'x',
  '',
];
const paths = ['/graphql', '/graphql/', '/graphql/stream'];

describe('no request is an internal error', () => {
  it('whatever its body holds', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(envelope, anything),
        fc.constantFrom(...contentTypes),
        fc.constantFrom(...paths),
        fc.constantFrom(
          'application/json',
          'text/event-stream',
          'application/graphql-response+json',
          'text/html',
          '*/*',
        ),
        async (body, contentType, path, accept) => {
          const headers = { 'content-type': contentType, accept };
          await expectCallersMistake(path, { method: 'POST', headers, body: JSON.stringify(body) ?? '' });
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    `{"query":"${query}","query":7}`,
    `{"query":7,"query":"${query}"}`,
    `{"query":"${query}","__proto__":{"variables":7}}`,
    `{"query":"${query}","variables":{"__proto__":{}}}`,
    `{"query":"${query}","constructor":{"prototype":1}}`,
    `${'['.repeat(40_000)}`,
    `${'['.repeat(40_000)}${']'.repeat(40_000)}`,
    `{"query":"${query}","variables":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`,
    `{"query":"{ a(b: ${'['.repeat(900)}${']'.repeat(900)}) }"}`,
    `{"query":"${'{a'.repeat(900)}"}`,
    '\ufeff{}',
    '\u0000',
  ])('%#: bodies that only a program writes', async (body) => {
    for (const path of paths) {
      const headers = {
        'content-type': 'application/json',
        accept: path.endsWith('stream') ? 'text/event-stream' : '*/*',
      };
      await expectCallersMistake(path, { method: 'POST', headers, body });
    }
  });

  it('whatever the parameters of a GET request are', { timeout: 60_000 }, async () => {
    const text = fc.oneof(fc.constantFrom('', '{}', '[]', 'null', '"x"', '7', '{', query, 'x'), fc.string());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('query', 'variables', 'extensions', 'operationName', 'x'), text), {
          maxLength: 6,
        }),
        async (parameters) => {
          const search = new URLSearchParams(parameters);
          await expectCallersMistake(`/graphql?${search}`, { headers: { 'apollo-require-preflight': 'true' } });
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    { version: 2, sha256Hash: 'x' },
    { version: 1, sha256Hash: {} },
    { version: 1 },
    { version: 1, sha256Hash: '0'.repeat(64), query },
    {},
  ])('%#: the hash of a trusted document, wrongly given', async ({ query: text, ...persistedQuery }: Hash) => {
    await using trusting = await startTestService({ env: { TRUSTED_DOCUMENTS_FILE: 'trusted-documents.json' } });
    const response = await trusting.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${trusting.key(permissions)}` },
      body: JSON.stringify({ query: text, extensions: { persistedQuery } }),
    });
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('INTERNAL_SERVER_ERROR');
  });
});

interface Hash {
  readonly query?: string;
  readonly version?: unknown;
  readonly sha256Hash?: unknown;
}
