import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GuardRuntime, systemRuntime } from '../../src/guard/runtime.js';
import { ScriptedService, sendErrors, serviceKey, sessionNumber, signToken, until } from './scripted-service.js';
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

describe('at the start', () => {
  it('subscribes before it reads, and asks for no more than it needs', async () => {
    service.record({ sessionId: sessionNumber(1) });
    await using started = await readyGuard(service);
    expect(isRevoked(started, 1)).toBe(true);
    const kinds = service.operations.map(({ kind }) => kind);
    expect(kinds.indexOf('subscription')).toBeLessThan(kinds.indexOf('revocations'));
    expect([...kinds].sort()).toEqual(['revocations', 'subscription', 'viewer']);
    expect(new Set(service.operations.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${serviceKey}`]),
    );
    expect(started.states).toEqual(['connected']);
  });

  it('reads page after page', async () => {
    for (let number = 0; number < 20_001; number++) service.record({ sessionId: sessionNumber(number) });
    await using started = await readyGuard(service);
    expect(started.guard.revocationCount).toBe(20_001);
    const pages = service.operations.filter(({ kind }) => kind === 'revocations');
    expect(pages.slice(0, 3).map(({ variables }) => variables['after'])).toEqual([null, 'test-10000', 'test-20000']);
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [400, 'BAD_REQUEST'],
  ])(
    'fails at once when the service answers %i, with what it says, and becomes ready once that is mended',
    async (status, code) => {
      service.intercept = (_operation, response) => {
        sendErrors(response, code, 'This is how to mend it', status);
        return true;
      };
      await using started = newGuard(service);
      const begun = performance.now();
      await expect(started.guard.ready()).rejects.toMatchObject({
        code: 'NOT_READY',
        message: expect.stringContaining('This is how to mend it (request request-1)'),
        cause: { code: 'FEED_REFUSED', status, serviceCode: code, requestId: 'request-1' },
      });
      expect(performance.now() - begun).toBeLessThan(5_000);
      expect(await started.guard.check(await signToken())).toMatchObject({ ok: false, status: 503 });
      service.intercept = () => false;
      await until(() => started.guard.feedState === 'connected');
      await started.guard.ready();
      expect(await reasonFor(started, await signToken())).toBe('accepted');
    },
  );

  it.each([
    ['lacks the permission event:subscribe', { permissions: ['session:read'] }],
    ['lacks the permission session:read', { permissions: ['event:subscribe'] }],
    ['does not reach the application', { applicationIds: [sessionNumber(5)] }],
  ])('says that its key %s, and does not become ready', async (problem, viewer) => {
    service.viewer = { ...service.viewer, ...viewer };
    await using started = newGuard(service);
    await expect(started.guard.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining(problem),
      cause: { code: 'KEY_INSUFFICIENT' },
    });
  });

  it('does not become ready before the keys of FusionAuth are there', async () => {
    service.jwksFails = true;
    await using started = newGuard(service, { readyTimeoutMs: 2_500 });
    await expect(started.guard.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      cause: { code: 'KEYS_UNAVAILABLE' },
    });
    service.jwksFails = false;
    await started.guard.ready();
  });
});

describe('events', () => {
  it('are taken in any order, any number of times, ten thousand at once', async () => {
    await using started = await readyGuard(service, { feedToleranceMs: 60_000 });
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

  it('are told to whoever wants to act on them, each once, whichever way they come', async () => {
    service.record({ sessionId: sessionNumber(1) });
    const told: (string | null)[] = [];
    const onRevoked = ({ sessionId }: { sessionId: string | null }) => {
      told.push(sessionId);
      throw new Error('of the application');
    };
    await using started = await readyGuard(service, { onRevoked, feedToleranceMs: 300 });
    service.revoke({ sessionId: sessionNumber(2) });
    service.record({ sessionId: sessionNumber(3) });
    await until(() => isRevoked(started, 3));
    const before = service.count('revocations');
    await until(() => service.count('revocations') > before + 1);
    expect(told).toEqual([1, 2, 3].map(sessionNumber));
  });
});

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

  it('callbacks that throw change nothing', async () => {
    const fail = () => {
      throw new Error('of the application');
    };
    await using started = await readyGuard(service, { onError: fail, onFeedChange: fail, onLagChange: fail });
    service.breakStreams();
    await until(() => service.count('subscription') === 2 && started.guard.feedState === 'connected');
  });
});

describe('a key of several tenants', () => {
  const [acme, globex, other] = [1, 2, 3].map((number) => `7e4a4000-0000-4000-8000-00000000000${number}`);

  it('follows those that are named over one feed, and accepts their tokens only', async () => {
    const tenantIds = [`${acme}`, `${globex}`];
    service.viewer = { ...service.viewer, tenantIds };
    await using started = await readyGuard(service, { tenantIds, maxRevocationLagSeconds: 60 });
    expect(service.count('subscription')).toBe(1);
    expect(new Set(service.operations.map(({ tenants }) => tenants))).toEqual(new Set([tenantIds.join()]));
    expect(await reasonFor(started, await signToken({ tid: acme }))).toBe('accepted');
    expect(await reasonFor(started, await signToken({ tid: other }))).toBe('invalid');
    // A session is asked about in its own tenant.
    const iat = Math.floor(Date.now() / 1_000) - 100;
    expect(await reasonFor(started, await signToken({ tid: globex, iat }))).toBe('accepted');
    expect(service.operations.filter(({ kind }) => kind === 'sessions').map(({ tenants }) => tenants)).toEqual([
      globex,
    ]);
  });

  it('refuses tokens of tenants that the key does not reach, where none are named', async () => {
    service.viewer = { ...service.viewer, tenantIds: [acme] };
    await using started = await readyGuard(service);
    expect(await reasonFor(started, await signToken({ tid: acme }))).toBe('accepted');
    expect(await reasonFor(started, await signToken({ tid: globex }))).toBe('uncertain');
  });
});

describe('closed, it', () => {
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
    const closing = [following, waiting, hanging].map(({ guard }) => guard.close());
    await expect(ready).rejects.toMatchObject({ code: 'DISPOSED' });
    await Promise.all(closing);
    await until(() => service.streamCount === 0 && timers() <= before + 1);
    await expect(hanging.guard.ready()).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
