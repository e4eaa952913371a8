import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { operations } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';

const someId = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';

const documents = operations.map(({ name, description, document }) => ({
  name,
  description,
  document: document({ userId: someId, sessionId: someId }),
}));

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

describe.each(documents)('$name', ({ document }) => {
  it.each([
    ['no credentials', undefined],
    ['an unknown service key', 'Bearer not-a-key-of-anybody-here'],
    ['an empty service key', 'Bearer '],
    ['another scheme', 'Basic dXNlcjpwYXNzd29yZA=='],
    ['the key without a scheme', 'test-key'],
  ])('is refused with %s before anything runs', async (_what, authorization) => {
    service.emulator.calls.clear();
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await service.query(document, {}, { key: null, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(answer.body).toEqual({
      errors: [
        {
          message: expect.any(String),
          extensions: { code: 'UNAUTHENTICATED', requestId: answer.headers.get('x-request-id') },
        },
      ],
    });
    expect(service.emulator.calls.count()).toBe(0);
  });
});

/** All of them but viewer, which tells callers about themselves. */
const guarded = documents
  .filter(({ name }) => name !== 'viewer')
  .map(({ name, description, document }) => ({
    name,
    document,
    needed: /Needs (\w+:\w+)/.exec(description)?.[1] ?? 'a permission that its description does not name',
  }));

describe.each(guarded)('$name needs $needed', ({ name, document, needed }) => {
  it('is refused to a key with every permission but that, before anything runs', async () => {
    expect(permissions).toContain(needed);
    service.emulator.calls.clear();
    const key = service.key(permissions.filter((permission) => permission !== needed));
    const { body } = await service.query<Record<string, unknown>>(document, {}, { key });
    expect(body.data?.[name] ?? null).toBeNull();
    expect(body.errors).toMatchObject([{ path: [name], extensions: { code: 'FORBIDDEN' } }]);
    expect(body.errors?.[0]?.message).toContain(needed);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('is not refused to a key with that permission alone', async () => {
    const { body } = await service.query(document, {}, { key: service.key([needed]) });
    expect(body.errors?.map(({ extensions }) => extensions['code']) ?? []).not.toContain('FORBIDDEN');
  });
});

it('a refused caller is nothing that an operator is told of as an error', async () => {
  const key = service.key(['session:revoke']);
  await service.query(`{ sessions(userId: "${someId}") { id } }`, {}, { key });
  expect(service.logs.filter(({ level }) => level === 'error')).toEqual([]);
});
