import { describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

const minuteMs = 60_000;

/** A service whose clock FusionAuth's is ahead of by so much, and that has talked to FusionAuth once. */
async function startAside(aheadMs: number, ours = Date.now()) {
  const clock = { now: () => ours };
  const service = await startTestService({ clock, env: { MAX_ACCESS_TOKEN_LIFETIME_SECONDS: '60' } });
  service.emulator.clock.set(ours + aheadMs);
  await service.fetch('/health/ready');
  return { service, ours };
}

async function revoke(service: TestService, sessionId: string) {
  const { revokeSession } = await service.data<{
    revokeSession: { outcome: string; endedSession: { endedAt: string; accessTokensExpireBy: string } };
  }>(
    `mutation ($id: ID!) {
      revokeSession(sessionId: $id) { outcome endedSession { endedAt accessTokensExpireBy } }
    }`,
    { id: sessionId },
  );
  return revokeSession;
}

describe('when the clock of FusionAuth is ten minutes ahead', () => {
  it('a revocation is remembered as long as FusionAuth says that access tokens live', async () => {
    const { service, ours } = await startAside(10 * minuteMs);
    await using own = service;
    const alice = own.user({ sessions: 1 });
    const { endedSession } = await revoke(own, alice.sessions[0]?.id ?? '');
    // Access tokens of the shop live an hour by the clock that stamps them.
    expect(Date.parse(endedSession.accessTokensExpireBy)).toBeGreaterThanOrEqual(ours + 68 * minuteMs);
    const { revocations } = await own.data<{ revocations: { expiresAt: string }[] }>('{ revocations { expiresAt } }');
    expect(revocations.map(({ expiresAt }) => expiresAt)).toEqual([endedSession.accessTokensExpireBy]);
  });

  it('one warning says so', async () => {
    const { service } = await startAside(10 * minuteMs);
    await using own = service;
    for (let time = 1; time <= 3; time++) await own.data(`{ sessions(userId: "${own.user().id}") { id } }`);
    const warnings = own.logs.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([{ skewSeconds: expect.any(Number) }]);
    expect(Math.abs(Number(warnings[0]?.['skewSeconds']) - 600)).toBeLessThanOrEqual(2);
  });
});

describe('when the clock of FusionAuth is 40 minutes behind', () => {
  it('a session is shown as what it is there', async () => {
    const { service, ours } = await startAside(-40 * minuteMs);
    await using own = service;
    const alice = own.user();
    // SSO sessions live an hour by default: half of it is left there, and none by our clock.
    alice.addSession({ insertInstant: ours - 70 * minuteMs, applicationId: undefined });
    const { sessions } = await own.data<{ sessions: object[] }>(
      'query ($id: ID!) { sessions(userId: $id) { kind state } }',
      { id: alice.id },
    );
    expect(sessions).toEqual([{ kind: 'SSO', state: 'ACTIVE' }]);
  });

  it('access tokens are not said to expire any earlier', async () => {
    const { service, ours } = await startAside(-40 * minuteMs);
    await using own = service;
    const { endedSession } = await revoke(own, own.user({ sessions: 1 }).sessions[0]?.id ?? '');
    expect(Date.parse(endedSession.accessTokensExpireBy)).toBe(ours + 60 * minuteMs);
  });
});
