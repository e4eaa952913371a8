import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LagChange } from '../../src/guard/guard.js';
import { ScriptedService, sendErrors, sessionNumber, signToken, until } from './scripted-service.js';
import { readyGuard, reasonFor } from './start-guard.js';

let service: ScriptedService;
const nowSeconds = () => Math.floor(Date.now() / 1_000);
/** The token of a session, issued so many seconds ago. */
const issuedAgo = (seconds: number, number = 1) =>
  signToken({ sid: sessionNumber(number), iat: nowSeconds() - seconds });

beforeEach(async () => {
  service = await ScriptedService.start();
});

afterEach(() => service[Symbol.asyncDispose]());

describe('a session', () => {
  it('is not asked about while its token is new, and is once that is older than the lease', async () => {
    await using started = await readyGuard(service, { maxRevocationLagSeconds: 60 });
    const fresh = await started.guard.check(await issuedAgo(10));
    expect(fresh).toMatchObject({ ok: true, doubt: null });
    expect(fresh.ok && fresh.lagSeconds).toBeGreaterThanOrEqual(10);
    expect(service.count('sessions')).toBe(0);
    service.ageMs = 5_000;
    expect(await started.guard.check(await issuedAgo(61))).toMatchObject({ ok: true, doubt: null, lagSeconds: 5 });
    expect(service.operations.find(({ kind }) => kind === 'sessions')?.variables['maxAgeSeconds']).toBe(30);
  });

  it('that has ended without anybody being told is refused once the lease is over', async () => {
    let elapsed = 0;
    const overrides = { elapsedMs: () => performance.now() + elapsed, now: () => Date.now() + elapsed };
    await using started = await readyGuard(service, { maxRevocationLagSeconds: 300 }, overrides);
    const token = await issuedAgo(200);
    expect(await reasonFor(started, token)).toBe('accepted');
    service.ended.add(sessionNumber(1));
    elapsed = 101_000;
    await until(() => started.guard.feedState === 'connected');
    expect(await reasonFor(started, token)).toBe('ended');
  });

  it('that was found to have ended is refused from then on, although its token is younger than the lease', async () => {
    await using started = await readyGuard(service, { maxRevocationLagSeconds: 300 });
    const token = await issuedAgo(250);
    service.ended.add(sessionNumber(1));
    expect(await reasonFor(started, token)).toBe('accepted');
    await until(() => service.count('sessions') === 1);
    let reason = '';
    while (reason !== 'ended') reason = await reasonFor(started, token);
    // An answer that never comes says nothing against it.
    service.intercept = ({ kind }, response) => {
      if (kind !== 'sessions') return false;
      sendErrors(response, 'UPSTREAM_TIMEOUT', 'Late.');
      return true;
    };
    expect(await reasonFor(started, token)).toBe('ended');
  });

  it.each([
    ['the time of day is set back', 61, -7_200_000],
    ['its token says that it is to be issued', -120, 0],
  ])('is asked about when %s: that does not make its token new', async (_name, secondsAgo, setBackMs) => {
    let dayAhead = 0;
    const now = () => Date.now() + dayAhead;
    await using started = await readyGuard(service, { maxRevocationLagSeconds: 60 }, { now });
    service.ended.add(sessionNumber(1));
    dayAhead = setBackMs;
    expect(await reasonFor(started, await issuedAgo(secondsAgo))).toBe('ended');
  });

  it('in use is asked about ahead of time, with others, so that nobody waits for it', async () => {
    let elapsed = 0;
    const overrides = { elapsedMs: () => performance.now() + elapsed, now: () => Date.now() + elapsed };
    await using started = await readyGuard(service, { maxRevocationLagSeconds: 300 }, overrides);
    const claims = (number: number) => ({ sid: sessionNumber(number), sub: sessionNumber(1), iat: nowSeconds() - 290 });
    const all = Array.from({ length: 50 }, (_, number) => claims(number));
    for (const one of all) expect(await started.guard.checkClaims(one)).toMatchObject({ ok: true, doubt: null });
    await until(() => service.count('sessions') === 1);
    expect(service.operations.find(({ kind }) => kind === 'sessions')?.variables['ids']).toHaveLength(50);
    elapsed = 60_000;
    await until(() => started.guard.feedState === 'connected');
    for (const one of all) expect(await started.guard.checkClaims(one)).toMatchObject({ ok: true, doubt: null });
    expect(service.count('sessions')).toBe(1);
  });

  it('that was found to have ended is asked about again, and accepted when its token was refreshed meanwhile', async () => {
    await using started = await readyGuard(service, { maxRevocationLagSeconds: 60 });
    service.ended.add(sessionNumber(1));
    expect(await reasonFor(started, await issuedAgo(100))).toBe('ended');
    expect(await reasonFor(started, await issuedAgo(0))).toBe('accepted');
  });

  it.each([
    ['accept', { ok: true, doubt: 'unconfirmed' }],
    ['refuse', { ok: false, reason: 'unconfirmed', status: 503 }],
  ] as const)(
    'that nobody can tell of when the lease is over is treated as chosen: %s',
    async (whenFeedIsDown, decision) => {
      service.intercept = ({ kind }, response) => {
        if (kind !== 'sessions') return false;
        sendErrors(response, 'UPSTREAM_UNAVAILABLE', 'FusionAuth is not available at the moment.');
        return true;
      };
      await using started = await readyGuard(service, { whenFeedIsDown, maxRevocationLagSeconds: 60 });
      expect(await started.guard.check(await issuedAgo(61))).toMatchObject(decision);
      expect(await started.guard.check(await issuedAgo(10))).toMatchObject({ ok: true, doubt: null });
    },
  );
});

describe('where the service cannot keep up', () => {
  it('the lag is told with the decision, by a callback and as a figure, and not stretched in silence', async () => {
    const told: LagChange[] = [];
    await using started = await readyGuard(service, {
      maxRevocationLagSeconds: 60,
      onLagChange: (change) => told.push(change),
    });
    service.statuses.set(sessionNumber(1), 'PENDING');
    expect(started.guard.revocationLagSeconds).toBe(60);
    const decision = await started.guard.check(await issuedAgo(90));
    expect(decision).toMatchObject({ ok: true, doubt: 'lag' });
    const lagSeconds = decision.ok ? decision.lagSeconds : null;
    expect(lagSeconds).toBeGreaterThanOrEqual(90);
    expect(told).toEqual([{ lagSeconds, maxRevocationLagSeconds: 60 }]);
    expect(started.guard.revocationLagSeconds).toBe(lagSeconds);
  });

  it('sessions for which there is no room to wait are accepted with that doubt, unless a revocation may have been missed', async () => {
    const options = { maxRevocationLagSeconds: 60, maxWaitingConfirmations: 0 };
    await using started = await readyGuard(service, options);
    const token = await issuedAgo(90);
    expect(await started.guard.check(token)).toMatchObject({ ok: true, doubt: 'lag' });
    service.completeSince = Date.now();
    await using unsure = await readyGuard(service, options);
    expect(await unsure.guard.check(token)).toMatchObject({ ok: false, reason: 'unconfirmed' });
    expect(service.count('sessions')).toBe(0);
  });
});

describe('without a lease', () => {
  it('nobody is asked about sessions of which nothing was missed', async () => {
    await using started = await readyGuard(service, { maxRevocationLagSeconds: 0 });
    expect(await started.guard.check(await issuedAgo(3_000))).toMatchObject({
      ok: true,
      doubt: null,
      lagSeconds: null,
    });
    expect(service.count('sessions')).toBe(0);
    expect(started.guard.revocationLagSeconds).toBeNull();
  });
});

describe('the keys of FusionAuth', () => {
  it('are fetched once for all that wait, and serve on for a while when they cannot be fetched anew', async () => {
    let elapsed = 0;
    await using started = await readyGuard(service, {}, { elapsedMs: () => performance.now() + elapsed });
    const token = await issuedAgo(0);
    await Promise.all(Array.from({ length: 20 }, () => reasonFor(started, token)));
    expect(service.jwksCount).toBe(1);
    service.jwksFails = true;
    elapsed = 1_200_000;
    await until(() => started.guard.feedState === 'connected');
    for (let time = 0; time < 20; time++) expect(await reasonFor(started, token)).toBe('accepted');
    await until(() => started.errors.some(({ code }) => code === 'KEYS_UNAVAILABLE'));
    expect(service.jwksCount).toBeLessThanOrEqual(3);
    elapsed = 3_700_000;
    await until(() => started.guard.feedState === 'connected');
    expect(await reasonFor(started, token)).toBe('keysUnavailable');
    service.jwksFails = false;
    elapsed += 2_000;
    expect(await reasonFor(started, token)).toBe('accepted');
  });

  it('are fetched for the first token of a new one, and for made-up ones three times in a row and then each half minute', async () => {
    let elapsed = 0;
    const startedAt = Date.now();
    const runtime = { elapsedMs: () => elapsed, now: () => startedAt + elapsed };
    await using started = await readyGuard(service, { feedToleranceMs: 600_000 }, runtime);
    const signedBy = async (kid: string) => reasonFor(started, await signToken({}, 'JWT', { kid }));
    service.keyIds.push('two');
    expect(await signedBy('two')).toBe('invalid');
    elapsed = 1_000;
    expect(await Promise.all(Array.from({ length: 20 }, () => signedBy('two')))).toEqual(Array(20).fill('accepted'));
    expect(service.jwksCount).toBe(2);
    for (let time = 0; time < 20; time++) {
      elapsed += 1_000;
      expect(await signedBy(`made-up-${time}`)).toBe('invalid');
    }
    expect(service.jwksCount).toBe(5);
    service.keyIds.push('three');
    expect(await signedBy('three')).toBe('invalid');
    elapsed += 30_000;
    expect(await signedBy('three')).toBe('accepted');
    expect(service.jwksCount).toBe(6);
  });
});
