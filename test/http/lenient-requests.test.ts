import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { ownTimeOf } from '../support/own-time.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
let authorization: string;

beforeAll(async () => {
  service = await startTestService({ env: { MAX_BODY_BYTES: '5000' } });
  authorization = `Bearer ${service.key(permissions)}`;
});

afterAll(() => service[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };

function post(body: unknown, headers: Readonly<Record<string, string>> = {}, path = '/graphql') {
  return service.fetch(path, {
    method: 'POST',
    headers: { ...json, authorization, ...headers },
    body: JSON.stringify(body),
  });
}

describe('what is empty counts as left out', () => {
  const query = 'query Who { viewer { name } }';

  it('an operation name', async () => {
    const response = await post({ query, operationName: '' });
    expect(await response.json()).toMatchObject({ data: { viewer: {} } });
  });

  it.each([
    'variables=',
    'extensions=',
    'operationName=',
    'variables=&extensions=&operationName=',
    'variables=null&extensions=null',
  ])('%s of a GET request', async (parameters) => {
    const response = await service.fetch(`/graphql?query=${encodeURIComponent(query)}&${parameters}`, {
      headers: { authorization, 'apollo-require-preflight': 'true' },
    });
    expect(await response.json()).toMatchObject({ data: { viewer: {} } });
  });

  it('an operation name on a stream, whose other operation is refused', async () => {
    const response = await post({ query, operationName: '' }, { accept: 'text/event-stream' }, '/graphql/stream');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Only subscriptions');
  });

  it.each([
    ['B', 'Unknown operation named "B".'],
    ['', 'Must provide operation name if query contains multiple operations.'],
  ])(
    'an operation name (%j) that chooses none of several is named, on a stream as elsewhere',
    async (name, message) => {
      const [first, second] = ['A', 'C'].map((one) => `subscription ${one} { sessionEvents { id } }`);
      const body = { query: `${first} ${second}`, operationName: name };
      const onStream = await post(body, { accept: 'text/event-stream' }, '/graphql/stream');
      const elsewhere = await post({ ...body, query: `${body.query} query D { viewer { name } }` });
      const extensions = { code: 'OPERATION_RESOLUTION_FAILURE' };
      for (const response of [onStream, elsewhere]) {
        expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ message, extensions }] }]);
      }
    },
  );
});

it.each(['/graphql/', '/graphql/?a=1'])('%s is /graphql', async (path) => {
  const response = await post({ query: '{ viewer { name } }' }, {}, path);
  expect(await response.json()).toMatchObject({ data: { viewer: {} } });
});

describe('a refusal comes in the media type that its client asks for', () => {
  const wanted = 'application/graphql-response+json';
  const query = '{ viewer { name } }';
  const refused: readonly (readonly [number, string, RequestInit])[] = [
    [401, '/graphql', { method: 'POST', headers: json, body: '{}' }],
    [413, '/graphql', { method: 'POST', body: JSON.stringify({ query: ' '.repeat(10_000) }) }],
    [415, '/graphql', { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<x/>' }],
    [415, '/graphql', { method: 'POST', headers: { 'content-encoding': 'br' }, body: '{}' }],
    [400, '/graphql', { method: 'POST', body: '{' }],
    [400, '/graphql', { method: 'POST', body: JSON.stringify({ query: `${query}${' '.repeat(4_000)}{` }) }],
    [404, '/nothing', {}],
    [406, '/graphql/stream', { method: 'POST', body: JSON.stringify({ query }) }],
  ];

  it.each(refused)('%i at %s', async (status, path, init) => {
    const headers = status === 401 ? {} : { authorization };
    const response = await service.fetch(path, {
      ...init,
      headers: { ...json, ...headers, ...init.headers, accept: `${wanted}, application/json;q=0.9` },
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(`${wanted}; charset=utf-8`);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String), extensions: {} }] });
  });

  it.each([
    [{ RATE_LIMIT_POINTS: '1', RATE_LIMIT_USER_POINTS: '1', MAX_OPERATION_COST: '1' }, 429],
    [{ MAX_CONCURRENT_OPERATIONS: '1' }, 503],
  ] as const)('with %j: %i', async (env, status) => {
    await using busy = await startTestService({ env });
    const alice = busy.user({ sessions: 1 });
    busy.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'held', until: ownTimeOf(500) } });
    const send = () =>
      busy.fetch('/graphql', {
        method: 'POST',
        headers: { ...json, accept: wanted, authorization: `Bearer ${busy.key(permissions)}` },
        body: JSON.stringify({ query: `{ sessions(userId: "${alice.id}") { id } }` }),
      });
    const answers = await Promise.all([send(), send(), send()]);
    const refusals = answers.filter((answer) => answer.status === status);
    expect(refusals.length).toBeGreaterThan(0);
    for (const { headers } of refusals) expect(headers.get('content-type')).toBe(`${wanted}; charset=utf-8`);
  });

  it.each([
    [undefined, 'application/json'],
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['application/json, application/graphql-response+json', 'application/json'],
    ['application/graphql-response+json;q=0.5, application/json', 'application/json'],
    ['application/json;q=0, application/graphql-response+json', wanted],
    ['text/html', 'application/json'],
    ['nonsense', 'application/json'],
  ])('accepting %s: as the answers of GraphQL do', async (accept, expected) => {
    const headers = accept === undefined ? { accept: '*/*' } : { accept };
    const response = await service.fetch('/graphql', { method: 'POST', headers: { ...json, ...headers }, body: '{}' });
    expect(response.headers.get('content-type')).toBe(`${expected}; charset=utf-8`);
  });
});

describe('credentials without a scheme', () => {
  it.each(['the-key', 'Basic dXNlcjpwYXNz', 'Bearer:the-key', 'Bearerthe-key', 'Bearer', 'bearer '])(
    '%s: the answer says how',
    async (value) => {
      const response = await post({ query: '{ viewer { name } }' }, { authorization: value });
      expect(response.status).toBe(401);
      const body = await response.text();
      expect(body).toContain('`Authorization: Bearer <credentials>`');
      expect(body).not.toContain('the-key');
    },
  );
});

describe('a request without an operation', () => {
  it.each([
    ['a list', [{ query: '{ viewer { name } }' }], 'Send one operation in a request: a list of them is not accepted.'],
    ['no member', {}, 'Send a JSON object whose member query is the text of the operation, as application/json.'],
    ['a text', 'x', 'Send a JSON object whose member query is the text of the operation, as application/json.'],
    ['null', null, 'Send a JSON object whose member query is the text of the operation, as application/json.'],
    [
      'a query of null',
      { query: null },
      'Send the text of the operation as query, or, of a trusted document, its hash as documentId.',
    ],
  ])('(%s) is told what would be right', async (_what, body, message) => {
    const response = await post(body);
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ message }] }]);
  });
});
