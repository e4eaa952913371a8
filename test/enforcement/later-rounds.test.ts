import { expect, it } from 'vitest';
import { idsOf } from '../support/enforcement.js';
import { holdCalls } from '../support/hold-calls.js';
import { startTestService } from '../support/service.js';
import { enforceSessionLimit } from './support/operations.js';

it('what a first round has ended is reported, as PARTIAL, when the second one finds its session to keep being ended', {
  timeout: 60_000,
}, async () => {
  const patient = { ENDING_BUDGET_MS: '60000', OPERATION_TIMEOUT_MS: '90000' };
  await using service = await startTestService({ env: { ...patient, USER_LOCK_MAX_WAIT_MS: '300' } });
  const { emulator } = service;
  const alice = service.user({ sessions: 0 });
  const now = emulator.clock.now();
  // FusionAuth does not list the oldest of 1,001, which was used last.
  const hidden = alice.addSession({ insertInstant: now - 5_000_000, device: { lastAccessedInstant: now } });
  for (let age = 1; age <= 1_000; age++) {
    alice.addSession({ insertInstant: now - age * 1_000, device: { lastAccessedInstant: now - age * 1_000 } });
  }
  const held = holdCalls(emulator, { method: 'DELETE', path: `/api/jwt/refresh/${hidden.id}` });
  const slow = service.query(`mutation { revokeSession(sessionId: "${hidden.id}") { outcome } }`);
  await expect.poll(() => emulator.calls.count({ method: 'DELETE' })).toBe(1);

  const payload = await enforceSessionLimit(service, {
    userId: alice.id,
    maxSessions: 1,
    overflow: 'END_LEAST_RECENTLY_USED',
  });
  expect(payload.outcome).toBe('PARTIAL');
  expect(payload.revokedCount).toBe(999);
  expect(new Set(idsOf(payload.revokedSessions)).size).toBe(999);
  expect(alice.liveIds()).toHaveLength(2);
  held.release();
  await slow;
});
