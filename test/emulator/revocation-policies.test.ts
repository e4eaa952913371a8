import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/emulator/store/records.js';
import { oneTimeCode } from '../../src/emulator/two-factor.js';
import { callApi } from '../support/api-client.js';
import { type Subscribed, startSubscribed } from './subscribed.js';

let subscribed: Subscribed;
let emulator: Subscribed['emulator'];
let receiver: Subscribed['receiver'];
let shop: Subscribed['shop'];
let alice: Subscribed['alice'];
let subscribe: Subscribed['subscribe'];
let received: Subscribed['received'];

beforeEach(async () => {
  subscribed = await startSubscribed();
  ({ emulator, receiver, shop, alice, subscribe, received } = subscribed);
  emulator.store.addSession({ userId: alice.id, applicationId: shop.id });
  emulator.store.addSession({ userId: alice.id });
});

afterEach(() => subscribed[Symbol.asyncDispose]());

const login = () =>
  callApi(emulator, 'POST', '/api/login', {
    body: { loginId: 'alice', password: 'password', applicationId: shop.id },
  });

const setPassword = (password: string) =>
  callApi(emulator, 'PATCH', `/api/user/${alice.id}`, { body: { user: { password } } });

const liveSessions = () => emulator.store.sessionsOf(alice.id).length;

describe('a changed password', () => {
  it('ends every session, with one event for the user', async () => {
    subscribe(['jwt.refresh-token.revoke', 'user.password.update']);
    await setPassword('new password');

    expect(liveSessions()).toBe(0);
    const events = await received();
    expect(events.map(({ type }) => type).sort()).toEqual(['jwt.refresh-token.revoke', 'user.password.update']);
    expect(events.find(({ type }) => type === 'jwt.refresh-token.revoke')).toMatchObject({ userId: alice.id });
    expect(JSON.stringify(events)).not.toContain('new password');
  });

  it('leaves sessions alone when the tenant says so', async () => {
    emulator.store.tenantOrThrow(emulator.tenantId).jwtConfiguration.refreshTokenRevocationPolicy.onPasswordChanged =
      false;
    await setPassword('new password');
    expect(liveSessions()).toBe(2);
  });

  it('asks the tenant alone, whatever the JWT settings of an application say', async () => {
    const lenient = emulator.store.addApplication({
      name: 'Lenient',
      jwtConfiguration: { refreshTokenRevocationPolicy: { onPasswordChanged: false } },
    });
    emulator.store.addSession({ userId: alice.id, applicationId: lenient.id });
    await setPassword('new password');
    expect(emulator.store.sessionsOf(alice.id)).toEqual([]);
  });

  it('is what a user with the current password, or with the id of a 203, can ask for', async () => {
    const path = '/api/user/change-password';
    const body = { loginId: 'alice', currentPassword: 'wrong', password: 'new password' };
    expect((await callApi(emulator, 'POST', path, { body })).status).toBe(404);
    expect(liveSessions()).toBe(2);
    const right = { ...body, currentPassword: 'password', password: 'password' };
    expect((await callApi(emulator, 'POST', path, { body: right })).status).toBe(200);
    expect(liveSessions()).toBe(0);

    alice.passwordChangeRequired = true;
    const answer = await login();
    expect(answer.status).toBe(203);
    const { changePasswordId } = answer.json() as { changePasswordId: string };
    const anonymous = { authorization: null, body: { password: 'password' } };
    expect((await callApi(emulator, 'POST', `${path}/${changePasswordId}`, anonymous)).status).toBe(200);
    expect((await callApi(emulator, 'POST', `${path}/${changePasswordId}`, anonymous)).status).toBe(404);
    expect((await login()).status).toBe(200);
  });
});

it('the first authenticator of a user ends every session where the tenant says so, and a second one does not', async () => {
  const { jwtConfiguration } = emulator.store.tenantOrThrow(emulator.tenantId);
  const secret = Buffer.from('12345678901234567890').toString('base64');
  const code = oneTimeCode(Buffer.from(secret, 'base64'), Math.floor(emulator.clock.now() / 30_000));
  const enable = () =>
    callApi(emulator, 'POST', `/api/user/two-factor/${alice.id}`, { body: { method: 'authenticator', secret, code } });

  expect((await enable()).status).toBe(200);
  expect(liveSessions()).toBe(2);
  jwtConfiguration.refreshTokenRevocationPolicy.onMultiFactorEnable = true;
  await enable();
  expect(liveSessions()).toBe(2);
  alice.twoFactor = { methods: [] };
  await enable();
  expect(liveSessions()).toBe(0);
});

describe('a user action that prevents login', () => {
  async function lock(): Promise<string> {
    const kind = await callApi(emulator, 'POST', '/api/user-action', {
      body: { userAction: { name: 'Lock', preventLogin: true, temporal: true } },
    });
    const { id } = (kind.json() as { userAction: { id: string } }).userAction;
    const action = { actioneeUserId: alice.id, userActionId: id, expiry: emulator.clock.now() + 60_000 };
    const taken = await callApi(emulator, 'POST', '/api/user/action', { body: { action } });
    return (taken.json() as { action: { id: string } }).action.id;
  }

  it('ends every session and answers 409 with the action until it expires', async () => {
    subscribe(['user.action', 'jwt.refresh-token.revoke']);
    const actionId = await lock();

    expect(liveSessions()).toBe(0);
    const answer = await login();
    expect(answer.status).toBe(409);
    expect(answer.json()).toMatchObject({ actions: [{ actionId, name: 'Lock' }] });
    const events = await received();
    expect(events).toContainEqual(expect.objectContaining({ type: 'user.action', phase: 'start', actionId }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'jwt.refresh-token.revoke', userId: alice.id }));

    emulator.clock.advance(60_000);
    expect((await login()).status).toBe(200);
  });

  it('can be cancelled, and leaves sessions alone when the tenant says so', async () => {
    emulator.store.tenantOrThrow(emulator.tenantId).jwtConfiguration.refreshTokenRevocationPolicy.onLoginPrevented =
      false;
    const actionId = await lock();
    expect(liveSessions()).toBe(2);
    await callApi(emulator, 'DELETE', `/api/user/action/${actionId}`);
    expect((await login()).status).toBe(200);
  });
});

describe('the user action API', () => {
  const post = (path: string, body: object) => callApi(emulator, 'POST', path, { body });

  it('lists, changes and retires kinds, and reads and changes what was done to a user', async () => {
    const made = await post('/api/user-action', { userAction: { name: 'Note' } });
    const { id } = (made.json() as { userAction: { id: string } }).userAction;
    await callApi(emulator, 'PATCH', `/api/user-action/${id}`, { body: { userAction: { name: 'Remark' } } });
    const kinds = await callApi(emulator, 'GET', '/api/user-action');
    expect(kinds.json()).toMatchObject({ userActions: [{ id, name: 'Remark', active: true }] });

    const action = { actioneeUserId: alice.id, userActionId: id, comment: 'first' };
    const taken = await post('/api/user/action', { action });
    const path = `/api/user/action/${(taken.json() as { action: { id: string } }).action.id}`;
    await callApi(emulator, 'PUT', path, { body: { action: { comment: 'second' } } });
    expect((await callApi(emulator, 'GET', path)).json()).toMatchObject({ action: { comment: 'second' } });
    const ofUser = await callApi(emulator, 'GET', `/api/user/action?userId=${alice.id}`);
    expect(ofUser.json()).toMatchObject({ actions: [{ comment: 'second', name: 'Remark' }] });
    expect((await login()).status).toBe(200);

    await callApi(emulator, 'DELETE', `/api/user-action/${id}`);
    expect((await post('/api/user/action', { action })).text).toContain('[invalid]action.userActionId');
  });

  it('names what is missing or unknown', async () => {
    const made = await post('/api/user-action', { userAction: { name: 'Ban', temporal: true } });
    const { id: userActionId } = (made.json() as { userAction: { id: string } }).userAction;
    const act = async (action: object) => (await post('/api/user/action', { action })).text;

    expect(await act({})).toContain('[missing]action.actioneeUserId');
    expect(await act({ actioneeUserId: userActionId })).toContain('[invalid]action.actioneeUserId');
    expect(await act({ actioneeUserId: alice.id })).toContain('[invalid]action.userActionId');
    expect(await act({ actioneeUserId: alice.id, userActionId })).toContain('[missing]action.expiry');
    const unknown = '/api/user/action/00000000-0000-0000-0000-000000000099';
    expect((await callApi(emulator, 'GET', unknown)).status).toBe(404);
    expect((await callApi(emulator, 'GET', '/api/user/action')).text).toContain('[missing]userId');
  });
});

describe('a user', () => {
  it('with an unverified address answers 212 where the tenant gates it', async () => {
    alice.verified = false;
    expect((await login()).status).toBe(200);
    emulator.store.tenantOrThrow(emulator.tenantId).emailConfiguration = {
      verifyEmail: true,
      unverified: { behavior: 'Gated' },
    };
    const answer = await login();
    expect(answer.status).toBe(212);
    expect(answer.json()).toMatchObject({ user: { id: alice.id } });
  });

  it('stays unverified when it or its registration is updated', async () => {
    const [registration] = alice.registrations;
    for (const one of [alice, registration]) if (one !== undefined) one.verified = false;
    const path = `/api/user/registration/${alice.id}`;
    await callApi(emulator, 'PUT', path, { body: { registration: { applicationId: shop.id, roles: ['buyer'] } } });
    const updated = await callApi(emulator, 'PUT', `/api/user/${alice.id}`, { body: { user: { username: 'alice' } } });
    expect(updated.json()).toMatchObject({
      user: { verified: false, registrations: [{ roles: ['buyer'], verified: false }] },
    });
  });

  it('keeps its sessions when deactivated and loses them when deleted', async () => {
    await callApi(emulator, 'DELETE', `/api/user/${alice.id}`);
    expect(liveSessions()).toBe(2);
    await callApi(emulator, 'DELETE', `/api/user/${alice.id}?hardDelete=true`);
    expect(liveSessions()).toBe(0);
    expect(emulator.store.sessions.size).toBe(0);
  });

  it('fires an event for each change', async () => {
    subscribe(['user.create', 'user.update', 'user.deactivate', 'user.reactivate', 'user.delete']);
    const created = await callApi(emulator, 'POST', '/api/user', {
      body: { user: { username: 'bo', password: 'password' } },
    });
    const path = `/api/user/${(created.json() as { user: User }).user.id}`;
    await callApi(emulator, 'PATCH', path, { body: { user: { fullName: 'Bo' } } });
    await callApi(emulator, 'DELETE', path);
    await callApi(emulator, 'PUT', `${path}?reactivate=true`);
    await callApi(emulator, 'DELETE', `${path}?hardDelete=true`);

    const events = await received();
    expect(events.map(({ type }) => type).sort()).toEqual([
      'user.create',
      'user.deactivate',
      'user.delete',
      'user.reactivate',
      'user.update',
    ]);
    const update = events.find(({ type }) => type === 'user.update');
    expect(update).toMatchObject({ user: { fullName: 'Bo' }, original: { username: 'bo' } });
    expect(update?.['original']).not.toHaveProperty('fullName');
    expect(JSON.stringify(events)).not.toMatch(/"password"/);
  });

  it('is not created when a webhook refuses', async () => {
    emulator.store.enableEvents(['user.create'], 'AbsoluteMajority');
    emulator.store.addWebhook({ url: receiver.url, eventsEnabled: { 'user.create': true } });
    receiver.answerNext(403);
    const body = { user: { username: 'cy', password: 'password' } };

    expect((await callApi(emulator, 'POST', '/api/user', { body })).status).toBe(504);
    expect((await callApi(emulator, 'GET', '/api/user?username=cy')).status).toBe(404);
  });
});
