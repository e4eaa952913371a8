import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sendEventsTo } from '../../src/emulator/send-events.js';
import { createGuard, type Guard } from '../../src/guard/guard.js';
import { startTestService } from '../support/service.js';
import type { SignedIn } from '../support/users.js';

const lagSeconds = 4;

interface KnownSession extends SignedIn {
  /** When it ended, by the clock of the test; null while it lives. */
  endedAtMs: number | null;
}

/** Whoever asks while the guard decides finds the session as it was before or after. */
async function expectTheTruth(guards: readonly Guard[], sessions: readonly KnownSession[]): Promise<void> {
  for (const guard of guards) {
    for (const session of sessions) {
      const [askedAtMs, ended] = [performance.now(), session.endedAtMs];
      const decision = await guard.check(session.token);
      // Refused although it lives.
      if (!decision.ok) expect([decision.reason, session.endedAtMs]).toEqual([expect.any(String), expect.any(Number)]);
      if (!decision.ok) continue;
      expect(decision.doubt).toBeNull();
      expect(decision.lagSeconds).toBeLessThanOrEqual(lagSeconds);
      // Accepted longer after its end than the lease.
      if (ended !== null) expect(askedAtMs - ended).toBeLessThanOrEqual(lagSeconds * 1_000);
    }
  }
}

describe.each([0, 0.1, 1])('with %d of all webhooks lost', (lost) => {
  it('no token is accepted for longer than the lease after its session has ended, and none of a live one is refused', {
    timeout: 60_000,
  }, async () => {
    const env = { WEBHOOK_SIGNATURE: 'jwks', CONFIRMATIONS_PER_SECOND: '10000' };
    await using service = await startTestService({ env });
    const { emulator } = service;
    sendEventsTo(emulator, `${service.url}/webhooks/fusionauth`);
    const create = () =>
      createGuard({
        serviceUrl: service.url,
        serviceKey: service.key(['event:subscribe', 'session:read']),
        accessTokens: { fusionAuthUrl: emulator.url, issuer: 'acme.com', audience: service.shop.id },
        whenFeedIsDown: 'refuse',
        maxRevocationLagSeconds: lagSeconds,
        feedToleranceMs: 30_000,
        clockSlackMs: 0,
      });
    await using first = create();
    await using second = create();
    const guards = [first, second];
    await Promise.all(guards.map((guard) => guard.ready()));
    const users = Array.from({ length: 8 }, () => service.user());
    const sessions: KnownSession[] = [];
    for (const user of users) sessions.push({ ...(await user.login(service.shop.id)), endedAtMs: null });
    for (let step = 0; step < 12; step++) {
      const session = sessions[step % sessions.length];
      if (session !== undefined && session.endedAtMs === null && step % 2 === 0) {
        // Unseen by anybody, as when a webhook is lost.
        if (step % 10 < lost * 10) emulator.store.sessions.delete(session.refreshTokenId);
        else {
          const headers = { authorization: emulator.apiKey };
          await fetch(`${emulator.url}/api/jwt/refresh/${session.refreshTokenId}`, { method: 'DELETE', headers });
        }
        session.endedAtMs = performance.now();
      }
      await expectTheTruth(guards, sessions);
      await delay(150);
    }
    const ended = sessions.filter(({ endedAtMs }) => endedAtMs !== null);
    expect(ended.length).toBeGreaterThan(3);
    for (const guard of guards) {
      for (const { token } of ended) {
        await expect.poll(async () => (await guard.check(token)).ok).toBe(false);
      }
    }
    await expectTheTruth(guards, sessions);
  });
});
