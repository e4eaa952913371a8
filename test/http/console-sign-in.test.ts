import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsolePerson, cookieKey, startTestConsole, type TestConsole } from '../support/console.js';
import { subscribe } from '../support/subscription.js';

const viewer = '{ viewer { kind displayName sessionId permissions } }';
const minuteMs = 60_000;

let service: TestConsole;

beforeAll(async () => {
  service = await startTestConsole();
});

afterAll(() => service[Symbol.asyncDispose]());

async function signedIn(loginId = 'sasha@example.com', at = service): Promise<ConsolePerson> {
  const person = new ConsolePerson(at);
  expect(await person.signIn(loginId)).toBe(`${at.consoleUrl}/`);
  return person;
}

const statusOf = async (person: ConsolePerson, headers = {}) => (await person.query(viewer, headers)).status;

describe('signing in to the console', () => {
  it('makes calls those of the person, with the permissions of the roles', async () => {
    const person = await signedIn();
    const { body } = await person.query(viewer);
    expect(body).toMatchObject({
      data: {
        viewer: {
          kind: 'USER',
          displayName: 'Sasha Stone',
          sessionId: expect.any(String),
          permissions: ['session:read', 'session:revoke', 'event:subscribe', 'policy:read'],
        },
      },
    });
    const lead = await (await signedIn('lee@example.com')).query(viewer);
    expect(lead.body.data.viewer.permissions).toContain('audit:read');
  });

  it('is offered with one click for the people of a demo', async () => {
    const person = new ConsolePerson(service);
    const begun = await person.jar.fetch(`${service.consoleUrl}/login`);
    const page = await (await person.jar.fetch(begun.headers.get('location') ?? '')).text();
    expect(page).toContain('Sign in as Sasha Stone (support)');
    expect(page).toContain('Sign in as Lee Lang (lead)');
  });

  it('lets streams be opened, which end with the sign-in', async () => {
    const person = await signedIn();
    const headers = {
      cookie: person.jar.of(service.url).join('; '),
      'x-fusionauth-sessions-console': '1',
      'sec-fetch-site': 'same-origin',
    };
    await using events = await subscribe(service, null, {}, { headers });
    expect(events.status).toBe(200);
    await person.signOut();
    const { errors } = await events.next().then(
      async (event) => (event.errors === undefined ? events.next() : event),
      (error: unknown) => Promise.reject(error),
    );
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('a sign-in to the console', () => {
  it('ends when nobody does anything for CONSOLE_IDLE_SECONDS, and lasts while somebody does', async () => {
    const person = await signedIn();
    for (let minutes = 0; minutes < 60; minutes += 12) {
      service.emulator.clock.advance(12 * minuteMs);
      expect(await statusOf(person)).toBe(200);
    }
    service.emulator.clock.advance(15 * minuteMs);
    expect(await statusOf(person)).toBe(401);
  });

  it('is not kept alive by pages that keep themselves up to date', async () => {
    const person = await signedIn();
    for (const _ of [1, 2]) {
      service.emulator.clock.advance(7 * minuteMs);
      expect(await statusOf(person, { 'x-fusionauth-sessions-console': 'background' })).toBe(200);
    }
    service.emulator.clock.advance(2 * minuteMs);
    expect(await statusOf(person)).toBe(401);
  });

  it('ends CONSOLE_SESSION_SECONDS after it began, whatever somebody does', async () => {
    await using strict = await startTestConsole({ env: { CONSOLE_SESSION_SECONDS: '1800' } });
    const person = await signedIn('sasha@example.com', strict);
    for (const status of [200, 200, 401]) {
      strict.emulator.clock.advance(10 * minuteMs);
      expect(await statusOf(person)).toBe(status);
    }
  });

  it('has the roles of the person refreshed when the access token ends, once for calls that come together', async () => {
    const person = await signedIn();
    const registration = [...service.emulator.store.users.values()]
      .find(({ email }) => email === 'sasha@example.com')
      ?.registrations.at(0);
    if (registration !== undefined) registration.roles = ['lead'];
    for (let minutes = 0; minutes < 60; minutes += 10) {
      service.emulator.clock.advance(10 * minuteMs);
      if (minutes < 50) await statusOf(person);
    }
    service.emulator.calls.clear();
    const answers = await Promise.all([1, 2, 3].map(() => person.query(viewer)));
    for (const { body } of answers) expect(body.data.viewer.permissions).toContain('audit:read');
    expect(service.emulator.calls.all().filter(({ path }) => path === '/oauth2/token')).toHaveLength(1);
    if (registration !== undefined) registration.roles = ['support'];
  });

  it('ends when the roles of the person no longer fit into a cookie, which browsers would not keep', async () => {
    const person = await signedIn();
    const registration = [...service.emulator.store.users.values()]
      .find(({ email }) => email === 'sasha@example.com')
      ?.registrations.at(0);
    if (registration !== undefined) registration.roles = Array.from({ length: 300 }, (_, index) => `role ${index}`);
    for (let minutes = 0; minutes < 50; minutes += 10) {
      service.emulator.clock.advance(10 * minuteMs);
      expect(await statusOf(person)).toBe(200);
    }
    service.emulator.clock.advance(10 * minuteMs);
    const { status, headers } = await person.query(viewer);
    if (registration !== undefined) registration.roles = ['support'];
    expect([status, headers.getSetCookie()]).toEqual([401, []]);
  });

  it('goes on with its access token while FusionAuth is away, and says so once that has ended', async () => {
    const person = await signedIn();
    const fault = service.emulator.faults.add({ path: '/oauth2/token', fault: { kind: 'status', status: 503 } });
    for (let minutes = 0; minutes < 59; minutes += 10) {
      service.emulator.clock.advance(9.9 * minuteMs);
      expect(await statusOf(person)).toBe(200);
    }
    service.emulator.clock.advance(2 * minuteMs);
    const { status, body } = await person.query(viewer);
    expect([status, body]).toMatchObject([503, { errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] }]);
    fault.remove();
    expect(await statusOf(person)).toBe(200);
  });

  it('ends at once when its session is revoked, as for any caller', async () => {
    const person = await signedIn();
    const { body } = await person.query(viewer);
    await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
      id: body.data.viewer.sessionId,
    });
    expect(await statusOf(person)).toBe(401);
    service.emulator.clock.advance(14 * minuteMs);
    expect(await statusOf(person)).toBe(401);
  });

  it('ends here and at FusionAuth when somebody signs out, and is recorded as that', async () => {
    const person = await signedIn();
    const { body } = await person.query(viewer);
    const copied = person.cookie;
    const { sessionId } = body.data.viewer;
    const answer = await person.signOut();
    const target = new URL(answer.headers.get('location') ?? '');
    expect([answer.status, target.pathname]).toEqual([303, '/oauth2/logout']);
    const back = await person.jar.fetch(target.href);
    expect(back.headers.get('location')).toBe(`${service.consoleUrl}/`);
    expect(person.cookie).toBeUndefined();
    // Whoever has copied the cookie has nothing by it.
    person.cookie = copied;
    expect(await statusOf(person)).toBe(401);
    const { endedSession } = await service.data<{ endedSession: object }>(
      'query ($id: ID!) { endedSession(id: $id) { reason } }',
      { id: sessionId },
    );
    expect(endedSession).toEqual({ reason: 'USER_LOGOUT' });
  });

  it('is not said to have ended where FusionAuth did not end it when somebody signed out', async () => {
    const person = await signedIn();
    const rule = service.emulator.faults.add({
      method: 'DELETE',
      path: '/api/jwt/refresh/*',
      fault: { kind: 'status', status: 500 },
    });
    const answer = await person.signOut();
    rule.remove();
    expect(answer.headers.get('location')).toMatch(`${service.consoleUrl}/?sign-in=unavailable`);
    expect(person.cookie).toBeUndefined();
  });

  it('goes on where FusionAuth does not take the client secret any longer, and then says who is at fault', async () => {
    const person = await signedIn();
    const { consoleUrl } = service;
    const { origin } = new URL(consoleUrl);
    const env = { PORT: '0', CONSOLE_CLIENT_SECRET: 'a-former-secret' };
    await using replica = await startTestConsole({ beside: service, consoleUrl, env });
    const there = new ConsolePerson({ ...replica, consoleUrl: `${replica.url}/console` });
    there.cookie = person.cookie;
    for (let minutes = 0; minutes < 59; minutes += 10) {
      service.emulator.clock.advance(9.9 * minuteMs);
      expect(await statusOf(there, { origin })).toBe(200);
    }
    service.emulator.clock.advance(2 * minuteMs);
    const { status, body } = await there.query(viewer, { origin });
    expect([status, body]).toMatchObject([503, { errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] }]);
    const begun = new ConsolePerson(service);
    const callback = new URL(await begun.authorize('sasha@example.com'));
    for (const cookie of begun.jar.of(service.url)) {
      const [name = '', value = ''] = cookie.split(/=(.*)/);
      there.jar.set(replica.url, name, value);
    }
    const answer = await there.jar.fetch(`${replica.url}/console/callback${callback.search}`);
    expect(answer.headers.get('location')).toMatch(`${consoleUrl}/?sign-in=unavailable`);
    expect(JSON.stringify(replica.logs)).toContain('invalid_client');
  });

  it('goes on at another replica, and over a restart with a new key before the old one', async () => {
    const { consoleUrl } = service;
    const person = await signedIn();
    await using replica = await startTestConsole({
      beside: service,
      consoleUrl,
      env: { PORT: '0', CONSOLE_COOKIE_KEYS: `${cookieKey(7)},${cookieKey(1)}` },
    });
    const there = new ConsolePerson(replica);
    there.cookie = person.cookie;
    expect(await statusOf(there)).toBe(200);
    service.emulator.clock.advance(2 * minuteMs);
    expect(await statusOf(there)).toBe(200);
    expect(there.cookie).not.toBe(person.cookie);
    // By the new key, which the first replica does not have yet.
    person.cookie = there.cookie;
    expect(await statusOf(person)).toBe(401);
  });
});
