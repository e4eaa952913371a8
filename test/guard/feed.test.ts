import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOwnTime } from '../support/own-time.js';
import { unusedUrl } from '../support/raw-server.js';
import { ScriptedService, sendErrors, serviceKey, sessionNumber, signToken, until } from './scripted-service.js';
import { newGuard, readyGuard, reasonFor } from './start-guard.js';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});

afterEach(() => service[Symbol.asyncDispose]());

const isRevoked = ({ guard }: { guard: { isRevoked(claims: object): boolean } }, number: number) =>
  guard.isRevoked({ sid: sessionNumber(number) });

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

  it('knows a stream whose media type a proxy writes in capitals', async () => {
    service.streamType = 'Text/Event-Stream;charset=UTF-8';
    await using started = await readyGuard(service);
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
      const ownMs = startOwnTime();
      await expect(started.guard.ready()).rejects.toMatchObject({
        code: 'NOT_READY',
        message: expect.stringContaining('This is how to mend it (request request-1)'),
        cause: { code: 'FEED_REFUSED', status, serviceCode: code, requestId: 'request-1' },
      });
      expect(ownMs()).toBeLessThan(5_000);
      expect(await started.guard.check(await signToken())).toMatchObject({ ok: false, status: 503 });
      service.intercept = () => false;
      await until(() => started.guard.feedState === 'connected');
      await started.guard.ready();
      expect(await reasonFor(started, await signToken())).toBe('accepted');
    },
  );

  it.each([
    [301, /^The service answered with status 301: it leads elsewhere .* serviceUrl has to be where that is$/],
    [308, /^The service answered with status 308: it leads elsewhere .* serviceUrl has to be where that is$/],
    [405, /^The service answered with status 405$/],
  ])('fails at once when something else answers %i at its address, and says so', async (status, said) => {
    service.intercept = (_operation, response) => {
      response.writeHead(status, { location: 'https://elsewhere.example/' }).end('<html>');
      return true;
    };
    await using started = newGuard(service, { readyTimeoutMs: 5_000 });
    await expect(started.guard.ready()).rejects.toMatchObject({
      message: expect.stringMatching(said),
      cause: { code: 'FEED_REFUSED', status },
    });
    service.intercept = () => false;
    await started.guard.ready();
  });

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

  it('accepts nothing before it has found out, although nobody waits for that', async () => {
    service.viewer = { ...service.viewer, permissions: ['event:subscribe'] };
    await using started = newGuard(service);
    await until(() => started.guard.feedState === 'connected');
    expect(await reasonFor(started, await signToken())).toBe('feedDown');
  });

  it('finds out anew when the service ends the stream, as it does when the rights of a key change', async () => {
    await using started = await readyGuard(service);
    const token = await signToken();
    expect(await reasonFor(started, token)).toBe('accepted');
    service.viewer = { ...service.viewer, applicationIds: [sessionNumber(1)] };
    service.breakStreams();
    await until(() => started.errors.some(({ code }) => code === 'KEY_INSUFFICIENT'));
    expect(await reasonFor(started, token)).toBe('feedDown');
    service.viewer = { ...service.viewer, applicationIds: null };
    await until(() => service.count('viewer') > 2);
    await expect.poll(() => reasonFor(started, token)).toBe('accepted');
  });

  it('says at which address nothing could be reached, and why', async () => {
    const url = await unusedUrl();
    await using started = newGuard({ url }, { readyTimeoutMs: 300 });
    await expect(started.guard.ready()).rejects.toThrow(`${url}/`);
    const messages = started.errors.map(({ message }) => message);
    for (const what of ['The service could not be reached at', 'keys of FusionAuth could not be fetched from']) {
      expect(messages).toContainEqual(expect.stringMatching(`${what} ${url}/.*: .*ECONNREFUSED`));
    }
  });

  it('does not become ready before the keys of FusionAuth are there', async () => {
    service.jwksFails = true;
    await using started = newGuard(service, { readyTimeoutMs: 2_500 });
    await expect(started.guard.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringMatching(/within 2500 ms: The public keys of FusionAuth could not be fetched/),
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

describe('closed, it', () => {
  it('reports no trouble about questions that were under way', async () => {
    const iat = Math.floor(Date.now() / 1_000) - 100;
    const { guard, errors } = await readyGuard(service, { maxRevocationLagSeconds: 60 });
    service.intercept = () => true;
    const decision = guard.check(await signToken({ iat }));
    await until(() => service.count('sessions') === 1);
    await guard.close();
    expect(await decision).toMatchObject({ reason: 'unconfirmed' });
    expect(errors).toEqual([]);
  });

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
