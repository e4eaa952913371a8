import { expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

const latencyMs = 20;
const surplus = 300;

it('a login enforces long before a bulk revocation beside it is done', { timeout: 60_000 }, async () => {
  await using service = await startTestService({
    env: {
      FUSIONAUTH_MAX_CONCURRENT_CALLS: '2',
      FUSIONAUTH_CALL_BUDGET_MS: '60000',
      ENDING_BUDGET_MS: '50000',
      OPERATION_TIMEOUT_MS: '60000',
    },
  });
  const crowd = service.user({ sessions: surplus });
  const alice = service.user({ sessions: 3 });
  await service.data('{ sessionPolicy { accessTokenLifetimeSeconds } }');
  service.emulator.faults.add({ path: '/*', fault: { kind: 'latency', minMs: latencyMs, maxMs: latencyMs } });

  const bulk = service.data(
    'mutation ($id: ID!) { revokeSessions(input: { userId: $id, maxRevocations: 500, reason: OTHER }) { revokedCount } }',
    { id: crowd.id },
  );
  // It has listed the sessions by now, and as many deletions wait as one operation begins at a time.
  while (service.emulator.calls.count({ method: 'DELETE' }) < 10)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const deletionsBefore = service.emulator.calls.count({ method: 'DELETE' });
  const enforced = await service.data('mutation ($id: ID!) { enforceSingleSession(userId: $id) { revokedCount } }', {
    id: alice.id,
  });
  const deletionsMeanwhile = service.emulator.calls.count({ method: 'DELETE' }) - deletionsBefore;

  expect(enforced).toEqual({ enforceSingleSession: { revokedCount: 2 } });
  // Two round trips of its own, each after at most a few of the other operation on either connection: a twentieth of all.
  expect(deletionsMeanwhile).toBeLessThan(15);
  expect(await bulk).toEqual({ revokeSessions: { revokedCount: surplus } });
});
