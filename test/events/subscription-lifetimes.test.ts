import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { subscribe } from '../support/subscription.js';

const revokeDocument = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ shopId, env: shopTokens });
});
afterAll(() => service[Symbol.asyncDispose]());

const revoke = (id: string | undefined) => service.data(revokeDocument, { id });

describe('who may subscribe', () => {
  it.each([
    ['no credentials', null],
    ['an unknown key', 'unknown'],
  ])('is refused with %s, as for queries', async (_what, credentials) => {
    const { status, refusal, headers } = await subscribe(service, credentials);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(refusal?.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
  });

  it('is refused without the permission', async () => {
    const { status, refusal, headers } = await subscribe(service, service.key(['session:read']));
    expect(status).toBe(403);
    expect(refusal).toEqual({
      errors: [
        {
          message: expect.stringContaining('event:subscribe'),
          locations: [{ line: 2, column: 3 }],
          path: ['sessionEvents'],
          extensions: { code: 'FORBIDDEN', requestId: headers.get('x-request-id') },
        },
      ],
    });
  });

  it('users follow their own sessions without naming themselves, and nobody else’s', async () => {
    const [alice, bob] = [service.user({ sessions: 1 }), service.user({ sessions: 1 })];
    const { token } = await alice.login();
    await using events = await subscribe(service, token);
    await revoke(bob.sessions[0]?.id);
    await revoke(alice.sessions[0]?.id);
    expect(await events.nextEvent()).toMatchObject({ userId: alice.id, sessionId: alice.sessions[0]?.id });

    for (const userId of [bob.id, randomUUID()]) {
      const { status, refusal } = await subscribe(service, token, { userId });
      expect([status, refusal?.errors?.[0]?.message]).toEqual([
        403,
        'Without the permission event:subscribe you may follow your own sessions only.',
      ]);
    }
  });

  it('callers that are bound to applications hear of sessions there, and of no SSO sessions', async () => {
    const bound = { name: 'bound', key: 'bound-key', applicationIds: [shopId] };
    await using bounded = await startTestService({
      shopId,
      env: { SERVICE_KEYS: serviceKeysVariable(bound, everyone) },
    });
    const alice = bounded.user({ sessions: 1, ssoSessions: 1 });
    const elsewhere = alice.addSession({ applicationId: bounded.console.id });
    await using events = await subscribe(bounded, bound.key);
    for (const id of [elsewhere.id, alice.ssoSessions[0]?.id, alice.sessions[0]?.id]) {
      await bounded.data(revokeDocument, { id }, { key: everyone.key });
    }
    expect(await events.nextEvent()).toMatchObject({ sessionId: alice.sessions[0]?.id });
    const revocations = await bounded.data<{ revocations: { sessionId: string }[] }>(
      '{ revocations { sessionId } }',
      {},
      { key: bound.key },
    );
    expect(revocations.revocations.map(({ sessionId }) => sessionId)).toEqual([alice.sessions[0]?.id]);
    const ended = 'query ($id: ID!) { endedSession(id: $id) { sessionId } }';
    expect(await bounded.data(ended, { id: elsewhere.id }, { key: bound.key })).toEqual({ endedSession: null });
    expect(await bounded.data(ended, { id: elsewhere.id }, { key: everyone.key })).toEqual({
      endedSession: { sessionId: elsewhere.id },
    });
  });

  it('callers that are bound to a tenant hear of that tenant only, also of what others did without naming it', async () => {
    const otherTenant = randomUUID();
    const bound = { name: 'bound', key: 'bound-key', tenantIds: [service.emulator.tenantId] };
    const other = { name: 'other', key: 'other-key', tenantIds: [otherTenant] };
    await using bounded = await startTestService({
      env: { SERVICE_KEYS: serviceKeysVariable(bound, other, everyone) },
    });
    const alice = bounded.user({ sessions: 2 });
    await using own = await subscribe(bounded, bound.key);
    await using others = await subscribe(bounded, other.key);
    await bounded.data(revokeDocument, { id: alice.sessions[0]?.id }, { key: everyone.key });
    expect(await own.nextEvent()).toMatchObject({ sessionId: alice.sessions[0]?.id });
    await expect(Promise.race([others.nextEvent(), delay(100, 'nothing')])).resolves.toBe('nothing');
    const ask = (asking: { key: string }) =>
      bounded.data<{ revocations: unknown[] }>('{ revocations { id } }', {}, { key: asking.key });
    expect((await ask(bound)).revocations).toHaveLength(1);
    expect((await ask(other)).revocations).toHaveLength(0);
  });
});

const everyone = { name: 'everyone', key: 'everyone-key' };

describe('how many subscriptions may be open', () => {
  it('is bounded for each caller and for all, and the place is free again as soon as one has gone', async () => {
    const keys = [1, 2, 3].map((number) => ({ name: `caller-${number}`, key: `key-${number}` }));
    const env = { SERVICE_KEYS: serviceKeysVariable(...keys), MAX_SUBSCRIPTIONS: '3', MAX_SERVICE_SUBSCRIPTIONS: '2' };
    await using bounded = await startTestService({ env });
    const open = (number: number) => subscribe(bounded, `key-${number}`);

    const [first] = [await open(1), await open(1)];
    const refused = await open(1);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(refused.refusal?.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 10 });
    expect((await open(2)).status).toBe(200);
    expect((await open(3)).status).toBe(429);

    await first?.[Symbol.asyncDispose]();
    await expect.poll(async () => (await open(3)).status).toBe(200);
  });

  it('is not used up by those who come and go, nor by refused ones', async () => {
    const env = { MAX_SUBSCRIPTIONS: '1' };
    await using bounded = await startTestService({ env });
    const allowed = bounded.key(['event:subscribe']);
    for (let turn = 0; turn < 30; turn++) {
      await expect.poll(async () => (await subscribe(bounded, allowed, { after: 'elsewhere-1' })).status).toBe(400);
      await expect
        .poll(async () => {
          const events = await subscribe(bounded, allowed);
          await events[Symbol.asyncDispose]();
          return events.status;
        })
        .toBe(200);
    }
  });
});

describe('how long a subscription lasts', () => {
  it('ends without an error after MAX_SUBSCRIPTION_SECONDS', async () => {
    await using brief = await startTestService({ env: { MAX_SUBSCRIPTION_SECONDS: '1' } });
    await using events = await subscribe(brief, brief.key(['event:subscribe']));
    expect(await events.completed).toBe(true);
    await expect(events.next()).rejects.toThrow('The stream has ended');
  });

  it('ends when its service key expires, and says why', async () => {
    // Its clock stands, so that the key is good however long the service takes to start.
    const now = Date.now();
    const key = { name: 'brief', key: 'brief-key', expiresAt: new Date(now + 1_000).toISOString() };
    const env = { SERVICE_KEYS: serviceKeysVariable(key) };
    await using brief = await startTestService({ clock: { now: () => now }, env });
    await using events = await subscribe(brief, key.key);
    const { errors } = await events.next();
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', requestId: events.headers.get('x-request-id') });
    expect(await events.completed).toBe(true);
  });

  it('ends when its access token expires', async () => {
    // Its clock stands, so that the token is good however long it takes to subscribe.
    const now = Math.floor(Date.now() / 1_000);
    const clock = { now: () => now * 1_000 };
    await using brief = await startTestService({ clock, shopId, env: shopTokens });
    const alice = brief.user();
    const token = await signAsFusionAuth(brief.emulator, claimsFor(brief.emulator, alice.id, { exp: now + 1 }));
    await using events = await subscribe(brief, token);
    expect((await events.next()).errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
  });

  it('ends when the session of its access token does, after telling so; the token is refused from then on', async () => {
    const alice = service.user();
    const [lost, kept] = [await alice.login(), await alice.login()];
    await using events = await subscribe(service, lost.token);
    await using others = await subscribe(service, kept.token);
    await revoke(lost.refreshTokenId);

    expect(await events.nextEvent()).toMatchObject({ sessionId: lost.refreshTokenId, reason: 'ADMIN_REQUEST' });
    expect((await events.next()).errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    expect(await events.completed).toBe(true);
    expect(await others.nextEvent()).toMatchObject({ sessionId: lost.refreshTokenId });

    const viewer = (token: string) => service.query('{ viewer { name } }', {}, { key: token });
    expect((await viewer(lost.token)).status).toBe(401);
    expect((await subscribe(service, lost.token)).status).toBe(401);
    // Issued in the same second.
    expect((await viewer(kept.token)).status).toBe(200);
    const { endedSession } = await service.data<{ endedSession: { reason: string } }>(
      'query ($id: ID!) { endedSession(id: $id) { reason } }',
      { id: lost.refreshTokenId },
      { key: kept.token },
    );
    expect(endedSession.reason).toBe('ADMIN_REQUEST');
  });
});
