import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedService, sendData, serviceKey, sessionNumber, signToken, until } from './scripted-service.js';
import { newGuard, readyGuard, reasonFor } from './start-guard.js';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});

afterEach(() => service[Symbol.asyncDispose]());

const isRevoked = ({ guard }: { guard: { isRevoked(claims: object): boolean } }, number: number) =>
  guard.isRevoked({ sid: sessionNumber(number) });

/** Waits that are written down and, but for giving others a turn, left out. */
function recordedWaits() {
  const waits: number[] = [];
  const wait = async (durationMs: number, signal: AbortSignal) => {
    waits.push(durationMs);
    await delay(1, undefined, { signal }).catch(() => {});
  };
  return { waits, wait };
}

describe('at the start', () => {
  it('subscribes before it reads, so that what is revoked in between is not missed', async () => {
    service.record({ sessionId: sessionNumber(1) });
    service.intercept = ({ kind }, response) => {
      if (kind !== 'revocations') return false;
      // Revoked after the list was made, and before it arrives.
      sendData(response, {
        revocationsCompleteSince: new Date(0).toISOString(),
        revocations: [service.recorded[0]?.revocation],
      });
      service.revoke({ sessionId: sessionNumber(2) });
      return true;
    };
    await using started = await readyGuard(service);
    await until(() => isRevoked(started, 2));
    expect(isRevoked(started, 1)).toBe(true);
    expect(service.operations.map(({ kind }) => kind)).toEqual(['subscription', 'revocations']);
    expect(service.operations.map(({ authorization }) => authorization)).toEqual(Array(2).fill(`Bearer ${serviceKey}`));
    expect(started.states).toEqual(['connected']);
  });

  it('reads page after page', async () => {
    for (let number = 0; number < 20_001; number++) service.record({ sessionId: sessionNumber(number) });
    await using started = await readyGuard(service);
    expect(started.guard.revocationCount).toBe(20_001);
    const pages = service.operations.filter(({ kind }) => kind === 'revocations');
    expect(pages.map(({ variables }) => variables['after'])).toEqual([null, 'test-10000', 'test-20000']);
  });

  it('is not ready while the service refuses, says why, and becomes ready afterwards', async () => {
    service.intercept = (_operation, response) => {
      const error = { message: 'No', extensions: { code: 'UNAUTHENTICATED' } };
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [error] }));
      return true;
    };
    await using started = newGuard(service, { readyTimeoutMs: 100 });
    await until(() => started.errors.length > 0);
    await expect(started.guard.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      cause: { code: 'FEED_REFUSED', status: 401, serviceCode: 'UNAUTHENTICATED' },
    });
    expect(await started.guard.check(await signToken())).toEqual({ ok: false, reason: 'feedDown', status: 503 });
    service.intercept = () => false;
    await started.guard.ready();
    expect(await reasonFor(started, await signToken())).toBe('accepted');
  });
});

describe('events', () => {
  it('are taken in any order, any number of times, ten thousand at once', async () => {
    await using started = await readyGuard(service);
    const records = Array.from({ length: 10_000 }, (_, number) => service.record({ sessionId: sessionNumber(number) }));
    for (const record of [...records].reverse()) service.tell(record);
    for (const record of records.slice(0, 100)) service.tell(record);
    service.tell(null);
    service.revoke({ sessionId: sessionNumber(10_000) });
    await until(() => isRevoked(started, 10_000));
    expect(started.guard.revocationCount).toBe(10_001);
    expect(started.errors).toEqual([]);
  });

  it.each([
    ['no JSON', 'event: next\ndata: {"data": the-secret\n\n'],
    ['another shape', 'event: next\ndata: {"data":{"sessionEvents":{}}}\n\n'],
    [
      'no id',
      'event: next\ndata: {"data":{"sessionEvents":{"revocation":{"sessionId":"the-secret","userId":null,"applicationId":null}}}}\n\n',
    ],
    [
      'about nothing',
      'event: next\ndata: {"data":{"sessionEvents":{"revocation":{"sessionId":null,"userId":null,"applicationId":null}}}}\n\n',
    ],
    ['too long', `event: next\ndata: ${'x'.repeat(300_000)}`],
  ])('that are %s end the connection, and what they may have said is caught up on', async (_what, text) => {
    await using started = await readyGuard(service);
    service.record({ sessionId: sessionNumber(1) });
    service.say(text);
    await until(() => isRevoked(started, 1));
    expect(started.errors.map(({ code }) => code)).toEqual(['FEED_MALFORMED']);
    expect(String(started.errors[0]?.message)).not.toContain('the-secret');
  });
});

describe('after a lost connection', () => {
  it('reads what was missed since the last contact, by the clock of the service', async () => {
    await using started = await readyGuard(service);
    service.record({ sessionId: sessionNumber(1) });
    service.breakStreams();
    await until(() => isRevoked(started, 1));
    const [first, second] = service.operations.filter(({ kind }) => kind === 'revocations');
    expect(first?.variables['since']).toBeNull();
    const since = Date.parse(String(second?.variables['since']));
    expect(Math.abs(since - Date.now())).toBeLessThan(3_000);
    expect(started.errors.map(({ code }) => code)).toEqual(['FEED_LOST']);
    expect(started.states).toEqual(['connected', 'away', 'connected']);
  });

  it('waits longer each time, by chance, up to a bound, and begins anew after a success', async () => {
    const { waits, wait } = recordedWaits();
    const options = { reconnectBaseMs: 100, reconnectMaxMs: 1_000 };
    await using started = await readyGuard(service, options, { wait, random: () => 0.5 });
    service.intercept = (_operation, response) => {
      response.writeHead(503).end();
      return true;
    };
    service.breakStreams();
    await until(() => waits.length >= 6);
    service.intercept = () => false;
    await until(() => started.guard.feedState === 'connected');
    expect(waits.slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500]);
    waits.length = 0;
    service.breakStreams();
    await until(() => waits.length > 0 && started.guard.feedState === 'connected');
    expect(waits[0]).toBe(50);
  });

  it('waits as long as the service asks, up to the bound', async () => {
    const { waits, wait } = recordedWaits();
    service.intercept = (_operation, response) => {
      response.writeHead(429, { 'retry-after': '1' }).end('<html>');
      return true;
    };
    await using started = newGuard(service, { reconnectMaxMs: 5_000 }, { wait, random: () => 0 });
    await until(() => waits.length > 0);
    expect(waits[0]).toBe(1_000);
    expect(started.errors[0]).toMatchObject({ code: 'FEED_REFUSED', status: 429, retryAfterMs: 1_000 });
  });

  it('takes silence for a loss', async () => {
    await using started = await readyGuard(service, { keepAliveTimeoutMs: 150 });
    service.record({ sessionId: sessionNumber(1) });
    for (let comment = 0; comment < 6; comment++) {
      service.say(':\n\n');
      await delay(50);
    }
    expect(service.count('subscription')).toBe(1);
    await until(() => isRevoked(started, 1));
    expect(service.streamCount).toBe(1);
    expect(started.errors.map(({ code }) => code)).toContain('FEED_LOST');
  });

  it('reads anew since the stream began when it was too slow, as it cannot know since when events were dropped', async () => {
    await using started = await readyGuard(service);
    service.record({ sessionId: sessionNumber(1) });
    await delay(1_200);
    service.say(':\n\n');
    service.fail('SUBSCRIPTION_OVERFLOW');
    await until(() => isRevoked(started, 1));
    expect(started.errors.map(({ code, serviceCode }) => [code, serviceCode])).toEqual([
      ['FEED_OVERFLOW', 'SUBSCRIPTION_OVERFLOW'],
    ]);
    expect(String(started.errors[0])).not.toContain('the-secret');
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

  it('counts on the list only once the next stream is established', async () => {
    await using started = await readyGuard(service);
    service.intercept = ({ kind }, response) => {
      if (kind !== 'revocations') return false;
      response.destroy();
      return true;
    };
    service.breakStreams();
    await until(() => service.count('revocations') >= 3);
    expect(started.guard.feedState).toBe('away');
    service.intercept = () => false;
    await until(() => started.guard.feedState === 'connected');
  });
});

describe('while the feed is away', () => {
  const refuseAll = () => {
    service.intercept = (_operation, response) => {
      response.destroy();
      return true;
    };
    service.breakStreams();
  };

  it.each([
    ['accept', 'feedDown'],
    ['refuse', 'feedDown'],
  ] as const)('tokens are accepted for a while, and then as chosen: %s', async (whenFeedIsDown, reason) => {
    await using started = await readyGuard(service, { whenFeedIsDown, feedToleranceMs: 250 });
    service.revoke({ sessionId: sessionNumber(2) });
    await until(() => isRevoked(started, 2));
    refuseAll();
    await until(() => started.guard.feedState === 'away');
    const token = await signToken();
    expect(await reasonFor(started, token)).toBe('accepted');
    await until(() => started.guard.feedState === 'down');
    expect(await reasonFor(started, token)).toBe(reason);
    expect(await started.guard.check(token)).toMatchObject({ ok: whenFeedIsDown === 'accept' });
    expect(await reasonFor(started, await signToken({ sid: sessionNumber(2) }))).toBe('revoked');
    service.intercept = () => false;
    await until(() => started.guard.feedState === 'connected');
    expect(await reasonFor(started, token)).toBe('accepted');
    expect(started.states).toEqual(['connected', 'away', 'down', 'connected']);
  });

  it('callbacks that throw change nothing', async () => {
    const fail = () => {
      throw new Error('of the application');
    };
    await using started = await readyGuard(service, { onError: fail, onFeedChange: fail });
    service.breakStreams();
    await until(() => service.count('subscription') === 2 && started.guard.feedState === 'connected');
  });
});

describe('disposed of, it', () => {
  it('leaves no timer and no connection, whatever it was doing', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const following = await readyGuard(service);
    const waiting = await readyGuard(
      service,
      { reconnectBaseMs: 60_000, reconnectMaxMs: 60_000 },
      { random: () => 0.9 },
    );
    service.intercept = () => true;
    service.breakStreams();
    const hanging = newGuard(service);
    const ready = hanging.guard.ready();
    await until(() => waiting.guard.feedState === 'away' && service.count('subscription') >= 3);
    const disposals = [following, waiting, hanging].map((one) => one[Symbol.asyncDispose]());
    await expect(ready).rejects.toMatchObject({ code: 'DISPOSED' });
    await Promise.all(disposals);
    await until(() => service.streamCount === 0 && timers() <= before + 1);
    await expect(hanging.guard.ready()).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
