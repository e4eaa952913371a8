import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedService, sessionNumber, signToken, until } from './scripted-service.js';
import { newGuard, readyGuard, reasonFor } from './start-guard.js';

let service: ScriptedService;
const nowSeconds = () => Math.floor(Date.now() / 1_000);
/** A token from before the service began. */
const oldToken = (number: number) => signToken({ sid: sessionNumber(number), iat: nowSeconds() - 100 });

beforeEach(async () => {
  service = await ScriptedService.start();
  service.completeSince = Date.now() - 50_000;
});

afterEach(() => service[Symbol.asyncDispose]());

describe('a gap that cannot be filled', () => {
  it('makes older tokens uncertain: the service began anew while the feed was away', async () => {
    service.completeSince = 0;
    await using started = await readyGuard(service);
    const token = await signToken({ sid: sessionNumber(1), iat: nowSeconds() - 10 });
    expect(await reasonFor(started, token)).toBe('accepted');
    expect(service.count('sessions')).toBe(0);
    service.ended.add(sessionNumber(1));
    service.completeSince = Date.now() + 1;
    service.breakStreams();
    await until(() => started.errors.some(({ code }) => code === 'GAP'));
    expect(await reasonFor(started, token)).toBe('ended');
  });

  it('makes what was confirmed before it uncertain again', async () => {
    await using started = await readyGuard(service);
    const token = await oldToken(1);
    expect(await reasonFor(started, token)).toBe('accepted');
    service.ended.add(sessionNumber(1));
    service.completeSince = Date.now() + 1;
    service.breakStreams();
    await until(() => started.errors.some(({ code }) => code === 'GAP'));
    expect(await reasonFor(started, token)).toBe('ended');
  });

  it('is none when the service is complete since the same instant as before', async () => {
    service.completeSince = 0;
    await using started = await readyGuard(service);
    service.breakStreams();
    await until(() => service.count('revocations') >= 2 && started.guard.feedState === 'connected');
    expect(await reasonFor(started, await signToken({ iat: nowSeconds() - 100 }))).toBe('accepted');
    expect(service.count('sessions')).toBe(0);
  });

  it.each([
    ['whose clock is behind', -5_000],
    ['that began before the last contact with the other one', -120_000],
  ])('is made by another process of the service, also one %s: all that it knows is read', async (_what, startedMs) => {
    service.completeSince = 0;
    service.record({ sessionId: sessionNumber(8) });
    await using started = await readyGuard(service, { clockSlackMs: 60_000 });
    service.ended.add(sessionNumber(1));
    service.process = 'other';
    service.recorded.length = 0;
    service.record({ sessionId: sessionNumber(9) });
    service.completeSince = Date.now() + startedMs;
    service.breakStreams();
    await until(() => started.errors.some(({ code }) => code === 'GAP') && started.guard.feedState === 'connected');
    expect(started.guard.isRevoked({ sid: sessionNumber(9) })).toBe(true);
    const old = await signToken({ sid: sessionNumber(1), iat: nowSeconds() - 130 });
    expect(await reasonFor(started, old)).toBe('ended');
  });

  it('is made by too many revocations: those forgotten are asked about', async () => {
    service.completeSince = 0;
    await using started = await readyGuard(service, { maxRevocations: 2 });
    for (const number of [1, 2, 3]) {
      service.ended.add(sessionNumber(number));
      service.revoke({
        sessionId: sessionNumber(number),
        expiresAt: new Date(Date.now() + number * 60_000).toISOString(),
      });
    }
    await until(() => started.errors.some(({ code }) => code === 'MEMORY_FULL'));
    expect(started.guard.revocationCount).toBe(2);
    expect(await reasonFor(started, await oldToken(3))).toBe('revoked');
    expect(service.count('sessions')).toBe(0);
    expect(await reasonFor(started, await oldToken(1))).toBe('ended');
    expect(service.count('sessions')).toBe(1);
  });
});

describe('memory', () => {
  it('is given back when what was revoked has expired, and not because the time of day is wrong for a while', async () => {
    let [elapsed, dayAhead] = [0, 0];
    service.completeSince = 0;
    const overrides = { now: () => Date.now() + elapsed + dayAhead, elapsedMs: () => performance.now() + elapsed };
    await using started = await readyGuard(service, { feedToleranceMs: 600 }, overrides);
    const count = service.count('revocations');
    for (let number = 0; number < 500; number++) service.revoke({ sessionId: sessionNumber(number) });
    await until(() => started.guard.revocationCount === 500);
    dayAhead = 7_200_000;
    await until(() => service.count('revocations') > count + 2);
    dayAhead = 0;
    expect(await reasonFor(started, await signToken({ sid: sessionNumber(1) }))).toBe('revoked');
    elapsed = 3_600_000 + 60_000;
    await until(() => started.guard.revocationCount === 0);
  });

  it('asks about what it has forgotten, because the time of day was ahead when it began', async () => {
    let dayAhead = 7_200_000;
    service.completeSince = 0;
    await using started = newGuard(service, { feedToleranceMs: 600 }, { now: () => Date.now() + dayAhead });
    service.revoke({ sessionId: sessionNumber(1) });
    await started.guard.ready();
    dayAhead = 0;
    service.ended.add(sessionNumber(1));
    expect(await reasonFor(started, await signToken({ sid: sessionNumber(1) }))).toBe('ended');
  });
});
