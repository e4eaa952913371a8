import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

function post(query: string, accept: string): Promise<Response> {
  const authorization = `Bearer ${service.key(permissions)}`;
  const headers = { authorization, 'content-type': 'application/json', accept };
  return service.fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
}

describe('a mutation whose answer the client does not accept', () => {
  it.each([
    'text/html',
    'multipart/mixed',
    '*/*;q=0',
    'application/json;charset=utf-16',
    'application/json;callbackSpec=1.0',
    'text/event-stream;q=0.5, */*;q=0',
    `${'text/html, '.repeat(64)}application/json`,
  ])('(%s) ends nothing, and is told what to accept', async (accept) => {
    const alice = service.user({ sessions: 2 });
    const response = await post(`mutation { enforceSingleSession(userId: "${alice.id}") { outcome } }`, accept);
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('accept'), extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(alice.liveIds()).toHaveLength(2);
  });
});

describe('the media type of an answer', () => {
  const json = 'application/json';
  const response = 'application/graphql-response+json';

  it.each([
    ['', json],
    ['*/*', json],
    ['application/*', json],
    ['APPLICATION/JSON', json],
    [`${response};charset=utf-8, ${json}`, response],
    [`${response};q=0.1, ${json};q=0.9`, json],
    [`${json};q=0, ${response}`, response],
    [`multipart/mixed;deferSpec=20220824, ${json}`, json],
    [`text/html, */*;q=0.1`, json],
    [`${'text/html, '.repeat(60)}${response}`, response],
  ])('for %j is %s', async (accept, type) => {
    const answer = await post('{ viewer { name } }', accept);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  });
});
