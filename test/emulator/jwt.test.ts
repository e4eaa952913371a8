import { createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, User } from '../../src/emulator/store/records.js';
import { callApi, type SignedIn, signIn } from '../support/api-client.js';

let emulator: Emulator;
let shop: Application;
let alice: User;
let login: SignedIn;

beforeAll(async () => {
  emulator = await startEmulator();
  shop = emulator.store.addApplication({ name: 'Shop' });
  alice = emulator.store.addUser({ username: 'alice', password: 'password', applicationIds: [shop.id] });
  login = await signIn(emulator, 'alice', shop.id);
});

afterAll(() => emulator[Symbol.asyncDispose]());

const issue = (applicationId: string, refreshToken = '') =>
  callApi(emulator, 'GET', `/api/jwt/issue?${new URLSearchParams({ applicationId, refreshToken })}`, {
    authorization: `Bearer ${login.token}`,
  });

describe('a token issued for another application', () => {
  it('ends with the presented one and, without registration, names no application', async () => {
    emulator.clock.advance(60_000);
    const other = emulator.store.addApplication({ name: 'Other' });

    const answer = await issue(other.id, login.refreshToken);

    expect(answer.status).toBe(202);
    const body = answer.json() as SignedIn;
    expect(body).not.toHaveProperty('refreshToken');
    const claims = decodeJwt(body.token);
    expect(claims).toMatchObject({ aud: other.id, authenticationType: 'JWT_SSO', exp: decodeJwt(login.token).exp });
    expect(claims).not.toHaveProperty('applicationId');
  });

  it('comes with a session only where both applications expire sessions alike', async () => {
    const sliding = emulator.store.addApplication({
      name: 'Sliding',
      jwtConfiguration: { refreshTokenExpirationPolicy: 'SlidingWindow' },
    });
    const alike = emulator.store.addApplication({ name: 'Alike' });
    for (const { id } of [sliding, alike]) {
      await callApi(emulator, 'POST', `/api/user/registration/${alice.id}`, {
        body: { registration: { applicationId: id } },
      });
    }
    expect((await issue(sliding.id, login.refreshToken)).json()).not.toHaveProperty('refreshToken');
    expect((await issue(alike.id)).json()).not.toHaveProperty('refreshToken');
    expect((await issue(alike.id, 'of somebody else')).json()).not.toHaveProperty('refreshToken');
    expect((await issue(alike.id, login.refreshToken)).json()).toHaveProperty('refreshToken');
  });

  it('needs a valid token and a known application', async () => {
    const path = `/api/jwt/issue?applicationId=${shop.id}`;
    expect((await callApi(emulator, 'GET', path)).status).toBe(401);
    expect((await issue('00000000-0000-0000-0000-000000000099')).status).toBe(400);
  });
});

describe('validation', () => {
  it('accepts the cookie as well, and refuses altered and expired tokens', async () => {
    const validate = (token: string) =>
      callApi(emulator, 'GET', '/api/jwt/validate', {
        authorization: null,
        headers: { cookie: `access_token=${token}` },
      });

    expect((await validate(login.token)).status).toBe(200);
    expect((await validate(login.token.slice(0, -4))).status).toBe(401);
    emulator.clock.advance(3_600_000);
    expect((await validate(login.token)).status).toBe(401);
    emulator.clock.advance(-3_600_000);
  });
});

it('signs any claims for a caller with a key', async () => {
  const body = { claims: { sub: 'robot' }, timeToLiveInSeconds: 60 };
  const answer = await callApi(emulator, 'POST', '/api/jwt/vend', { body });
  const { exp = 0, iat = 0, sub } = decodeJwt((answer.json() as SignedIn).token);
  expect([exp - iat, sub]).toEqual([60, 'robot']);
  expect((await callApi(emulator, 'POST', '/api/jwt/vend', { body, authorization: null })).status).toBe(401);
  // An unknown key, and one that signs with the secret of a client, of which there is none here.
  for (const keyId of ['00000000-0000-0000-0000-000000000099', '092dbedc-30af-4149-9c61-b578f2c72f59']) {
    const refused = await callApi(emulator, 'POST', '/api/jwt/vend', { body: { ...body, keyId } });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('[invalid]keyId')]);
  }
});

it('publishes public keys by key, by application and all at once', async () => {
  const { kid } = decodeProtectedHeader(login.token);
  const get = async (query: string) => (await callApi(emulator, 'GET', `/api/jwt/public-key${query}`)).json();

  const { publicKey } = (await get(`?kid=${kid}`)) as { publicKey: string };
  await jwtVerify(login.token, createPublicKey(publicKey), { currentDate: new Date(emulator.clock.now()) });
  // Without JWT settings of its own an application has no key of its own.
  expect((await callApi(emulator, 'GET', `/api/jwt/public-key?applicationId=${shop.id}`)).status).toBe(404);
  shop.jwtConfiguration.enabled = true;
  expect(await get(`?applicationId=${shop.id}`)).toEqual({ publicKey });
  expect(await get('')).toEqual({ publicKeys: { [`${kid}`]: publicKey } });
  for (const unknown of ['kid=unknown', 'applicationId=00000000-0000-0000-0000-000000000099']) {
    expect((await callApi(emulator, 'GET', `/api/jwt/public-key?${unknown}`)).status).toBe(404);
  }
});
