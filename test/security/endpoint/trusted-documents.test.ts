import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { print } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTrustedDocuments } from '../../../src/config/trusted-documents.js';
import { permissions } from '../../../src/domain/caller.js';
import {
  eventsDocument,
  liveSessionsDocument,
  revocationsDocument,
  viewerDocument,
} from '../../../src/guard/messages.js';
import * as operations from '../../../src/operations/operations.js';
import { startTestService, type TestService } from '../../support/service.js';
import { subscribe } from '../../support/subscription.js';

const manifest = fileURLToPath(new URL('../../../trusted-documents.json', import.meta.url));
const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');
const viewer = print(operations.ViewerDocument);

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { TRUSTED_DOCUMENTS_FILE: manifest } });
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

async function post(body: object) {
  const response = await service.fetch('/graphql', {
    method: 'POST',
    headers: { authorization: `Bearer ${service.key(permissions)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const byHash = (sha256Hash: unknown, rest: object = {}) =>
  post({ ...rest, extensions: { persistedQuery: { version: 1, sha256Hash } } });

const onlyTrusted = {
  message: expect.stringMatching(/^Only operations of the manifest of trusted documents are accepted/),
};

describe('with TRUSTED_DOCUMENTS_FILE', () => {
  it('an operation of the manifest runs by its hash', async () => {
    expect(await byHash(sha256Of(viewer))).toMatchObject({ status: 200, body: { data: { viewer: {} } } });
  });

  it('a subscription of the manifest runs by its text, and no other one', async () => {
    await using events = await subscribe(service, service.key(permissions));
    expect(events.status).toBe(200);
    const query = 'subscription { sessionEvents { id } }';
    const { status, refusal } = await subscribe(service, service.key(permissions), {}, { query });
    expect([status, refusal?.errors?.[0]]).toMatchObject([400, onlyTrusted]);
  });

  it('a subscription of the manifest runs by its hash, and none by another one', async () => {
    const open = (body: object) =>
      service.fetch('/graphql/stream', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${service.key(permissions)}`,
          accept: 'text/event-stream',
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
    const sha256Hash = sha256Of(print(operations.SessionEventsDocument));
    for (const body of [
      { documentId: `sha256:${sha256Hash}` },
      { extensions: { persistedQuery: { version: 1, sha256Hash } } },
    ]) {
      const stream = await open(body);
      expect(stream.status).toBe(200);
      await stream.body?.cancel();
    }
    const unknown = await open({ documentId: `sha256:${'f'.repeat(64)}` });
    expect([unknown.status, await unknown.json()]).toMatchObject([
      400,
      { errors: [{ ...onlyTrusted, extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
    ]);
  });

  it('an operation of the manifest runs by its documentId, over POST and GET', async () => {
    const documentId = `sha256:${sha256Of(viewer)}`;
    expect(await post({ documentId })).toMatchObject({ status: 200, body: { data: { viewer: {} } } });
    const response = await service.fetch(`/graphql?documentId=${documentId}`, {
      headers: { authorization: `Bearer ${service.key(permissions)}` },
    });
    expect(await response.json()).toMatchObject({ data: { viewer: {} } });
  });

  it.each([
    ['beside a text', { documentId: `sha256:${sha256Of(viewer)}`, query: viewer }, /not both/],
    ['without its algorithm', { documentId: sha256Of(viewer) }, /documentId must be "sha256:"/],
    ['that is a number', { documentId: 7 }, /documentId must be "sha256:"/],
    ['that is unknown', { documentId: `sha256:${'f'.repeat(64)}` }, /^Only operations of the manifest/],
  ])('a documentId %s is refused', async (_what, body, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ message: expect.stringMatching(message) }] });
  });

  it('it runs by its hash over GET', async () => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: sha256Of(viewer) } });
    const response = await service.fetch(`/graphql?extensions=${encodeURIComponent(extensions)}`, {
      headers: { authorization: `Bearer ${service.key(permissions)}`, 'apollo-require-preflight': 'true' },
    });
    expect(await response.json()).toMatchObject({ data: { viewer: {} } });
  });

  it('it runs unchanged, with and without its hash', async () => {
    expect(await post({ query: viewer })).toMatchObject({ status: 200, body: { data: { viewer: {} } } });
    expect(await byHash(sha256Of(viewer), { query: viewer })).toMatchObject({ status: 200 });
  });

  it('every exported operation and those of the guard are in the manifest, variables and all', async () => {
    const documents = Object.entries(operations).flatMap(([name, value]) => (name.endsWith('Document') ? [value] : []));
    expect(documents.length).toBeGreaterThan(8);
    const known = await readTrustedDocuments(manifest);
    for (const text of [
      ...documents.map(print),
      eventsDocument,
      revocationsDocument,
      liveSessionsDocument,
      viewerDocument,
    ]) {
      expect(known.get(sha256Of(text))).toBe(text);
    }
    expect(known.size).toBe(documents.length + 5);

    const alice = service.user({ sessions: 2 });
    const { body } = await byHash(sha256Of(print(operations.EnforceSingleSessionDocument)), {
      variables: { userId: alice.id },
    });
    expect(body).toMatchObject({ data: { enforceSingleSession: { outcome: 'ENFORCED' } } });
  });

  it.each([
    ['another operation', '{ viewer { name } }'],
    ['one with a space more', `${viewer} `],
    ['one that cannot be parsed', '{ viewer {'],
    ['introspection', '{ __schema { queryType { name } } }'],
  ])('%s is refused before it is parsed', async (_what, query) => {
    const { status, body } = await post({ query });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ ...onlyTrusted, extensions: { code: 'BAD_REQUEST' } }] });
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('another operation is refused over GET', async () => {
    const response = await service.fetch('/graphql?query=%7Bviewer%7Bname%7D%7D', {
      headers: { authorization: `Bearer ${service.key(permissions)}`, 'apollo-require-preflight': 'true' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [onlyTrusted] });
  });

  it('another operation is refused under the hash of a trusted one', async () => {
    const { status, body } = await byHash(sha256Of(viewer), { query: '{ viewer { name } }' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [onlyTrusted] });
  });

  it.each([
    ['an unknown hash', 'f'.repeat(64)],
    ['a member of every object', 'constructor'],
    ['another one', '__proto__'],
    ['nothing', ''],
    ['a prefix of Apollo Server', `apq:${sha256Of(viewer)}`],
  ])('%s runs nothing', async (_what, hash) => {
    const { body } = await byHash(hash);
    expect(body).not.toHaveProperty('data');
    expect(body).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { requestId: expect.any(String) } }],
    });
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('an unknown hash is called so', async () => {
    const { body } = await byHash('f'.repeat(64));
    expect(body).toMatchObject({ errors: [{ ...onlyTrusted, extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
  });
});
