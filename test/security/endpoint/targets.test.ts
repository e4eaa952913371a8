import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { exchange } from '../../support/raw-connection.js';
import { startTestService, type TestService } from '../../support/service.js';

let service: TestService;
let authorization: string;

beforeAll(async () => {
  service = await startTestService({
    env: { MAX_QUERY_CHARACTERS: '30', TRUSTED_DOCUMENTS_FILE: 'trusted-documents.json' },
  });
  authorization = `authorization: Bearer ${service.key(permissions)}`;
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

const query = 'query=%7Bviewer%7Bname%7D%7D';

const send = (target: string, method = 'GET', host = 'host: localhost\r\n') =>
  exchange(
    service.url,
    `${method} ${target} HTTP/1.1\r\n${host}${authorization}\r\napollo-require-preflight: 1\r\nconnection: close\r\n\r\n`,
  );

const expectRefused = (answer: string) => {
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toMatch(/\r\nx-request-id: /);
  expect(answer).toMatch(/\r\nx-content-type-options: nosniff\r\n/);
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(answer).not.toContain('"data"');
};

describe('a request target', () => {
  it.each([
    ['with a query behind a fragment', `/graphql#?${query}`],
    ['with a fragment behind the query', `/graphql?${query}#x`],
    ['in absolute form with a fragment', `http://localhost/graphql#?${query}`],
    ['in absolute form of another port', `http://localhost:81/graphql?${query}`],
    ['in absolute form with user information', `http://me@localhost/graphql?${query}`],
    ['in absolute form of another scheme', `ftp://localhost/graphql?${query}`],
    ['in absolute form twice', `http://localhost/http://localhost/graphql?${query}`],
    ['in absolute form before two slashes', `http://localhost//graphql?${query}`],
    ['in absolute form of another host', `http://elsewhere.example/graphql?${query}`],
    ['that begins with an authority', `//localhost/graphql?${query}`],
    ['with a backslash', `/graphql\\?${query}`],
    ['with an encoded question mark', `/graphql%3F${query}`],
    ['with an encoded letter', `/%67raphql?${query}`],
    ['with a matrix parameter', `/graphql;a=b?${query}`],
    ['with an encoding that is none', `/%zz?${query}`],
    ['with an encoded NUL', `/graphql%00?${query}`],
    ['with a NUL', `/graphql\0?${query}`],
    ['with bytes beyond ASCII', `/graphql\xe9?${query}`],
    ['with dot segments', `/health/../graphql?${query}`],
    ['of two queries', `/graphql?${query}&${query}`],
    ['of a query written in two ways', `/graphql?${query}&%71uery=%7Ba%7D`],
    ['of two lists of variables', `/graphql?${query}&variables=%7B%7D&variables=%7B%7D`],
  ])('%s is refused before anything runs', async (_what, target) => {
    expectRefused(await send(target));
    expect(service.emulator.calls.count()).toBe(0);
  });

  it.each(['/graphql', '/graphql/', '/graphql/stream', '/webhooks/fusionauth', '/health/live', '/'])(
    'with a fragment is refused at %s too',
    async (path) => {
      expectRefused(await send(`${path}#?${query}`));
      expectRefused(await send(`${path}#?${query}`, 'POST'));
    },
  );

  it.each(['http://localhost', 'HTTPS://LocalHost'])(
    'with the host of the Host header before it is what follows: %s',
    async (origin) => {
      expect(await send(`${origin}/health/live`)).toMatch(/^HTTP\/1\.1 200 /);
      // Refused by the same check of documents.
      const said = /^HTTP\/1\.1 \d+|"message":"[^"]*"/g;
      const plain = (await send(`/graphql?${query}`)).match(said);
      expect(plain).toHaveLength(2);
      expect((await send(`${origin}/graphql?${query}`)).match(said)).toEqual(plain);
      expect((await send(origin)).match(said)).toEqual((await send('/')).match(said));
    },
  );

  it('with an asterisk is refused', async () => {
    expectRefused(await send('*', 'OPTIONS'));
  });

  it('of a tunnel is refused', async () => {
    expectRefused(await send('localhost:443', 'CONNECT'));
  });

  it('never has a document run that the check of documents refuses', async () => {
    const piece = fc.constantFrom(
      ...['/graphql', '/stream', '/', '?', '#', '&', 'query=', query, ';', '%3F', '%23', '\\', '=', '%00', 'http://h'],
      ...['quer%79=', 'variables={}', 'operationName=', '+', '%26', '..', ' ', '{viewer{name}}'],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const answer = await send(`/graphql${pieces.join('')}`);
        expect(answer).not.toContain('"data"');
        expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a Host header', () => {
  it.each([
    ['that is missing', ''],
    ['that comes twice', 'host: localhost\r\nhost: elsewhere.example\r\n'],
    ['that comes twice, far apart', `host: localhost\r\n${'a:\r\n'.repeat(2_000)}host: elsewhere.example\r\n`],
    ['that comes twice alike', 'host: localhost\r\nhost: localhost\r\n'],
    ['with a path', 'host: localhost/graphql\r\n'],
    ['with user information', 'host: me@localhost\r\n'],
  ])('%s is refused', async (_what, host) => {
    expectRefused(await send('/health/live', 'GET', host));
  });

  it('is not needed by HTTP/1.0', async () => {
    expect(await exchange(service.url, 'GET /health/live HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

it('a tenant is heeded behind thousands of headers', async () => {
  const answer = await send(
    '/graphql',
    'GET',
    `host: localhost\r\n${'a:\r\n'.repeat(2_000)}x-fusionauth-tenantid: x\r\n`,
  );
  expectRefused(answer);
  expect(answer).toContain('X-FusionAuth-TenantId must be a UUID');
});

it('a Content-Type that comes twice is refused', async () => {
  const types = 'content-type: application/json\r\ncontent-type: text/plain\r\n';
  expectRefused(await send('/graphql', 'POST', `host: localhost\r\n${types}`));
});
