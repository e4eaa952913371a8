import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendEventsTo } from '../../src/emulator/send-events.js';
import type { TransactionType } from '../../src/emulator/store/records.js';
import { enforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { type SessionEventJson, subscribe, type TestSubscription } from '../support/subscription.js';

let service: TestService;
let events: TestSubscription;

beforeEach(() => start());
afterEach(stop);

async function start(transactionType: TransactionType = 'None', env: Readonly<Record<string, string>> = {}) {
  // FusionAuth sends once: on a busy machine the one delivery needs time, and keys that are already made.
  const patient = { WEBHOOK_HANDLE_TIMEOUT_MS: '10000' };
  service = await startTestService({ env: { WEBHOOK_SIGNATURE: 'jwks', ...patient, ...env } });
  sendEventsTo(service.emulator, `${service.url}/webhooks/fusionauth`, transactionType);
  await service.emulator.keys.jwks();
  events = await subscribe(service, service.key(['event:subscribe']));
}

async function stop() {
  await events[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
}

/** A call to FusionAuth that is not ours. */
function fusionAuth(method: string, path: string, body?: object) {
  return fetch(`${service.emulator.url}${path}`, {
    method,
    headers: { authorization: service.emulator.apiKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Every event there is, once FusionAuth has nothing more to tell: at least so many. */
async function allEvents(count: number): Promise<readonly SessionEventJson[]> {
  await service.emulator.events.settled();
  return events.eventsOf(count);
}

/** The events until one says this. */
async function eventsUpTo(reason: SessionEventJson['reason']): Promise<SessionEventJson[]> {
  const told = [await events.nextEvent()];
  while (told.at(-1)?.reason !== reason) told.push(await events.nextEvent());
  return told;
}

const revocations = async () =>
  (
    await service.data<{ revocations: { sessionId: string; userId: string; applicationId: string }[] }>(
      '{ revocations { sessionId userId applicationId } }',
    )
  ).revocations;

describe('what is revoked at FusionAuth', () => {
  it('session by session is told and remembered', async () => {
    const alice = service.user({ sessions: 1 });
    const [session] = alice.sessions;
    await fusionAuth('DELETE', `/api/jwt/refresh/${session?.id}`);
    expect(await allEvents(1)).toMatchObject([
      { type: 'SESSION_REVOKED', sessionId: session?.id, reason: 'OTHER', initiatingEntity: 'SYSTEM' },
    ]);
    expect(await revocations()).toEqual([{ sessionId: session?.id, userId: alice.id, applicationId: service.shop.id }]);
    const { endedSession } = await service.data<{ endedSession: { reason: string } }>(
      'query ($id: ID!) { endedSession(id: $id) { reason } }',
      { id: session?.id },
    );
    expect(endedSession).toEqual({ reason: 'OTHER' });
  });

  it('of a user is told for each application that had a session', async () => {
    const alice = service.user({ sessions: 2, ssoSessions: 1 });
    alice.addSession({ applicationId: service.console.id });
    await fusionAuth('DELETE', `/api/jwt/refresh?userId=${alice.id}`);
    const told = await allEvents(2);
    expect(told.map(({ userId, sessionId }) => [userId, sessionId])).toEqual([
      [alice.id, null],
      [alice.id, null],
    ]);
    expect(told.map(({ applicationId }) => applicationId).sort()).toEqual([service.shop.id, service.console.id].sort());
  });

  it('of an application is told once, for every user', async () => {
    service.user({ sessions: 1 });
    service.user({ sessions: 1 });
    await fusionAuth('DELETE', `/api/jwt/refresh?applicationId=${service.shop.id}`);
    expect(await allEvents(1)).toMatchObject([{ userId: null, sessionId: null, applicationId: service.shop.id }]);
  });

  it.each([
    ['deactivated', ''],
    ['deleted', '?hardDelete=true'],
  ])('because a user is %s is told for every application', async (_what, query) => {
    const alice = service.user({ sessions: 1 });
    await fusionAuth('DELETE', `/api/user/${alice.id}${query}`);
    expect((await eventsUpTo('ACCOUNT_DISABLED')).at(-1)).toMatchObject({
      userId: alice.id,
      applicationId: null,
      revocation: { userId: alice.id, applicationId: null, sessionId: null },
    });
  });

  it.each([
    [true, 'is told, as a change of credentials', 1],
    [false, 'is not taken for granted', 0],
  ])('by a change of password, with onPasswordChanged %s, %s', async (onPasswordChanged, _what, expected) => {
    await fusionAuth('PATCH', `/api/tenant/${service.emulator.tenantId}`, {
      tenant: { jwtConfiguration: { refreshTokenRevocationPolicy: { onPasswordChanged } } },
    });
    const alice = service.user({ sessions: 1 });
    const changed = await fusionAuth('PATCH', `/api/user/${alice.id}`, { user: { password: 'another password' } });
    expect(changed.status).toBe(200);
    const told = expected > 0 ? await eventsUpTo('CREDENTIAL_CHANGED') : [];
    told.push(...(await allEvents(0)));
    expect(alice.liveIds()).toHaveLength(onPasswordChanged ? 0 : 1);
    expect(told.filter(({ reason }) => reason === 'CREDENTIAL_CHANGED')).toHaveLength(expected);
  });
});

describe('what is revoked here and told by FusionAuth too', () => {
  it.each<TransactionType>(['None', 'AbsoluteMajority'])(
    'is one event, with transactions of %s',
    async (transaction) => {
      await stop();
      await start(transaction);
      service.emulator.events.duplicates = 1;
      const alice = service.user({ sessions: 8 });
      const { keptSession, failures } = await enforceSingleSession(service, { userId: alice.id });
      expect(failures).toEqual([]);

      const told = await allEvents(7);
      const ended = alice.sessions.slice(0, -1).map(({ id }) => id);
      expect(told.map(({ sessionId }) => sessionId).sort()).toEqual([...ended].sort());
      expect(new Set(told.map(({ reason }) => reason))).toEqual(new Set(['SINGLE_SESSION_POLICY']));
      expect(await revocations()).toHaveLength(7);
      const { endedSession } = await service.data<{ endedSession: { replacedBySessionId: string } }>(
        'query ($id: ID!) { endedSession(id: $id) { replacedBySessionId } }',
        { id: ended[0] },
      );
      expect(endedSession.replacedBySessionId).toBe(keptSession?.id);
    },
  );

  it('is told although FusionAuth’s answer to us was lost', async () => {
    const alice = service.user({ sessions: 2 });
    service.emulator.faults.add({ method: 'DELETE', path: '*', times: 1, fault: { kind: 'reset', when: 'after' } });
    await enforceSingleSession(service, { userId: alice.id });
    expect(await allEvents(1)).toMatchObject([{ sessionId: alice.sessions[0]?.id, reason: 'SINGLE_SESSION_POLICY' }]);
  });
});

describe('what goes on at FusionAuth', () => {
  it('is told: signing in without a session, refreshing with the one that was refreshed', async () => {
    const alice = service.user();
    const { refreshToken, refreshTokenId } = await alice.login();
    await fusionAuth('POST', '/api/jwt/refresh', { refreshToken });
    const told = await allEvents(2);
    expect(told.map(({ type, userId, sessionId, revocation }) => [type, userId, sessionId, revocation])).toEqual([
      ['SESSION_STARTED', alice.id, null, null],
      ['SESSION_REFRESHED', alice.id, refreshTokenId, null],
    ]);
    expect(JSON.stringify(told)).not.toContain(refreshToken);
  });

  it('is known to be of the tenant of the service also when FusionAuth does not name it', async () => {
    await stop();
    const tenantId = '0b9cbf1a-3f0e-4c8e-9c53-0d2a5e1f7b11';
    await start('None', {
      FUSIONAUTH_TENANT_ID: tenantId,
      WEBHOOK_SIGNATURE: '',
      WEBHOOK_HEADER_NAME: 'x-secret',
      WEBHOOK_HEADER_VALUE: 'a-secret-that-only-fusionauth-knows',
    });
    const event = {
      type: 'user.deactivate',
      id: crypto.randomUUID(),
      createInstant: service.emulator.clock.now(),
      user: { id: crypto.randomUUID() },
    };
    const answer = await service.fetch('/webhooks/fusionauth', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-secret': 'a-secret-that-only-fusionauth-knows' },
      body: JSON.stringify({ event }),
    });
    expect(answer.status).toBe(200);
    expect(await allEvents(1)).toMatchObject([{ userId: event.user.id, reason: 'ACCOUNT_DISABLED' }]);
  });

  it('is nobody’s business in another tenant than that of the service', async () => {
    await stop();
    await start('None', { FUSIONAUTH_TENANT_ID: '0b9cbf1a-3f0e-4c8e-9c53-0d2a5e1f7b11' });
    const alice = service.user({ sessions: 1 });
    await fusionAuth('DELETE', `/api/jwt/refresh/${alice.sessions[0]?.id}`);
    expect(await allEvents(0)).toEqual([]);
  });
});
