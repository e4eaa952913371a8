import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, RefreshToken, User } from '../../src/emulator/store/records.js';
import { callApi, signIn } from '../support/api-client.js';

const path = '/api/jwt/refresh';

let emulator: Emulator;
let shop: Application;
let desk: Application;
let alice: User;
let bob: User;
let shopSession: RefreshToken;
let deskSession: RefreshToken;
let singleSignOn: RefreshToken;
let bobSession: RefreshToken;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

beforeEach(() => {
  const { store } = emulator;
  shop = store.addApplication({ name: 'Shop' });
  desk = store.addApplication({ name: 'Desk' });
  alice = store.addUser({ password: 'password', username: `alice ${shop.id}`, applicationIds: [shop.id] });
  bob = store.addUser({ password: 'password', username: `bob ${shop.id}`, applicationIds: [shop.id] });
  shopSession = store.addSession({ userId: alice.id, applicationId: shop.id });
  deskSession = store.addSession({ userId: alice.id, applicationId: desk.id });
  singleSignOn = store.addSession({ userId: alice.id });
  bobSession = store.addSession({ userId: bob.id, applicationId: shop.id });
});

/** Which of the four sessions live. */
function live(): RefreshToken[] {
  const sessions = [shopSession, deskSession, singleSignOn, bobSession];
  return sessions.filter(({ id }) => emulator.store.session(id) !== undefined);
}

describe('with an API key', () => {
  it('revokes one session by id once: a second call answers 404', async () => {
    const first = await callApi(emulator, 'DELETE', `${path}/${shopSession.id}`);
    const second = await callApi(emulator, 'DELETE', `${path}/${shopSession.id}`);

    expect([first.status, first.text]).toEqual([200, '']);
    expect([second.status, second.text]).toEqual([404, '']);
    expect(live()).toEqual([deskSession, singleSignOn, bobSession]);
  });

  it('revokes a session for exactly one of two concurrent calls', async () => {
    const answers = await Promise.all([1, 2].map(() => callApi(emulator, 'DELETE', `${path}/${shopSession.id}`)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it.each([
    ['query', (token: string) => callApi(emulator, 'DELETE', `${path}?token=${encodeURIComponent(token)}`)],
    ['form', (token: string) => callApi(emulator, 'DELETE', path, { body: new URLSearchParams({ token }) })],
    ['JSON body', (token: string) => callApi(emulator, 'DELETE', path, { body: { token } })],
  ])('revokes the session whose token is in the %s', async (_where, revoke) => {
    expect((await revoke(shopSession.token)).status).toBe(200);
    expect(live()).toEqual([deskSession, singleSignOn, bobSession]);
    expect((await revoke(shopSession.token)).status).toBe(404);
  });

  it('revokes all sessions of a user, single sign-on included', async () => {
    expect((await callApi(emulator, 'DELETE', `${path}?userId=${alice.id}`)).status).toBe(200);
    expect(live()).toEqual([bobSession]);
  });

  it('revokes the sessions of a user in one application and leaves single sign-on', async () => {
    const query = `userId=${alice.id}&applicationId=${shop.id}`;
    expect((await callApi(emulator, 'DELETE', `${path}?${query}`)).status).toBe(200);
    expect(live()).toEqual([deskSession, singleSignOn, bobSession]);
  });

  it('revokes the sessions of every user in an application', async () => {
    expect((await callApi(emulator, 'DELETE', path, { body: { applicationId: shop.id } })).status).toBe(200);
    expect(live()).toEqual([deskSession, singleSignOn]);
  });

  it('revokes nothing when nothing is named', async () => {
    expect((await callApi(emulator, 'DELETE', path)).status).toBe(400);
    expect(live()).toHaveLength(4);
  });

  it('revokes nothing when an id is malformed', async () => {
    const query = `userId=${alice.id}&applicationId=undefined`;
    const answer = await callApi(emulator, 'DELETE', `${path}?${query}`);

    expect(answer.json()).toMatchObject({
      fieldErrors: { applicationId: [{ code: '[couldNotConvert]applicationId' }] },
    });
    expect(live()).toHaveLength(4);
  });

  it('answers 200 for a user without sessions', async () => {
    const nobody = emulator.store.addUser();
    expect((await callApi(emulator, 'DELETE', `${path}?userId=${nobody.id}`)).status).toBe(200);
  });
});

describe('with an access token', () => {
  const bearer = async (user: User) => {
    const { token } = await signIn(emulator, user.username ?? '', shop.id);
    return { authorization: `Bearer ${token}` };
  };

  it('revokes the own session by id and by token', async () => {
    const own = await bearer(alice);
    expect((await callApi(emulator, 'DELETE', `${path}/${shopSession.id}`, own)).status).toBe(200);
    const body = new URLSearchParams({ token: deskSession.token });
    expect((await callApi(emulator, 'DELETE', path, { ...own, body })).status).toBe(200);
    expect(live()).toEqual([singleSignOn, bobSession]);
  });

  it('does not revoke a session of somebody else', async () => {
    const other = await bearer(bob);
    const token = encodeURIComponent(shopSession.token);
    expect((await callApi(emulator, 'DELETE', `${path}/${shopSession.id}`, other)).status).toBe(401);
    expect((await callApi(emulator, 'DELETE', `${path}?token=${token}`, other)).status).toBe(401);
    expect(live()).toHaveLength(4);
  });

  it('may not revoke by user or by application, not even the own', async () => {
    const own = await bearer(alice);
    expect((await callApi(emulator, 'DELETE', `${path}?userId=${alice.id}`, own)).status).toBe(401);
    expect((await callApi(emulator, 'DELETE', `${path}?applicationId=${shop.id}`, own)).status).toBe(401);
    expect(live()).toHaveLength(4);
  });
});
