import { expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

it('tells a caller its name and permissions, whatever these are', async () => {
  await using service = await startTestService();
  for (const permissions of [['session:read'], ['session:enforce', 'session:revoke']]) {
    const key = service.key(permissions);
    expect(await service.data('{ viewer { kind name permissions } }', {}, { key })).toEqual({
      viewer: { kind: 'SERVICE', name: expect.stringMatching(/^test-\d+$/), permissions },
    });
  }
});
