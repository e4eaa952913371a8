import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedService, sendData, sendErrors, sessionNumber, signToken, until } from './scripted-service.js';
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
    expect(await reasonFor(started, ended)).toBe('ended');
    expect(await reasonFor(started, ended)).toBe('ended');
    const asked = service.operations
      .filter(({ kind }) => kind === 'sessions')
      .flatMap(({ variables }) => variables['ids']);
    expect(asked).toEqual([sessionNumber(1), sessionNumber(2)]);
  });

  it('is not asked about when it is newer', async () => {
    await using started = await readyGuard(service);
    expect(await reasonFor(started, await signToken({ iat: nowSeconds() - 40 }))).toBe('accepted');
    expect(service.count('sessions')).toBe(0);
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
    expect(service.count('sessions')).toBe(0);
  });

  it.each([
    ['accept', { ok: true, doubt: 'unconfirmed' }],
    ['refuse', { ok: false, reason: 'unconfirmed', status: 503 }],
  ] as const)('is treated as when the feed is down when nobody can be asked: %s', async (whenFeedIsDown, decision) => {
    service.intercept = ({ kind }, response) => {
      if (kind !== 'sessions') return false;
      sendErrors(response, 'UPSTREAM_TIMEOUT', 'FusionAuth did not answer in time.');
      return true;
    };
    await using started = await readyGuard(service, { whenFeedIsDown });
    expect(await started.guard.check(await oldToken(1))).toMatchObject(decision);
    expect(await started.guard.check(await oldToken(1))).toMatchObject(decision);
    // Not again at once.
    expect(service.count('sessions')).toBe(1);
    expect(started.errors.map(({ code, cause }) => [code, cause])).toEqual([
      ['CONFIRMATION_FAILED', expect.objectContaining({ serviceCode: 'UPSTREAM_TIMEOUT' })],
    ]);
  });

  it('is refused alone when only its session could not be confirmed', async () => {
    service.statuses.set(sessionNumber(1), 'FAILED');
    await using started = await readyGuard(service);
    const tokens = await Promise.all([1, 2, 3, 4].map(oldToken));
    const reasons = await Promise.all(tokens.map((token) => reasonFor(started, token)));
    expect(reasons).toEqual(['unconfirmed', 'accepted', 'accepted', 'accepted']);
    expect(await reasonFor(started, await oldToken(5))).toBe('accepted');
    expect(started.errors).toEqual([]);
  });

  it('pauses asking when most calls fail, for as long as the service asks', async () => {
    service.intercept = ({ kind }, response) => {
      if (kind !== 'sessions') return false;
      response.writeHead(503, { 'retry-after': '20' }).end();
      return true;
    };
    let elapsed = 0;
    await using started = await readyGuard(service, {}, { elapsedMs: () => performance.now() + elapsed });
    expect(await reasonFor(started, await oldToken(1))).toBe('unconfirmed');
    expect(await reasonFor(started, await oldToken(2))).toBe('unconfirmed');
    expect(service.count('sessions')).toBe(1);
    service.intercept = () => false;
    elapsed = 21_000;
    await until(() => started.guard.feedState === 'connected');
    expect(await reasonFor(started, await oldToken(2))).toBe('accepted');
  });

  it('is asked about anew when its revocation was forgotten while the service was asked', async () => {
    let answer: () => void = () => undefined;
    service.intercept = async ({ kind, variables }, response) => {
      if (kind !== 'sessions' || service.count('sessions') > 1) return false;
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      const liveSessions = [{ sessionId: (variables['ids'] as string[])[0], status: 'LIVES', ageMilliseconds: 0 }];
      sendData(response, { liveSessions });
      return true;
    };
    await using started = await readyGuard(service, { maxRevocations: 1 });
    const asked = reasonFor(started, await oldToken(1));
    await until(() => service.count('sessions') === 1);
    service.ended.add(sessionNumber(1));
    const soon = new Date(Date.now() + 1_000).toISOString();
    service.revoke({ sessionId: sessionNumber(1), expiresAt: soon });
    service.revoke({ sessionId: sessionNumber(2) });
    await until(() => started.errors.some(({ code }) => code === 'MEMORY_FULL'));
    answer();
    expect(await asked).toBe('ended');
    expect(await reasonFor(started, await oldToken(1))).toBe('ended');
  });

  it('without a session cannot be asked about', async () => {
    await using started = await readyGuard(service, { acceptTokensWithoutSession: true });
    const token = await signToken({ sid: undefined, iat: nowSeconds() - 100 });
    expect(await reasonFor(started, token)).toBe('uncertain');
  });

  it('is asked about with others in one call, a few calls at a time, and not at all when too many wait', async () => {
    let [running, most] = [0, 0];
    service.intercept = async ({ kind }) => {
      if (kind !== 'sessions') return false;
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running--;
      return false;
    };
    await using started = await readyGuard(service, { maxConcurrentConfirmations: 2, maxWaitingConfirmations: 700 });
    const tokens = await Promise.all(Array.from({ length: 900 }, (_, number) => oldToken(number)));
    const claims = tokens.map((token) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
    const decisions = await Promise.all(claims.map((one) => started.guard.checkClaims(one)));
    expect(decisions.filter(({ ok }) => ok)).toHaveLength(700);
    expect(most).toBe(2);
    expect(service.count('sessions')).toBe(2);
  });

  it('is asked about again when it was forgotten for want of room', async () => {
    await using started = await readyGuard(service, { maxConfirmedSessions: 2 });
    for (const number of [1, 2, 3, 3, 2, 1]) expect(await reasonFor(started, await oldToken(number))).toBe('accepted');
    expect(service.count('sessions')).toBe(4);
  });
});
