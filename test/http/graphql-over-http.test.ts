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

interface ErrorBody {
  readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}

async function post(body: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await service.fetch('/graphql', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as ErrorBody };
}

const whoAmI = '{ viewer { name } }';

describe('POST /graphql', () => {
  it('answers JSON', async () => {
    const answer = await post(JSON.stringify({ query: whoAmI }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/);
  });

  it('answers that nobody may store', async () => {
    const answer = await post(JSON.stringify({ query: whoAmI }));
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses a body of 10 MB without reading it to its end', async () => {
    const answer = await post(JSON.stringify({ query: whoAmI, variables: { padding: 'x'.repeat(10_000_000) } }));
    expect(answer.status).toBe(413);
    expect(answer.json().errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', requestId: expect.anything() } }]);
  });

  it.each([
    ['invalid JSON', '{"query": '],
    ['no body', ''],
  ])('answers 400 to %s', async (_what, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.json().errors).toMatchObject([
      { extensions: { code: 'BAD_REQUEST', requestId: answer.headers.get('x-request-id') } },
    ]);
  });

  it.each([
    `{"query":"query ($__proto__: ID!) { session(id: $__proto__) { id } }","variables":{"__proto__":"x"}}`,
    `{"query":"{ viewer { name } }","extensions":{"constructor":{"prototype":{}}}}`,
  ])('says which names of members it does not accept in JSON that is valid: %s', async (body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.json().errors?.[0]?.message).toContain('or has a member named __proto__, or one named constructor');
  });

  it.each([
    ['a list of operations', JSON.stringify([{ query: whoAmI }, { query: whoAmI }])],
    ['an object without a query', '{}'],
    ['a query that is no text', '{"query": 7}'],
    ['variables that are no object', JSON.stringify({ query: whoAmI, variables: 'x' })],
    ['a text', '"query"'],
    ['null', 'null'],
  ])('answers 400 to %s', async (_what, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.json().errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });

  it('answers 400 to an unknown field', async () => {
    const answer = await post(JSON.stringify({ query: '{ secrets }' }));
    expect(answer.status).toBe(400);
    expect(answer.json().errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it.each(['application/xml', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses %s with 415',
    async (contentType) => {
      const answer = await post(JSON.stringify({ query: whoAmI }), { 'content-type': contentType });
      expect(answer.status).toBe(415);
      expect(answer.json().errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    },
  );

  it.each(['utf-7', 'utf-16', 'iso-8859-1', '"windows-1252"', ''])(
    'refuses the charset %s, of which it would lose characters without a word',
    async (charset) => {
      const contentType = `application/json; boundary=x;Charset=${charset}`;
      const answer = await post(JSON.stringify({ query: whoAmI }), { 'content-type': contentType });
      expect(answer.status).toBe(415);
      expect(answer.json().errors).toMatchObject([{ message: 'Send the request body in UTF-8.' }]);
    },
  );

  it.each(['utf-8', '"UTF-8"', 'utf8', 'us-ascii'])('takes the charset %s', async (charset) => {
    const answer = await post(JSON.stringify({ query: whoAmI }), {
      'content-type': `application/json; charset=${charset}`,
    });
    expect(answer.status).toBe(200);
  });
});

describe('GET /graphql', () => {
  it.each([
    ['variables', '{"__proto__":"x"}'],
    ['variables', '{"a":[{"constructor":{"prototype":{}}}]}'],
    ['extensions', '{"__proto__":{}}'],
    ['variables', '{'],
  ])('takes no %s that a body may not hold: %s', async (name, json) => {
    const parameters = new URLSearchParams({ query: whoAmI, [name]: json });
    const response = await service.fetch(`/graphql?${parameters}`, { headers: { authorization } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining(`The parameter ${name} is not valid JSON, or has a member named`) }],
    });
  });

  const get = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    service.fetch(`/graphql?query=${encodeURIComponent(query)}`, { headers: { authorization, ...headers } });

  it('refuses what a browser sends without asking: it bears no credentials', async () => {
    const response = await service.fetch(`/graphql?query=${encodeURIComponent(whoAmI)}`);
    expect(response.status).toBe(401);
  });

  it('answers a query with a bearer token, for which a browser has to ask', async () => {
    const response = await get(whoAmI);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { viewer: { name: expect.any(String) } } });
  });

  it('refuses a mutation, and nothing is ended', async () => {
    const alice = service.user({ sessions: 2 });
    const response = await get(`mutation { enforceSingleSession(userId: "${alice.id}") { outcome } }`);
    expect(response.status).toBe(405);
    expect(alice.liveIds()).toHaveLength(2);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers 405 to %s, and says which methods it takes',
    async (method) => {
      for (const path of ['/graphql', '/graphql/', '/graphql?query=x']) {
        const response = await service.fetch(path, { method, headers: { authorization } });
        expect(response.status).toBe(405);
        expect(response.headers.get('allow')).toBe('GET, POST');
        expect(await response.json()).toMatchObject({ errors: [{ message: 'This path takes GET and POST only.' }] });
      }
    },
  );
});

it.each([
  ['POST', '/health/live', 'GET'],
  ['DELETE', '/health/ready', 'GET'],
  ['PUT', '/graphql/stream', 'GET, POST'],
])('answers 405 to %s %s, which takes %s', async (method, path, allowed) => {
  const response = await service.fetch(path, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, allowed]);
});

it('a query that is too long for a target is told of POST', async () => {
  const query = `{ ${Array.from({ length: 1_500 }, (_, index) => `a${index}: __typename`).join(' ')} }`;
  const response = await service.fetch(`/graphql?query=${encodeURIComponent(query)}`, { headers: { authorization } });
  expect(response.status).toBe(431);
  expect(await response.json()).toMatchObject({
    errors: [{ message: expect.stringMatching(/more than 16384 bytes\. Send a long query by POST\.$/) }],
  });
});

describe('the request id', () => {
  it.each(['7a9f', 'trace:01.B-2_x', 'x'.repeat(64)])('of the caller (%s) is kept in answer and log', async (id) => {
    const answer = await post(JSON.stringify({ query: '{ secrets }' }), { 'x-request-id': id });
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect(answer.json().errors[0]?.extensions['requestId']).toBe(id);
    expect(service.logs).toContainEqual(expect.objectContaining({ msg: 'request', requestId: id, status: 400 }));
  });

  it.each([
    ['spaces', 'a b'],
    ['quotes', '"},{"'],
    ['65 characters', 'x'.repeat(65)],
    ['letters beyond ASCII', 'caf\u00e9'],
  ])('with %s is replaced by one of ours', async (_what, id) => {
    const answer = await post(JSON.stringify({ query: whoAmI }), { 'x-request-id': id });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('differs from request to request', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => post(JSON.stringify({ query: whoAmI }))));
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(3);
  });
});

describe('the access log', () => {
  it('has one line a request: who, what, how it went, and no query', async () => {
    const id = 'access-log-1';
    await service.fetch('/graphql?query=%7B%20canary%20%7D', { headers: { authorization, 'x-request-id': id } });
    const lines = service.logs.filter(({ requestId }) => requestId === id);
    expect(lines).toEqual([
      {
        level: 'info',
        clientAddress: '127.0.0.1',
        time: expect.any(String),
        msg: 'request',
        requestId: id,
        method: 'GET',
        route: '/graphql',
        status: 400,
        durationMs: expect.any(Number),
        caller: expect.stringMatching(/^test-/),
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });
});

it.each(['/graphql//', '/Graphql', '/graphql/x', '/.env', '/favicon.ico', '/%2e%2e/x'])(
  'there is nothing at %s',
  async (path) => {
    const response = await service.fetch(path, { method: 'POST', headers: { authorization } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  },
);
