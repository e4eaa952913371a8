import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GuardRuntime, systemRuntime } from '../../src/guard/runtime.js';
import { ScriptedService, sessionNumber, signToken, until } from './scripted-service.js';
import { newGuard, readyGuard, reasonFor } from './start-guard.js';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});

afterEach(() => service[Symbol.asyncDispose]());

const isRevoked = ({ guard }: { guard: { isRevoked(claims: object): boolean } }, number: number) =>
  guard.isRevoked({ sid: sessionNumber(number) });

/** Waits after failures of the stream, that are written down and, but for giving others a turn, left out. */
function recordedWaits() {
  const waits: number[] = [];
  const wait = async (durationMs: number, signal: AbortSignal) => {
    waits.push(durationMs);
    await delay(5, undefined, { signal }).catch(() => {});
  };
  return { waits, wait };
}

const refuseAll = () => {
  service.intercept = (_operation, response) => {
    response.destroy();
    return true;
  };
  service.breakStreams();
};

describe('after a lost connection', () => {
  it('reads what followed the last revocation that it knows, whatever clocks say', async () => {
    service.record({ sessionId: sessionNumber(1) });
    await using started = await readyGuard(service);
    service.record({ sessionId: sessionNumber(2) });
    service.breakStreams();
    await until(() => isRevoked(started, 2));
    const afters = service.operations
      .filter(({ kind }) => kind === 'revocations')
      .map(({ variables }) => variables['after']);
    expect(afters.slice(0, 2)).toEqual([null, 'test-1']);
    expect(started.errors.map(({ code }) => code)).toEqual(['FEED_LOST']);
    await until(() => started.guard.feedState === 'connected');
    expect(started.states).toEqual(['connected', 'away', 'connected']);
  });

  it('learns of a revocation that the stream lost, at the next check', async () => {
    await using started = await readyGuard(service, { feedToleranceMs: 300 });
    service.record({ sessionId: sessionNumber(1) });
    await until(() => isRevoked(started, 1));
    expect(service.count('subscription')).toBe(1);
  });

  it('waits longer each time, by chance, up to a bound, also when streams end as soon as they have begun', async () => {
    const { waits, wait } = recordedWaits();
    service.intercept = ({ kind }, response) => {
      if (kind !== 'subscription') return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': end\n\n');
      return true;
    };
    const options = { reconnectBaseMs: 100, reconnectMaxMs: 1_000, feedToleranceMs: 60_000 };
    await using started = newGuard(service, options, { wait, random: () => 0.5 });
    await until(() => service.count('subscription') >= 7);
    const ofStream = waits.filter((waited) => waited <= 500);
    expect(ofStream.slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(started.errors[0]).toMatchObject({
      code: 'FEED_LOST',
      message: expect.stringContaining('soon after it began'),
    });
  });

  it('begins anew with short waits once a stream has held for a while', async () => {
    const { waits, wait } = recordedWaits();
    let elapsed = 0;
    const options = { reconnectBaseMs: 100, reconnectMaxMs: 1_000, feedToleranceMs: 60_000 };
    const overrides = { wait, random: () => 0.5, elapsedMs: () => performance.now() + elapsed };
    await using started = await readyGuard(service, options, overrides);
    for (let time = 0; time < 3; time++) {
      service.breakStreams();
      const begun = service.count('subscription');
      await until(() => service.count('subscription') > begun && started.guard.feedState === 'connected');
    }
    elapsed = 11_000;
    waits.length = 0;
    service.breakStreams();
    await until(() => waits.some((waited) => waited <= 1_000));
    expect(waits.find((waited) => waited <= 1_000)).toBe(50);
  });

  it.each([
    ['seconds', '2'],
    ['a date', 'Thu, 26 Nov 2026 12:00:02 GMT'],
  ])('waits as long as the service asks in %s, up to the bound', async (_form, retryAfter) => {
    const { waits, wait } = recordedWaits();
    service.intercept = (_operation, response) => {
      response.writeHead(429, { 'retry-after': retryAfter }).end('<html>');
      return true;
    };
    const now = () => Date.UTC(2026, 10, 26, 12);
    await using started = newGuard(service, { reconnectMaxMs: 5_000 }, { wait, random: () => 0, now });
    await until(() => waits.filter((waited) => waited === 2_000).length >= 2);
    expect(started.errors[0]).toMatchObject({ code: 'FEED_REFUSED', status: 429, retryAfterMs: 2_000 });
  });

  it('takes silence of the stream for a loss, and goes on learning meanwhile', async () => {
    const keepAliveTimeoutMs = 12_345;
    const silences: { isOver(): void; isBroken: boolean }[] = [];
    const after: GuardRuntime['after'] = (durationMs, callback) => {
      if (durationMs !== keepAliveTimeoutMs) return systemRuntime.after(durationMs, callback);
      const silence = { isOver: callback, isBroken: false };
      silences.push(silence);
      return () => {
        silence.isBroken = true;
      };
    };
    await using started = await readyGuard(service, { keepAliveTimeoutMs }, { after });
    for (let comment = 0; comment < 3; comment++) {
      const before = silences.length;
      service.say(':\n\n');
      await until(() => silences.length > before);
      expect(silences.map(({ isBroken }) => isBroken)).toEqual([...Array(silences.length - 1).fill(true), false]);
    }
    expect(service.count('subscription')).toBe(1);
    silences.at(-1)?.isOver();
    await until(() => service.count('subscription') === 2);
    expect(started.errors.map(({ code }) => code)).toContain('FEED_LOST');
    expect(started.states).not.toContain('down');
  });

  it.each([
    ['of this service', ': end\n\n'],
    ['as GraphQL over SSE has it', 'event: complete\ndata:\n\n'],
  ])('comes back after an ordinary end %s without calling it trouble', async (_what, end) => {
    await using started = await readyGuard(service);
    service.say(end);
    await until(() => service.count('subscription') === 2 && started.guard.feedState === 'connected');
    expect(started.errors).toEqual([]);
  });
});

describe('while the service is away', () => {
  it.each([
    ['accept', 'feedDown'],
    ['refuse', 'feedDown'],
  ] as const)('tokens are accepted for a while, and then as chosen: %s', async (whenFeedIsDown, reason) => {
    await using started = await readyGuard(service, { whenFeedIsDown, feedToleranceMs: 400 });
    service.revoke({ sessionId: sessionNumber(2) });
    await until(() => isRevoked(started, 2));
    const token = await signToken();
    refuseAll();
    await until(() => started.guard.feedState === 'down');
    expect(await reasonFor(started, token)).toBe(reason);
    expect(await started.guard.check(token)).toMatchObject({ ok: whenFeedIsDown === 'accept' });
    expect(await reasonFor(started, await signToken({ sid: sessionNumber(2) }))).toBe('revoked');
    service.intercept = () => false;
    await until(() => started.guard.feedState === 'connected');
    expect(await reasonFor(started, token)).toBe('accepted');
    expect(started.states.at(-1)).toBe('connected');
    expect(started.states).toContain('down');
  });

  it.each([
    ['the timers of the process', { elapsedMs: 16_000, dayMs: 16_000 }],
    ['the time of day only, because the machine slept', { elapsedMs: 0, dayMs: 16_000 }],
  ])(
    'the time since the last contact counts by %s, at the very next decision',
    async (_clock, { elapsedMs, dayMs }) => {
      let asleep = false;
      const overrides = {
        elapsedMs: () => performance.now() + (asleep ? elapsedMs : 0),
        now: () => Date.now() + (asleep ? dayMs : 0),
      };
      await using started = await readyGuard(service, { feedToleranceMs: 15_000 }, overrides);
      const token = await signToken();
      expect(await reasonFor(started, token)).toBe('accepted');
      refuseAll();
      asleep = true;
      expect(await reasonFor(started, token)).toBe('feedDown');
      service.intercept = () => false;
      await until(() => started.guard.feedState === 'connected');
      expect(await reasonFor(started, token)).toBe('accepted');
    },
  );

  it.each([
    [
      'throw',
      () => {
        throw new Error('of the application');
      },
    ],
    ['reject', () => Promise.reject(new Error('of the application'))],
  ])('callbacks that %s change nothing', async (_how, fail) => {
    await using started = await readyGuard(service, {
      onError: fail,
      onFeedChange: fail,
      onLagChange: fail,
      onRevoked: fail,
    });
    service.breakStreams();
    await until(() => service.count('subscription') === 2 && started.guard.feedState === 'connected');
    service.revoke({ sessionId: sessionNumber(7) });
    await until(() => started.guard.revocationCount === 1);
  });
});
