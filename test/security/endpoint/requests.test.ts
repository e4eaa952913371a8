import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { startTestService, type TestService } from '../../support/service.js';
import type { TestUser } from '../../support/users.js';

let service: TestService;
let alice: TestUser;
let authorization: string;

beforeAll(async () => {
  service = await startTestService();
  alice = service.user({ sessions: 2 });
  authorization = `Bearer ${service.key(permissions)}`;
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

const endAll = () => `mutation { enforceSingleSession(userId: "${alice.id}") { outcome } }`;

/** Expects that the request was refused with this status and code, and that nothing was asked of FusionAuth. */
async function expectRefused(response: Response, status: number, code: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code, requestId: response.headers.get('x-request-id') } }],
  });
  expect(service.emulator.calls.count()).toBe(0);
  expect(alice.liveIds()).toHaveLength(2);
}

const post = (body: BodyInit, headers: Readonly<Record<string, string>> = {}) =>
  service.fetch('/graphql', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body,
  });

describe('a batch', () => {
  it.each([1, 2, 500])('of %i operations is refused', async (count) => {
    const batch = Array.from({ length: count }, () => ({ query: endAll() }));
    const response = await post(JSON.stringify(batch));
    await expectRefused(response, 400, 'BAD_REQUEST');
  });
});

describe('a content type', () => {
  it.each([
    ['that is none', 'json'],
    ['with a line break encoded', 'application/json%0d%0a'],
    ['of XML', 'application/xml'],
    ['of GraphQL', 'application/graphql'],
    ['with a parameter before its end', 'application/json/x'],
    ['that begins alike', 'application/jsonx'],
    ['of JSON Lines', 'application/jsonl'],
    ['of a list of types', 'text/plain, application/json'],
  ])('%s is refused', async (_what, contentType) => {
    await expectRefused(
      await post(JSON.stringify({ query: endAll() }), { 'content-type': contentType }),
      415,
      'BAD_REQUEST',
    );
  });

  it.each(['gzip', 'br', 'deflate', 'gzip, identity'])('of JSON encoded as %s is refused', async (encoding) => {
    const response = await post(JSON.stringify({ query: endAll() }), { 'content-encoding': encoding });
    await expectRefused(response, 415, 'BAD_REQUEST');
  });
});

describe('a body', () => {
  it('larger than MAX_BODY_BYTES is refused by its announced length', async () => {
    await expectRefused(await post(' '.repeat(100_001)), 413, 'BAD_REQUEST');
  });

  it('larger than MAX_BODY_BYTES is refused although its length is not announced', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let chunk = 0; chunk < 11; chunk++) controller.enqueue(new TextEncoder().encode(' '.repeat(10_000)));
        controller.close();
      },
    });
    // Fetch demands to be told that it cannot read the answer while it sends; its types do not know that yet.
    const init = { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, duplex: 'half' };
    await expectRefused(await service.fetch('/graphql', { ...init, body: stream }), 413, 'BAD_REQUEST');
  });

  it.each([
    ['a byte order mark alone', '\ufeff'],
    ['two values', '{"query":"{ viewer { name } }"}{"query":"{ viewer { name } }"}'],
    ['a comment', '{"query":"{ viewer { name } }"/* x */}'],
    ['NaN', '{"query":NaN}'],
    ['half a surrogate pair cut short', '{"query":"\\ud800'],
  ])('of %s is refused', async (_what, body) => {
    await expectRefused(await post(body), 400, 'BAD_REQUEST');
  });

  it('of bytes that are no UTF-8 is read without harm', async () => {
    const response = await post(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]));
    await expectRefused(response, 400, 'BAD_REQUEST');
  });
});

describe('a query in the URL', () => {
  const get = (search: string, headers: Readonly<Record<string, string>> = { 'apollo-require-preflight': '1' }) =>
    service.fetch(`/graphql?${search}`, { headers: { authorization, ...headers } });

  it('may not change anything', async () => {
    const response = await get(`query=${encodeURIComponent(endAll())}`);
    expect(response.headers.get('allow')).toBe('POST');
    await expectRefused(response, 405, 'BAD_REQUEST');
  });

  it('may not choose the mutation of a document that begins with a query', async () => {
    const document = encodeURIComponent(`query A { viewer { name } } ${endAll().replace('mutation', 'mutation B')}`);
    await expectRefused(await get(`query=${document}&operationName=B`), 405, 'BAD_REQUEST');
  });

  it('is refused when it is given twice', async () => {
    await expectRefused(await get('query=%7Bviewer%7Bname%7D%7D&query=%7Bviewer%7Bname%7D%7D'), 400, 'BAD_REQUEST');
  });

  it('may not change anything either where nothing but the bearer token makes browsers ask first', async () => {
    await expectRefused(await get(`query=${encodeURIComponent(endAll())}`, {}), 405, 'BAD_REQUEST');
  });

  it.each([
    ['nothing', {}],
    ['a cookie', { cookie: 'session=1' }],
    ['basic credentials', { authorization: `Basic ${Buffer.from('name:password').toString('base64')}` }],
  ])('is refused with what a browser sends without asking: %s', async (_what, headers) => {
    const response = await service.fetch('/graphql?query=%7Bviewer%7Bname%7D%7D', { headers });
    await expectRefused(response, 401, 'UNAUTHENTICATED');
  });

  it('does not take the place of the body', async () => {
    const response = await service.fetch(`/graphql?query=${encodeURIComponent(endAll())}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{}',
    });
    await expectRefused(response, 400, 'BAD_REQUEST');
  });
});

it('a persisted query cannot be registered by a caller', async () => {
  const query = '{ viewer { name } }';
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(query));
  const persistedQuery = { version: 1, sha256Hash: Buffer.from(digest).toString('hex') };
  const register = await post(JSON.stringify({ query, extensions: { persistedQuery } }));
  expect(await register.json()).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }] });
  const recall = await post(JSON.stringify({ extensions: { persistedQuery } }));
  const words = { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } };
  expect([recall.status, await recall.json()]).toMatchObject([200, { errors: [words] }]);
});
