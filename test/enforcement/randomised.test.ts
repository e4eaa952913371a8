import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Application } from '../../src/emulator/store/records.js';
import { idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { type Cast, perform, type Tally } from './support/chaos.js';
import { requestTimeoutMs, type Script, script } from './support/chaos-script.js';
import { enforceSessionLimit } from './support/operations.js';
import { type SessionHistory, watchSessions } from './support/session-history.js';

/** How many scripts are played: a third of a second each. ENFORCEMENT_RUNS sets another number, and tells the tally. */
const runs = Number(process.env['ENFORCEMENT_RUNS'] ?? 50);

let service: TestService;
let history: SessionHistory;
let shortLivedApplication: Application;

beforeAll(async () => {
  service = await startTestService({
    env: { FUSIONAUTH_REQUEST_TIMEOUT_MS: String(requestTimeoutMs), LOG_LEVEL: 'error' },
  });
  history = watchSessions(service.emulator.store);
  shortLivedApplication = service.emulator.store.addApplication({
    name: 'Kiosk',
    jwtConfiguration: { refreshTokenTimeToLiveInMinutes: 60, refreshTokenExpirationPolicy: 'SlidingWindow' },
  });
});

afterAll(() => service[Symbol.asyncDispose]());

// A seed repeats the script; which of the calls under way at once is faster is up to the sockets.
it('whatever happens in whatever order, a last enforcement leaves the newest sessions, which none ever ended', {
  timeout: 40_000 + runs * 2_000,
}, async () => {
  const tally: Tally = { scripts: 0, sessions: 0, ended: 0, expired: 0, enforcements: 0, troubled: 0, abandoned: 0 };
  await fc.assert(
    fc.asyncProperty(script, async (one) => {
      const cast = newCast(one, tally);
      for (const wave of one.waves) {
        await Promise.all(wave.map((step) => perform(step, cast)));
      }
      service.emulator.faults.clear();
      for (const { user, limit } of cast.users) await enforceUntilDone(user.id, limit);
      check(cast);
    }),
    { numRuns: runs },
  );
  if (process.env['ENFORCEMENT_RUNS'] !== undefined) process.stdout.write(`${JSON.stringify(tally)}\n`);
  // What the scripts are meant to provoke did happen.
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(0);
});

function newCast({ limits }: Script, tally: Tally): Cast {
  const applicationIds = [service.shop.id, service.console.id, shortLivedApplication.id];
  const register = (sessions: number) => service.user({ sessions, applicationIds });
  return {
    service,
    history,
    shortLivedApplication,
    users: limits.map((limit) => ({ user: register(0), limit })),
    bystander: register(3),
    revokedOnPurpose: new Set(),
    tally,
  };
}

/** Calls again while told to: an attempt may still meet what a caller who died has left under way. */
async function enforceUntilDone(userId: string, maxSessions: number): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const payload = await enforceSessionLimit(service, { userId, maxSessions }).catch(() => null);
    if (payload !== null && payload.outcome !== 'PARTIAL') return;
  }
  throw new Error('The limit cannot be enforced although nothing stands in the way any more');
}

function check({ users, bystander, revokedOnPurpose, tally }: Cast): void {
  tally.scripts++;
  for (const { user, limit } of users) {
    const begun = history.begunBy(user.id);
    const live = [...user.liveIds()].sort();
    const onPurpose = begun.filter(({ id }) => revokedOnPurpose.has(id));
    const expired = begun.filter((session) => history.hasExpired(session));
    tally.sessions += begun.length;
    tally.ended += begun.filter(({ id }) => history.wasRevoked(id) && !revokedOnPurpose.has(id)).length;
    tally.expired += expired.length;

    expect(live.length, 'no more sessions live than allowed').toBeLessThanOrEqual(limit);
    const newest = begun.slice(0, limit).filter(({ id }) => !revokedOnPurpose.has(id));
    const wronged = newest.filter(({ id }) => history.wasRevoked(id));
    expect(idsOf(wronged), 'no enforcement ends one of the newest').toEqual([]);
    const mustLive = newest.filter((session) => !history.hasExpired(session));
    expect(live, 'the newest live').toEqual(expect.arrayContaining([...idsOf(mustLive)]));
    if (expired.length === 0 && onPurpose.length === 0) {
      expect(live, 'exactly the newest live').toEqual([...idsOf(begun.slice(0, limit))].sort());
    }
  }
  expect(bystander.liveIds(), 'nobody else is touched').toEqual([...idsOf(bystander.sessions)].reverse());
}
