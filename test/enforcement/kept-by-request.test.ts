import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { holdCalls } from '../support/hold-calls.js';
import { startTestService, type TestService } from '../support/service.js';
import { enforceSessionLimit, queryEnforceSessionLimit } from './support/operations.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterEach(() => {
  service.emulator.faults.clear();
  service.emulator.calls.clear();
});

afterAll(() => service[Symbol.asyncDispose]());

it('calls that take turns and wait too long are refused with RATE_LIMITED and end nothing', async () => {
  await using hasty = await startTestService({ env: { USER_LOCK_MAX_WAIT_MS: '50' } });
  const alice = hasty.user({ sessions: 3 });
  const bob = hasty.user({ sessions: 3 });
  const list = holdCalls(hasty.emulator, { method: 'GET', path: '/api/jwt/refresh', times: 1 });
  const input = { userId: alice.id, maxSessions: 1, overflow: 'END_LEAST_RECENTLY_USED' } as const;
  const first = queryEnforceSessionLimit(hasty, input);
  await expect.poll(() => hasty.emulator.calls.count({ path: '/api/jwt/refresh' })).toBe(1);

  // It asks for something else, so it cannot share the run of the first.
  const second = await queryEnforceSessionLimit(hasty, { ...input, maxSessions: 2 });
  expect(second.body.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);
  expect(alice.liveIds()).toHaveLength(3);

  // The default rule waits for no turn.
  expect(await enforceSessionLimit(hasty, { userId: alice.id, maxSessions: 2 })).toMatchObject({
    outcome: 'ENFORCED',
    revokedCount: 1,
  });

  // Another user does not wait, and neither do calls that change nothing.
  expect(await enforceSessionLimit(hasty, { ...input, overflow: 'ASK_USER' })).toMatchObject({
    outcome: 'LIMIT_REACHED',
  });
  expect(await enforceSessionLimit(hasty, { ...input, dryRun: true })).toMatchObject({ outcome: 'WOULD_ENFORCE' });
  expect(await enforceSessionLimit(hasty, { ...input, userId: bob.id })).toMatchObject({ outcome: 'ENFORCED' });

  list.release();
  expect((await first).body.data?.enforceSessionLimit).toMatchObject({ outcome: 'ENFORCED' });
  expect(alice.liveIds()).toHaveLength(1);
});
