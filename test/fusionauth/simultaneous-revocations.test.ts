import { expect, it } from 'vitest';
import { UpstreamUnavailableError } from '../../src/domain/errors.js';
import { parseSessionId, type SessionId } from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { connect } from '../support/fusionauth-connection.js';

const byIdPath = '/api/jwt/refresh/:id';

it('makes one call of simultaneous revocations of one session, and tells only the first that it revoked it', async () => {
  await using emulator = await startEmulator();
  await using fusionAuth = connect(emulator);
  const id = addSession(emulator);
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => fusionAuth.sessions.revokeSession(id)));
  expect(outcomes).toEqual(['revoked', 'alreadyEnded', 'alreadyEnded', 'alreadyEnded']);
  expect(emulator.calls.count({ method: 'DELETE', path: byIdPath })).toBe(1);
});

it('lets all of them know when that call fails, and the next one tries again', async () => {
  await using emulator = await startEmulator();
  await using fusionAuth = connect(emulator, { maxAttempts: 1 });
  const id = addSession(emulator);
  emulator.faults.add({ method: 'DELETE', path: byIdPath, times: 1, fault: { kind: 'status', status: 503 } });
  const outcomes = await Promise.allSettled([1, 2].map(() => fusionAuth.sessions.revokeSession(id)));
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([
    expect.any(UpstreamUnavailableError),
    expect.any(UpstreamUnavailableError),
  ]);
  expect(await fusionAuth.sessions.revokeSession(id)).toBe('revoked');
});

function addSession({ store }: Emulator): SessionId {
  const userId = store.addUser({ email: 'alice@example.com' }).id;
  const applicationId = store.addApplication({ name: 'Shop' }).id;
  return parseSessionId(store.addSession({ userId, applicationId }).id) as SessionId;
}
