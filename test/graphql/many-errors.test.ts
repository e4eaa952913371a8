import { describe, expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

interface Answer {
  readonly data: { readonly sessions: readonly unknown[] };
  readonly errors: readonly unknown[];
  readonly extensions: { readonly omittedErrors?: number };
}

describe.each(['true', 'false'])('with COMPILE_QUERIES=%s', (COMPILE_QUERIES) => {
  it('an answer holds 20 errors and counts the rest', async () => {
    await using service = await startTestService({ env: { COMPILE_QUERIES, FUSIONAUTH_MAX_ATTEMPTS: '1' } });
    const alice = service.user({ sessions: 30 });
    service.emulator.faults.add({ path: '/api/user/search', fault: { kind: 'status', status: 401 } });
    for (let time = 1; time <= 3; time++) {
      const { body } = await service.query('query ($id: ID!) { sessions(userId: $id) { id user { email } } }', {
        id: alice.id,
      });
      const { data, errors, extensions } = body as unknown as Answer;
      expect(data.sessions).toHaveLength(30);
      expect(errors).toHaveLength(20);
      expect(extensions.omittedErrors).toBe(10);
    }
  });

  it('an answer holds no more of a document with many mistakes', async () => {
    await using service = await startTestService({ env: { COMPILE_QUERIES } });
    const fields = Array.from({ length: 50 }, (_, index) => `nothing${index}`);
    const { status, body } = await service.query(`{ viewer { ${fields.join(' ')} } }`);
    expect(status).toBe(400);
    expect(body.errors?.length).toBeLessThanOrEqual(20);
  });
});
