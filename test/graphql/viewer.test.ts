import { expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

it('tells a caller its name and permissions', async () => {
  await using service = await startTestService();
  const { status, body } = await service.query(
    '{ viewer { kind name permissions } }',
    {},
    {
      key: service.key(['session:read']),
    },
  );
  expect(status).toBe(200);
  expect(body).toEqual({
    data: { viewer: { kind: 'SERVICE', name: expect.any(String), permissions: ['session:read'] } },
  });
});

it('needs no permission, only a valid key', async () => {
  await using service = await startTestService();
  const { status, body } = await service.query('{ viewer { name } }', {}, { key: 'not-a-key-of-anybody' });
  expect(status).toBe(401);
  expect(body.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', requestId: expect.any(String) });
});
