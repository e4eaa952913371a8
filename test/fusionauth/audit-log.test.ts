import { describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

const revoke = 'mutation ($id: ID!, $comment: String) { revokeSession(sessionId: $id, comment: $comment) { outcome } }';

describe("FusionAuth's audit log", () => {
  it('gets a record of each revoked session when the setting is on', async () => {
    const service = await startTestService({ env: { FUSIONAUTH_AUDIT_LOG: 'true' } });
    const { id, userId } = await revokeOne(service);
    // Stopping waits for what is being written.
    await service[Symbol.asyncDispose]();
    const [entry, ...others] = service.emulator.store.auditLog;
    expect(others).toEqual([]);
    expect(entry?.insertUser).toMatch(/^fusionauth-sessions:/);
    expect(entry?.message).toContain(id);
    expect(entry?.data).toMatchObject({ sessionId: id, userId, comment: 'a stolen phone', outcome: 'revoked' });
  });

  it('gets nothing when the setting is off', async () => {
    const service = await startTestService();
    await revokeOne(service);
    await service[Symbol.asyncDispose]();
    expect(service.emulator.store.auditLog).toEqual([]);
  });

  it('does not undo or hide a revocation when it cannot be written, and the failure is logged', async () => {
    const service = await startTestService({ env: { FUSIONAUTH_AUDIT_LOG: 'true' } });
    service.emulator.faults.add({ path: '/api/system/audit-log', fault: { kind: 'status', status: 500 } });
    const { id, outcome } = await revokeOne(service);
    await service[Symbol.asyncDispose]();
    expect(outcome).toBe('REVOKED');
    expect(service.emulator.store.session(id)).toBeUndefined();
    expect(service.logs).toContainEqual(
      expect.objectContaining({ level: 'error', sessionId: id, msg: 'audit record not written to FusionAuth' }),
    );
  });
});

async function revokeOne(service: TestService): Promise<{ id: string; userId: string; outcome: string }> {
  const userId = service.emulator.store.addUser({ email: 'alice@example.com' }).id;
  const { id } = service.emulator.store.addSession({ userId, applicationId: service.shop.id });
  const { revokeSession } = await service.data<{ revokeSession: { outcome: string } }>(revoke, {
    id,
    comment: 'a stolen phone',
  });
  return { id, userId, outcome: revokeSession.outcome };
}
