import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GraphQLAnswer, startTestService, type TestService } from '../support/service.js';

const headers = { 'x-upstream-calls': 'count' };
const list = 'query ($id: ID!) { sessions(userId: $id) { id } }';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
  // Settings are there from now on.
  await service.data(list, { id: service.user().id });
});

beforeEach(() => {
  service.emulator.faults.clear();
  service.emulator.calls.clear();
});

afterAll(() => service[Symbol.asyncDispose]());

function told({ body }: GraphQLAnswer): unknown {
  return 'extensions' in body ? body.extensions : undefined;
}

describe('extensions.upstream', () => {
  it('tells how many calls to FusionAuth were made, to who asks for it', async () => {
    const { id } = service.user({ sessions: 1 });
    expect(told(await service.query(list, { id }, { headers }))).toMatchObject({ upstream: { calls: 1 } });
    expect(told(await service.query('{ viewer { name } }', {}, { headers }))).toMatchObject({ upstream: { calls: 0 } });
    expect(service.emulator.calls.count()).toBe(1);
  });

  it.each([{}, { 'x-upstream-calls': '1' }])('is not there with %j', async (others) => {
    const { id } = service.user();
    expect(told(await service.query(list, { id }, { headers: others }))).not.toHaveProperty('upstream');
  });

  it('counts what a mutation causes', async () => {
    const { id } = service.user({ sessions: 4 });
    const mutation = 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }';
    expect(told(await service.query(mutation, { id }, { headers }))).toMatchObject({ upstream: { calls: 4 } });
    expect(service.emulator.calls.count()).toBe(4);
  });

  it('counts each attempt, also of calls that fail', async () => {
    const { id } = service.user();
    service.emulator.faults.add({ path: '/api/jwt/refresh', times: 1, fault: { kind: 'status', status: 503 } });
    expect(told(await service.query(list, { id }, { headers }))).toMatchObject({ upstream: { calls: 2 } });
    service.emulator.faults.add({ path: '/api/jwt/refresh', fault: { kind: 'status', status: 401 } });
    const answer = await service.query(list, { id }, { headers });
    expect(answer.body.errors).toHaveLength(1);
    expect(told(answer)).toMatchObject({ upstream: { calls: 1 } });
  });

  it('counts each operation for itself', async () => {
    const users = [1, 2, 3].map(() => service.user({ sessions: 1 }));
    const answers = await Promise.all(users.map(({ id }) => service.query(list, { id }, { headers })));
    for (const answer of answers) expect(told(answer)).toMatchObject({ upstream: { calls: 1 } });
  });
});
