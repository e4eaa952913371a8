import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callApi } from '../support/api-client.js';
import type { TestUser } from '../support/users.js';
import { startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';

const revoke = 'jwt.refresh-token.revoke';
const path = '/api/jwt/refresh';

let endpoint: WebhookEndpoint;
let alice: TestUser;

beforeEach(async () => {
  endpoint = await startWebhookEndpoint();
  alice = endpoint.user({ sessions: 2, ssoSessions: 1 });
});

afterEach(() => endpoint[Symbol.asyncDispose]());

const facts = () => ({
  id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  occurredAt: expect.any(Number),
  tenantId: endpoint.emulator.tenantId,
});

describe('jwt.refresh-token.revoke', () => {
  beforeEach(() => endpoint.subscribe([revoke]));

  it('for one session is handled with session, user, application and lifetime', async () => {
    const [session] = alice.sessions;
    await callApi(endpoint.emulator, 'DELETE', `${path}/${session?.id}`);
    expect(await endpoint.settled()).toEqual([
      {
        ...facts(),
        kind: 'sessionRevoked',
        sessionId: session?.id,
        userId: alice.id,
        applicationId: endpoint.shop.id,
        device: null,
        accessTokenLifetimes: new Map([[endpoint.shop.id, 300]]),
      },
    ]);
  });

  it('for one session is handled with its device', async () => {
    const device = { name: 'Lost phone', description: 'Chrome', type: 'MOBILE' };
    const session = alice.addSession({ device });
    await callApi(endpoint.emulator, 'DELETE', `${path}/${session.id}`);
    expect(await endpoint.settled()).toMatchObject([{ kind: 'sessionRevoked', sessionId: session.id, device }]);
  });

  it('for an SSO session is handled without an application', async () => {
    const [session] = alice.ssoSessions;
    await callApi(endpoint.emulator, 'DELETE', `${path}/${session?.id}`);
    expect(await endpoint.settled()).toEqual([
      {
        ...facts(),
        kind: 'sessionRevoked',
        sessionId: session?.id,
        userId: alice.id,
        applicationId: null,
        device: null,
        accessTokenLifetimes: new Map(),
      },
    ]);
  });

  it('for a user is handled with the lifetimes of every application', async () => {
    alice.addSession({ applicationId: endpoint.desk.id });
    await callApi(endpoint.emulator, 'DELETE', `${path}?userId=${alice.id}`);
    expect(await endpoint.settled()).toEqual([
      {
        ...facts(),
        kind: 'userRevoked',
        userId: alice.id,
        applicationId: null,
        accessTokenLifetimes: new Map([
          [endpoint.shop.id, 300],
          [endpoint.desk.id, 3_600],
        ]),
      },
    ]);
  });

  it('for a user with nothing but an SSO session is handled', async () => {
    const bob = endpoint.user({ ssoSessions: 1 });
    await callApi(endpoint.emulator, 'DELETE', `${path}?userId=${bob.id}`);
    expect(await endpoint.settled()).toMatchObject([
      { kind: 'userRevoked', userId: bob.id, accessTokenLifetimes: new Map() },
    ]);
  });

  it('for a user in an application is handled with both', async () => {
    await callApi(endpoint.emulator, 'DELETE', `${path}?userId=${alice.id}&applicationId=${endpoint.shop.id}`);
    expect(await endpoint.settled()).toEqual([
      {
        ...facts(),
        kind: 'userRevoked',
        userId: alice.id,
        applicationId: endpoint.shop.id,
        accessTokenLifetimes: new Map([[endpoint.shop.id, 300]]),
      },
    ]);
  });

  it('for an application is handled without a user', async () => {
    await callApi(endpoint.emulator, 'DELETE', `${path}?applicationId=${endpoint.shop.id}`);
    expect(await endpoint.settled()).toEqual([
      {
        ...facts(),
        kind: 'applicationRevoked',
        applicationId: endpoint.shop.id,
        accessTokenLifetimes: new Map([[endpoint.shop.id, 300]]),
      },
    ]);
  });
});

describe('jwt.refresh', () => {
  it('is handled with the session that the new access token names', async () => {
    endpoint.subscribe(['jwt.refresh']);
    const { refreshToken, refreshTokenId } = await alice.login();
    await callApi(endpoint.emulator, 'POST', path, { body: { refreshToken } });
    expect(await endpoint.settled()).toEqual([
      {
        ...facts(),
        kind: 'sessionRefreshed',
        userId: alice.id,
        applicationId: endpoint.shop.id,
        sessionId: refreshTokenId,
      },
    ]);
  });

  it('names the same session after a one-time token was rotated', async () => {
    endpoint.subscribe(['jwt.refresh', revoke]);
    const application = endpoint.emulator.store.addApplication({
      name: 'Rotating',
      jwtConfiguration: { enabled: true, refreshTokenUsagePolicy: 'OneTimeUse' },
    });
    const bob = endpoint.emulator.store.addUser({
      email: 'bob@example.com',
      password: 'password',
      applicationIds: [application.id],
    });
    const { id, token } = endpoint.emulator.store.addSession({ userId: bob.id, applicationId: application.id });
    const first = await callApi(endpoint.emulator, 'POST', path, { body: { refreshToken: token } });
    const { refreshToken } = first.json() as { refreshToken: string };
    expect(refreshToken).not.toBe(token);
    await callApi(endpoint.emulator, 'POST', path, { body: { refreshToken } });
    expect(await endpoint.settled()).toMatchObject([
      { kind: 'sessionRefreshed', sessionId: id },
      { kind: 'sessionRefreshed', sessionId: id },
    ]);
  });
});

describe('user.login.success', () => {
  beforeEach(() => endpoint.subscribe(['user.login.success']));

  it('is handled with user and application', async () => {
    await alice.login();
    expect(await endpoint.settled()).toEqual([
      { ...facts(), kind: 'userSignedIn', userId: alice.id, applicationId: endpoint.shop.id, deviceType: null },
    ]);
  });

  it('is handled with the type of the device, where that is one', async () => {
    for (const deviceType of ['MOBILE', '']) {
      await callApi(endpoint.emulator, 'POST', '/api/login', {
        body: { loginId: alice.email, password: 'password', eventInfo: { deviceType } },
      });
    }
    expect(await endpoint.settled()).toMatchObject([{ deviceType: 'MOBILE' }, { deviceType: null }]);
  });

  it('is handled without an application when the user is not registered', async () => {
    const { id } = endpoint.emulator.store.addUser({ email: 'carol@example.com', password: 'password' });
    await callApi(endpoint.emulator, 'POST', '/api/login', {
      body: { loginId: 'carol@example.com', password: 'password', applicationId: endpoint.shop.id },
    });
    const nothingElse = { applicationId: null, deviceType: null };
    expect(await endpoint.settled()).toEqual([{ ...facts(), kind: 'userSignedIn', userId: id, ...nothingElse }]);
  });
});

describe('a registration', () => {
  beforeEach(() => endpoint.subscribe(['user.registration.create', 'user.registration.create.complete']));

  it('is handled with user and application, before it and after it', async () => {
    const { id } = endpoint.emulator.store.addUser({ email: 'carol@example.com', password: 'password' });
    await callApi(endpoint.emulator, 'POST', `/api/user/registration/${id}`, {
      body: { registration: { applicationId: endpoint.shop.id } },
    });
    const registered = { ...facts(), kind: 'userRegistered', userId: id, applicationId: endpoint.shop.id };
    expect(await endpoint.settled()).toEqual([registered, registered]);
  });
});

describe('of users', () => {
  beforeEach(() => endpoint.subscribe(['user.deactivate', 'user.delete', 'user.password.update']));

  it('a deactivation, which is how FusionAuth deletes softly, is handled', async () => {
    await callApi(endpoint.emulator, 'DELETE', `/api/user/${alice.id}`);
    expect(await endpoint.settled()).toEqual([{ ...facts(), kind: 'userDeactivated', userId: alice.id }]);
  });

  it('a deletion is handled', async () => {
    await callApi(endpoint.emulator, 'DELETE', `/api/user/${alice.id}?hardDelete=true`);
    expect(await endpoint.settled()).toEqual([{ ...facts(), kind: 'userDeleted', userId: alice.id }]);
  });

  it('a new password is handled', async () => {
    await callApi(endpoint.emulator, 'PATCH', `/api/user/${alice.id}`, {
      body: { user: { password: 'new-password' } },
    });
    expect(await endpoint.settled()).toEqual([{ ...facts(), kind: 'passwordChanged', userId: alice.id }]);
  });
});

describe('in a transaction', () => {
  it('an operation succeeds, as the delivery is answered', async () => {
    endpoint.subscribe([revoke, 'user.login.success', 'jwt.refresh'], {}, 'AbsoluteMajority');
    const { refreshToken, refreshTokenId } = await alice.login();
    expect((await callApi(endpoint.emulator, 'POST', path, { body: { refreshToken } })).status).toBe(200);
    expect((await callApi(endpoint.emulator, 'DELETE', `${path}/${refreshTokenId}`)).status).toBe(200);
    expect((await endpoint.settled()).map(({ kind }) => kind)).toEqual([
      'userSignedIn',
      'sessionRefreshed',
      'sessionRevoked',
    ]);
  });
});
