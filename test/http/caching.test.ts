import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

describe('what caches may keep', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service[Symbol.asyncDispose]());

  it.each([
    ['an unknown path', 'GET', '/nope', 404],
    ['a file of another version of the console', 'GET', '/console/assets/index-AAAAAAAA.js', 404],
    ['another method', 'DELETE', '/graphql', 405],
    ['a request without credentials', 'POST', '/graphql', 401],
    ['a stream without credentials', 'GET', '/graphql/stream', 401],
    ['the liveness', 'GET', '/health/live', 200],
    ['the readiness', 'GET', '/health/ready', 200],
  ])('leaves %s out, so that whoever asks later gets an answer of their own', async (_what, method, path, status) => {
    const answer = await service.fetch(path, { method });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
  });
});
