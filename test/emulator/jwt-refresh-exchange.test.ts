import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovableClock } from '../../src/emulator/clock.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { JwtConfigurationInput } from '../../src/emulator/store/defaults.js';
import { callApi, type SignedIn, signIn } from '../support/api-client.js';

const minute = 60_000;

let emulator: Emulator;

beforeAll(async () => {
  const clock = new MovableClock();
  clock.set(1_790_000_000_000);
  emulator = await startEmulator({ clock });
});

afterAll(() => emulator[Symbol.asyncDispose]());

/** Signs a fresh user in to a fresh application with this token configuration. */
async function signedIn(jwtConfiguration: JwtConfigurationInput): Promise<SignedIn> {
  const application = emulator.store.addApplication({ name: 'Any', jwtConfiguration });
  emulator.store.addUser({ username: application.id, password: 'password', applicationIds: [application.id] });
  return signIn(emulator, application.id, application.id);
}

const exchange = (refreshToken: string, members: object = {}) =>
  callApi(emulator, 'POST', '/api/jwt/refresh', { authorization: null, body: { refreshToken, ...members } });

const invalid = {
  fieldErrors: {
    refreshToken: [{ code: '[invalid]refreshToken', message: 'The refresh token was not found or has expired.' }],
  },
  generalErrors: [],
};

describe('an exchange', () => {
  it('keeps the session id and the time of authentication, and says it was a refresh', async () => {
    const login = await signedIn({});
    emulator.clock.advance(10 * minute);

    const answer = await exchange(login.refreshToken);

    const body = answer.json() as SignedIn;
    expect(body).toMatchObject({ refreshToken: login.refreshToken, refreshTokenId: login.refreshTokenId });
    const before = decodeJwt(login.token);
    const after = decodeJwt(body.token);
    expect(after).toMatchObject({
      sid: login.refreshTokenId,
      authenticationType: 'REFRESH_TOKEN',
      auth_time: before['auth_time'],
    });
    expect(after.iat).toBe((before.iat ?? 0) + 600);
  });

  it('records when and from where the session was used', async () => {
    const { refreshToken, refreshTokenId } = await signedIn({});
    emulator.clock.advance(minute);

    await exchange(refreshToken, { eventInfo: { ipAddress: '192.0.2.77' } });

    expect(emulator.store.session(refreshTokenId)?.metaData?.device).toMatchObject({
      lastAccessedAddress: '192.0.2.77',
      lastAccessedInstant: emulator.clock.now(),
    });
  });

  it('gives the lifetime asked for, up to the configured one', async () => {
    const { refreshToken } = await signedIn({ timeToLiveInSeconds: 300 });

    const shorter = (await exchange(refreshToken, { timeToLiveInSeconds: 60 })).json() as SignedIn;
    const { exp = 0, iat = 0 } = decodeJwt(shorter.token);
    expect(exp - iat).toBe(60);
    expect((await exchange(refreshToken, { timeToLiveInSeconds: 301 })).status).toBe(400);
  });

  it('takes the token of the cookie before the one of the body', async () => {
    const cookie = await signedIn({});
    const answer = await callApi(emulator, 'POST', '/api/jwt/refresh', {
      headers: { cookie: `refresh_token=${encodeURIComponent(cookie.refreshToken)}` },
      body: { refreshToken: 'other' },
    });

    expect(answer.json()).toMatchObject({ refreshTokenId: cookie.refreshTokenId });
  });

  it('refuses unknown and revoked tokens, and those of single sign-on, with the observed error', async () => {
    const login = await signedIn({});
    await callApi(emulator, 'DELETE', `/api/jwt/refresh/${login.refreshTokenId}`);
    const singleSignOn = emulator.store.addSession({ userId: emulator.store.addUser().id });

    for (const token of ['unknown', login.refreshToken, singleSignOn.token]) {
      const answer = await exchange(token);
      expect(answer.status).toBe(400);
      expect(answer.json()).toEqual(invalid);
    }
  });

  it('is refused for a deactivated user and for an application that does not allow it', async () => {
    const login = await signedIn({});
    const user = emulator.store.users.get(decodeJwt(login.token).sub ?? '');
    const application = emulator.store.applications.get(`${decodeJwt(login.token).aud}`);
    if (user === undefined || application === undefined) {
      throw new Error('The token names no user or no application');
    }
    user.active = false;
    expect((await exchange(login.refreshToken)).status).toBe(400);
    user.active = true;
    application.loginConfiguration.allowTokenRefresh = false;
    expect((await exchange(login.refreshToken)).status).toBe(400);
    application.loginConfiguration.allowTokenRefresh = true;
    expect((await exchange(login.refreshToken)).status).toBe(200);
  });
});

describe('a one-time-use token', () => {
  const oneTime: JwtConfigurationInput = { refreshTokenUsagePolicy: 'OneTimeUse' };

  it('changes its value and keeps its id with each exchange', async () => {
    const login = await signedIn(oneTime);

    const second = (await exchange(login.refreshToken)).json() as SignedIn;
    const third = (await exchange(second.refreshToken)).json() as SignedIn;

    expect(new Set([login, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(third.refreshTokenId).toBe(login.refreshTokenId);
  });

  it('works for exactly one of two concurrent exchanges', async () => {
    const login = await signedIn(oneTime);

    const answers = await Promise.all([exchange(login.refreshToken), exchange(login.refreshToken)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('ends the session when it is used twice, if the policy says so', async () => {
    const lenient = await signedIn(oneTime);
    await exchange(lenient.refreshToken);
    await exchange(lenient.refreshToken);
    expect(emulator.store.session(lenient.refreshTokenId)).toBeDefined();

    revokeOnReuse();
    const strict = await signedIn(oneTime);
    await exchange(strict.refreshToken);
    await exchange(strict.refreshToken);
    expect(emulator.store.session(strict.refreshTokenId)).toBeUndefined();
  });

  it('still works inside the grace period, gives the current value and is not rotated again', async () => {
    const login = await signedIn({
      ...oneTime,
      refreshTokenOneTimeUseConfiguration: { gracePeriodInSeconds: 10 },
    });
    revokeOnReuse();

    const first = (await exchange(login.refreshToken)).json() as SignedIn;
    emulator.clock.advance(9_999);
    const again = (await exchange(login.refreshToken)).json() as SignedIn;
    expect(again.refreshToken).toBe(first.refreshToken);

    emulator.clock.advance(1);
    expect((await exchange(login.refreshToken)).status).toBe(400);
    expect(emulator.store.session(login.refreshTokenId)).toBeUndefined();
  });
});

describe('the lifetime of a session', () => {
  const tenMinutes = { refreshTokenTimeToLiveInMinutes: 10 };
  const lives = ({ refreshTokenId }: SignedIn) => emulator.store.session(refreshTokenId) !== undefined;

  it('ends strictly after the configured lifetime, also for every API', async () => {
    const login = await signedIn(tenMinutes);

    emulator.clock.advance(10 * minute);
    expect(lives(login)).toBe(true);
    emulator.clock.advance(1);
    expect(lives(login)).toBe(false);
    const path = `/api/jwt/refresh/${login.refreshTokenId}`;
    expect((await callApi(emulator, 'GET', path)).status).toBe(404);
    expect((await callApi(emulator, 'DELETE', path)).status).toBe(404);
    expect((await exchange(login.refreshToken)).json()).toEqual(invalid);
  });

  it('is not prolonged by use under the Fixed policy', async () => {
    const login = await signedIn(tenMinutes);
    emulator.clock.advance(9 * minute);
    await exchange(login.refreshToken);
    emulator.clock.advance(2 * minute);
    expect(lives(login)).toBe(false);
  });

  it('starts anew with each exchange under a sliding window', async () => {
    const login = await signedIn({ ...tenMinutes, refreshTokenExpirationPolicy: 'SlidingWindow' });
    for (let round = 0; round < 3; round += 1) {
      emulator.clock.advance(9 * minute);
      expect((await exchange(login.refreshToken)).status).toBe(200);
    }
    expect(lives(login)).toBe(true);
  });

  it('slides no further than the maximum lifetime', async () => {
    const login = await signedIn({
      ...tenMinutes,
      refreshTokenExpirationPolicy: 'SlidingWindowWithMaximumLifetime',
      refreshTokenSlidingWindowConfiguration: { maximumTimeToLiveInMinutes: 15 },
    });
    emulator.clock.advance(9 * minute);
    await exchange(login.refreshToken);
    emulator.clock.advance(6 * minute);
    expect(lives(login)).toBe(true);
    emulator.clock.advance(1);
    expect(lives(login)).toBe(false);
  });

  it('follows the tenant unless the application has a configuration of its own', async () => {
    const { store, clock } = emulator;
    const tenant = store.addTenant({ jwtConfiguration: { refreshTokenTimeToLiveInMinutes: 1 } });
    const plain = store.addApplication({ name: 'Plain', tenantId: tenant.id });
    const own = store.addApplication({ name: 'Own', tenantId: tenant.id, jwtConfiguration: tenMinutes });
    const user = store.addUser({ tenantId: tenant.id });
    const short = store.addSession({ userId: user.id, applicationId: plain.id });
    const long = store.addSession({ userId: user.id, applicationId: own.id });

    clock.advance(2 * minute);

    expect([store.session(short.id), store.session(long.id)]).toEqual([undefined, long]);
  });

  it("is the tenant's inactivity interval for single sign-on", () => {
    const { store, clock } = emulator;
    const tenant = store.addTenant({ httpSessionMaxInactiveInterval: 120 });
    const session = store.addSession({ userId: store.addUser({ tenantId: tenant.id }).id });

    clock.advance(2 * minute);
    expect(store.session(session.id)).toEqual(session);
    clock.advance(1);
    expect(store.session(session.id)).toBeUndefined();
  });
});

/** The policy exists on the tenant only. */
function revokeOnReuse(): void {
  const { jwtConfiguration } = emulator.store.tenantOrThrow(emulator.tenantId);
  jwtConfiguration.refreshTokenRevocationPolicy.onOneTimeTokenReuse = true;
}
