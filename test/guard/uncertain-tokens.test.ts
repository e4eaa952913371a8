import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedService, sendData, sessionNumber, signToken, until } from './scripted-service.js';
import { readyGuard, reasonFor } from './start-guard.js';

let service: ScriptedService;
const nowSeconds = () => Math.floor(Date.now() / 1_000);
/** A token from before the service began. */
const oldToken = (number: number) => signToken({ sid: sessionNumber(number), iat: nowSeconds() - 100 });

beforeEach(async () => {
  service = await ScriptedService.start();
  service.completeSince = Date.now() - 50_000;
});

afterEach(() => service[Symbol.asyncDispose]());

describe('a token from before the time that all revocations are known of', () => {
  it('is confirmed once for its session, and refused when that has ended', async () => {
    service.ended.add(sessionNumber(2));
    await using started = await readyGuard(service);
    const [alive, ended] = [await oldToken(1), await oldToken(2)];
    expect(await Promise.all([1, 2, 3].map(() => reasonFor(started, alive)))).toEqual(Array(3).fill('accepted'));
    expect(await reasonFor(started, alive)).toBe('accepted');
    expect(await reasonFor(started, ended)).toBe('revoked');
    expect(await reasonFor(started, ended)).toBe('revoked');
    const asked = service.operations.filter(({ kind }) => kind === 'session').map(({ variables }) => variables['id']);
    expect(asked).toEqual([sessionNumber(1), sessionNumber(2)]);
  });

  it('is not asked about when it is newer', async () => {
    await using started = await readyGuard(service);
    expect(await reasonFor(started, await signToken({ iat: nowSeconds() - 40 }))).toBe('accepted');
    expect(service.count('session')).toBe(0);
  });

  it('is uncertain for as much longer as clocks may be apart', async () => {
    await using started = await readyGuard(service, { clockSlackMs: 20_000, uncertainTokens: 'refuse' });
    expect(await reasonFor(started, await signToken({ iat: nowSeconds() - 40 }))).toBe('uncertain');
    expect(await reasonFor(started, await signToken({ iat: nowSeconds() - 20 }))).toBe('accepted');
  });

  it.each([
    ['accept', { ok: true, doubt: 'unconfirmed' }],
    ['refuse', { ok: false, reason: 'uncertain', status: 401 }],
  ] as const)('is treated as chosen without asking: %s', async (uncertainTokens, decision) => {
    await using started = await readyGuard(service, { uncertainTokens });
    expect(await started.guard.check(await oldToken(1))).toMatchObject(decision);
    expect(service.count('session')).toBe(0);
  });

  it.each([
    ['accept', { ok: true, doubt: 'unconfirmed' }],
    ['refuse', { ok: false, reason: 'unconfirmed', status: 503 }],
  ] as const)('is treated as when the feed is down when nobody can be asked: %s', async (whenFeedIsDown, decision) => {
    service.intercept = ({ kind }, response) => {
      if (kind !== 'session') return false;
      const errors = [{ message: 'x', extensions: { code: 'UPSTREAM_TIMEOUT' } }];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ data: { session: null }, errors }));
      return true;
    };
    await using started = await readyGuard(service, { whenFeedIsDown });
    expect(await started.guard.check(await oldToken(1))).toMatchObject(decision);
    expect(await started.guard.check(await oldToken(2))).toMatchObject(decision);
    // Not again at once.
    expect(service.count('session')).toBe(1);
    expect(started.errors.map(({ code, cause }) => [code, cause])).toEqual([
      ['CONFIRMATION_FAILED', expect.objectContaining({ serviceCode: 'UPSTREAM_TIMEOUT' })],
    ]);
  });

  it('without a session cannot be asked about', async () => {
    await using started = await readyGuard(service, { acceptTokensWithoutSession: true });
    const token = await signToken({ sid: undefined, iat: nowSeconds() - 100 });
    expect(await reasonFor(started, token)).toBe('uncertain');
  });

  it('is asked about a few at a time, and not at all when too many wait', async () => {
    let [running, most] = [0, 0];
    service.intercept = async ({ kind, variables }, response) => {
      if (kind !== 'session') return false;
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running--;
      sendData(response, { session: { id: variables['id'] } });
      return true;
    };
    await using started = await readyGuard(service, { maxConcurrentConfirmations: 2, maxWaitingConfirmations: 3 });
    const tokens = await Promise.all(Array.from({ length: 8 }, (_, number) => oldToken(number)));
    const reasons = await Promise.all(tokens.map((token) => reasonFor(started, token)));
    expect(reasons.filter((reason) => reason === 'accepted')).toHaveLength(5);
    expect(reasons.filter((reason) => reason === 'unconfirmed')).toHaveLength(3);
    expect(most).toBe(2);
  });

  it('is asked about again when it was forgotten for want of room', async () => {
    await using started = await readyGuard(service, { maxConfirmedSessions: 2 });
    for (const number of [1, 2, 3, 3, 2, 1]) expect(await reasonFor(started, await oldToken(number))).toBe('accepted');
    expect(service.count('session')).toBe(4);
  });
});

describe('a gap that cannot be filled', () => {
  it('makes older tokens uncertain: the service began anew while the feed was away', async () => {
    service.completeSince = 0;
    await using started = await readyGuard(service);
    const token = await signToken({ sid: sessionNumber(1), iat: nowSeconds() - 10 });
    expect(await reasonFor(started, token)).toBe('accepted');
    expect(service.count('session')).toBe(0);
    service.ended.add(sessionNumber(1));
    service.completeSince = Date.now() + 1;
    service.breakStreams();
    await until(() => started.errors.some(({ code }) => code === 'GAP'));
    expect(await reasonFor(started, token)).toBe('revoked');
  });

  it('makes what was confirmed before it uncertain again', async () => {
    await using started = await readyGuard(service);
    const token = await oldToken(1);
    expect(await reasonFor(started, token)).toBe('accepted');
    service.ended.add(sessionNumber(1));
    service.completeSince = Date.now() + 1;
    service.breakStreams();
    await until(() => started.errors.some(({ code }) => code === 'GAP'));
    expect(await reasonFor(started, token)).toBe('revoked');
  });

  it('is none when the service is complete since the same instant as before', async () => {
    service.completeSince = 0;
    await using started = await readyGuard(service);
    service.breakStreams();
    await until(() => service.count('revocations') === 2 && started.guard.feedState === 'connected');
    expect(await reasonFor(started, await signToken({ iat: nowSeconds() - 100 }))).toBe('accepted');
    expect(service.count('session')).toBe(0);
  });

  it.each([
    ['whose clock is behind', -5_000],
    ['that began before the last contact with the other one', -120_000],
  ])('is made by another process of the service, also one %s: all that it knows is read', async (_what, startedMs) => {
    service.completeSince = 0;
    await using started = await readyGuard(service, { clockSlackMs: 60_000 });
    service.ended.add(sessionNumber(1));
    service.completeSince = Date.now() + startedMs;
    service.breakStreams();
    await until(() => started.errors.some(({ code }) => code === 'GAP') && started.guard.feedState === 'connected');
    expect(service.operations.filter(({ kind }) => kind === 'revocations').at(-1)?.variables['since']).toBeNull();
    const old = await signToken({ sid: sessionNumber(1), iat: nowSeconds() - 130 });
    expect(await reasonFor(started, old)).toBe('revoked');
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
    expect(service.count('session')).toBe(0);
    expect(await reasonFor(started, await oldToken(1))).toBe('revoked');
    expect(service.count('session')).toBe(1);
  });
});

describe('memory', () => {
  it('is given back when what was revoked has expired', async () => {
    let ahead = 0;
    service.completeSince = 0;
    await using started = await readyGuard(service, {}, { now: () => Date.now() + ahead });
    for (let number = 0; number < 500; number++) service.revoke({ sessionId: sessionNumber(number) });
    await until(() => started.guard.revocationCount === 500);
    ahead = 3_600_000 + 60_000;
    service.say(':\n\n');
    await until(() => started.guard.revocationCount === 0);
  });
});
