import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi, signIn } from '../support/api-client.js';
import type { WebhookReceiver } from '../support/webhook-receiver.js';
import { type Subscribed, startSubscribed } from './subscribed.js';

const revoke = 'jwt.refresh-token.revoke';
const path = '/api/jwt/refresh';

let world: Subscribed;
let emulator: Emulator;
let receiver: WebhookReceiver;
let shop: Application;
let alice: User;
let subscribe: Subscribed['subscribe'];
let received: Subscribed['received'];
let desk: Application;

beforeEach(async () => {
  world = await startSubscribed();
  ({ emulator, receiver, shop, alice, subscribe, received } = world);
  desk = emulator.store.addApplication({ name: 'Desk' });
});

afterEach(() => world[Symbol.asyncDispose]());

describe('jwt.refresh-token.revoke', () => {
  beforeEach(() => subscribe([revoke]));

  it('for one session carries the session', async () => {
    const session = emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    await callApi(emulator, 'DELETE', `${path}/${session.id}`, { headers: { 'user-agent': 'test' } });

    expect(await received()).toEqual([
      {
        applicationId: shop.id,
        applicationTimeToLiveInSeconds: { [shop.id]: 300 },
        createInstant: expect.any(Number),
        id: expect.any(String),
        info: { ipAddress: '127.0.0.1', userAgent: 'test' },
        linkedObjectId: alice.id,
        refreshToken: session,
        tenantId: emulator.tenantId,
        type: revoke,
        user: expect.objectContaining({ id: alice.id }),
        userId: alice.id,
      },
    ]);
  });

  it('for a single sign-on session names no application', async () => {
    const session = emulator.store.addSession({ userId: alice.id });
    await callApi(emulator, 'DELETE', `${path}/${session.id}`);

    const [event] = await received();
    expect(event).toMatchObject({ applicationTimeToLiveInSeconds: {}, refreshToken: { id: session.id } });
    expect(event).not.toHaveProperty('applicationId');
  });

  it('for a user names every application concerned and no session', async () => {
    emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    emulator.store.addSession({ userId: alice.id, applicationId: desk.id });
    emulator.store.addSession({ userId: alice.id });
    await callApi(emulator, 'DELETE', `${path}?userId=${alice.id}`);

    const [event, ...others] = await received();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      applicationTimeToLiveInSeconds: { [shop.id]: 300, [desk.id]: 3_600 },
      userId: alice.id,
    });
    expect(event).not.toHaveProperty('applicationId');
    expect(event).not.toHaveProperty('refreshToken');
  });

  it('for a user in an application names both and no session', async () => {
    emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    await callApi(emulator, 'DELETE', `${path}?userId=${alice.id}&applicationId=${shop.id}`);

    const [event] = await received();
    expect(event).toMatchObject({
      applicationId: shop.id,
      applicationTimeToLiveInSeconds: { [shop.id]: 300 },
      userId: alice.id,
    });
    expect(event).not.toHaveProperty('refreshToken');
  });

  it('for an application names no user', async () => {
    emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    await callApi(emulator, 'DELETE', `${path}?applicationId=${shop.id}`);

    const [event] = await received();
    expect(event).toMatchObject({ applicationId: shop.id, applicationTimeToLiveInSeconds: { [shop.id]: 300 } });
    expect(event).not.toHaveProperty('userId');
    expect(event).not.toHaveProperty('user');
  });

  it('is not fired when there is nothing to revoke', async () => {
    await callApi(emulator, 'DELETE', `${path}?userId=${alice.id}`);
    await callApi(emulator, 'DELETE', `${path}/00000000-0000-0000-0000-000000000099`);
    expect(await received()).toEqual([]);
  });

  it('is fired once when two calls revoke the same session at once', async () => {
    const { id } = emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    await Promise.all([1, 2].map(() => callApi(emulator, 'DELETE', `${path}/${id}`)));
    expect(await received()).toHaveLength(1);
  });
});

describe('other session events', () => {
  it('jwt.refresh carries the presented secret and the new access token', async () => {
    subscribe(['jwt.refresh']);
    const login = await signIn(emulator, 'alice', shop.id);
    const answer = await callApi(emulator, 'POST', path, {
      body: { refreshToken: login.refreshToken, token: login.token },
    });

    const { token } = answer.json() as { token: string };
    expect(await received()).toMatchObject([
      {
        type: 'jwt.refresh',
        applicationId: shop.id,
        original: login.token,
        refreshToken: login.refreshToken,
        token,
        userId: alice.id,
      },
    ]);
  });

  it('user.login.success is fired before the session exists', async () => {
    subscribe(['user.login.success'], {}, 'Any');
    let sessionsAtWebhook: number | undefined;
    receiver.onDelivery = () => {
      sessionsAtWebhook = emulator.store.sessionsOf(alice.id).length;
    };

    await signIn(emulator, 'alice', shop.id, { ipAddress: '192.0.2.1' });

    expect(sessionsAtWebhook).toBe(0);
    expect(emulator.store.sessionsOf(alice.id)).toHaveLength(1);
    const [event] = await received();
    expect(event).toMatchObject({
      applicationId: shop.id,
      authenticationType: 'PASSWORD',
      ipAddress: '192.0.2.1',
      user: { id: alice.id },
    });
    expect(JSON.stringify(event)).not.toMatch(/refreshToken/i);
  });

  it('user.login.failed tells a wrong password, and nothing of unknown users', async () => {
    subscribe(['user.login.failed']);
    await signIn(emulator, 'alice', shop.id, { password: 'wrong' }).catch(() => undefined);
    await signIn(emulator, 'nobody', shop.id).catch(() => undefined);

    expect(await received()).toMatchObject([{ reason: { code: 'credentials' }, user: { id: alice.id } }]);
  });
});

describe('the three switches', () => {
  const revokeOne = async () => {
    const { id } = emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
    await callApi(emulator, 'DELETE', `${path}/${id}`);
  };

  it('keep events back when one of them is off', async () => {
    const eventsEnabled = { [revoke]: true };
    emulator.store.addWebhook({ url: receiver.url, eventsEnabled });
    await revokeOne();

    emulator.store.enableEvents([revoke]);
    emulator.store.webhooks.clear();
    emulator.store.addWebhook({ url: receiver.url, eventsEnabled: { 'jwt.refresh': true } });
    emulator.store.addWebhook({ url: receiver.url, eventsEnabled, tenantIds: [emulator.store.addTenant().id] });
    await revokeOne();

    expect(await received()).toEqual([]);
  });

  it('let events through to webhooks of the tenant', async () => {
    subscribe([revoke], { tenantIds: [emulator.tenantId] });
    await revokeOne();
    expect(await received()).toHaveLength(1);
  });
});
