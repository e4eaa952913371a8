import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsolePerson, startTestConsole, type TestConsole } from '../../support/console.js';
import { holdCalls } from '../../support/hold-calls.js';

const loginCookie = 'fusionauth-sessions-console-login';

let service: TestConsole;

beforeAll(async () => {
  service = await startTestConsole();
});

afterAll(() => service[Symbol.asyncDispose]());

const failed = () => expect.stringMatching(`^${service.consoleUrl}/\\?sign-in=failed&request=`);
const location = (response: Response) => response.headers.get('location');

/** How many calls for tokens FusionAuth got. */
const tokenCalls = () => service.emulator.calls.all().filter(({ path }) => path === '/oauth2/token').length;

describe('a sign-in to the console', () => {
  it('asks FusionAuth for a code with PKCE, state and nonce, each new', async () => {
    const seen = new Set<string>();
    for (const person of [new ConsolePerson(service), new ConsolePerson(service)]) {
      const begun = await person.jar.fetch(`${service.consoleUrl}/login`);
      const { searchParams, origin } = new URL(location(begun) ?? '');
      expect(origin).toBe(service.emulator.url);
      expect(Object.fromEntries(searchParams)).toMatchObject({
        response_type: 'code',
        code_challenge_method: 'S256',
        redirect_uri: `${service.consoleUrl}/callback`,
        scope: 'openid offline_access',
      });
      for (const name of ['state', 'nonce', 'code_challenge']) seen.add(searchParams.get(name) ?? '');
    }
    expect(seen.size).toBe(6);
  });

  it('is completed by nobody but the browser that began it', async () => {
    const callback = await new ConsolePerson(service).authorize('lee@example.com');
    const victim = new ConsolePerson(service);
    const before = tokenCalls();
    // Without a sign-in under way, and with another one.
    expect(location(await victim.jar.fetch(callback))).toEqual(failed());
    await victim.jar.fetch(`${service.consoleUrl}/login`);
    expect(location(await victim.jar.fetch(callback))).toEqual(failed());
    expect(victim.cookie).toBeUndefined();
    expect(tokenCalls()).toBe(before);
  });

  it.each([
    ['with another state', '?code=x&state=x'],
    ['with no state', '?code=x'],
    ['with an error and another state', '?error=access_denied&state=x'],
    ['with nothing', ''],
  ])('is not taken away by a callback %s, to which any page can send the browser', async (_what, query) => {
    const person = new ConsolePerson(service);
    const callback = await person.authorize('sasha@example.com');
    const before = tokenCalls();
    expect(location(await person.jar.fetch(`${service.consoleUrl}/callback${query}`))).toEqual(failed());
    expect(tokenCalls()).toBe(before);
    expect(location(await person.jar.fetch(callback))).toBe(`${service.consoleUrl}/`);
    expect(person.cookie).toBeDefined();
  });

  it('cannot be completed twice, not even with the cookie of the first time', async () => {
    const person = new ConsolePerson(service);
    const callback = await person.authorize('sasha@example.com');
    const [kept = ''] = person.jar.of(service.url).filter((cookie) => cookie.startsWith(loginCookie));
    expect(location(await person.jar.fetch(callback))).toBe(`${service.consoleUrl}/`);
    expect(person.jar.of(service.url).some((cookie) => cookie.startsWith(loginCookie))).toBe(false);
    expect(location(await person.jar.fetch(callback))).toEqual(failed());
    const thief = new ConsolePerson(service);
    thief.jar.set(service.url, loginCookie, kept.slice(loginCookie.length + 1));
    expect(location(await thief.jar.fetch(callback))).toEqual(failed());
    expect(thief.cookie).toBeUndefined();
  });

  it('has FusionAuth asked once, whatever codes are made up for it, and however often', async () => {
    const person = new ConsolePerson(service);
    const callback = new URL(await person.authorize('sasha@example.com'));
    const [kept = ''] = person.jar.of(service.url).filter((cookie) => cookie.startsWith(loginCookie));
    const before = tokenCalls();
    for (const code of ['a', 'b', 'c']) {
      person.jar.set(service.url, loginCookie, kept.slice(loginCookie.length + 1));
      callback.searchParams.set('code', code.repeat(40));
      expect(location(await person.jar.fetch(callback.href))).toEqual(failed());
    }
    expect(tokenCalls() - before).toBe(1);
  });

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x')],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['two states', (url: URL) => url.searchParams.append('state', 'x')],
    ['no code', (url: URL) => url.searchParams.delete('code')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x'.repeat(40))],
    ['two codes', (url: URL) => url.searchParams.append('code', 'x')],
    ['the issuer of another server', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['an error beside the code', (url: URL) => url.searchParams.set('error', 'access_denied')],
    ['a code of 100,000 characters', (url: URL) => url.searchParams.set('code', 'x'.repeat(10_000))],
  ])('fails with %s, and signs nobody in', async (_what, change) => {
    const person = new ConsolePerson(service);
    const callback = new URL(await person.authorize('sasha@example.com'));
    change(callback);
    const answer = await person.jar.fetch(callback.href);
    expect([303, 431, 400]).toContain(answer.status);
    expect(person.cookie).toBeUndefined();
  });

  it('is bounded in number, and can be completed later where there is no room', async () => {
    const people = Array.from({ length: 33 }, () => new ConsolePerson(service));
    const callbacks: string[] = [];
    for (const person of people) callbacks.push(await person.authorize('sasha@example.com'));
    const held = holdCalls(service.emulator, { path: '/oauth2/token' });
    const completing = people.map((person, index) => person.jar.fetch(callbacks[index] ?? ''));
    await Promise.race(completing);
    held.release();
    const answers = await Promise.all(completing);
    const busy = answers.flatMap(({ status }, index) => (status === 503 ? [index] : []));
    expect(busy).toHaveLength(1);
    const [index = 0] = busy;
    expect(answers[index]?.headers.get('refresh')).toBe('2');
    expect(await people[index]?.jar.fetch(callbacks[index] ?? '').then(location)).toBe(`${service.consoleUrl}/`);
  });

  it('gives a new cookie, whatever cookie was there before', async () => {
    const attacker = new ConsolePerson(service);
    await attacker.signIn('sasha@example.com');
    const fixed = attacker.cookie;
    const victim = new ConsolePerson(service);
    victim.cookie = fixed;
    await victim.signIn('lee@example.com');
    expect(victim.cookie).not.toBe(fixed);
    const ofAttacker = await attacker.query('{ viewer { displayName } }');
    expect(ofAttacker.body).toMatchObject({ data: { viewer: { displayName: 'Sasha Stone' } } });
  });

  it.each([
    'return=https://evil.example/',
    'returnTo=//evil.example',
    'redirect_uri=https://evil.example/',
    'post_logout_redirect_uri=https://evil.example/',
    'next=/%5cevil.example',
  ])('leads to the console and nowhere else with ?%s', async (parameter) => {
    const person = new ConsolePerson(service);
    const begun = await person.jar.fetch(`${service.consoleUrl}/login?${parameter}`);
    const target = new URL(location(begun) ?? '');
    expect([target.origin, target.searchParams.get('redirect_uri')]).toEqual([
      service.emulator.url,
      `${service.consoleUrl}/callback`,
    ]);
    const callback = await person.authorize('sasha@example.com');
    expect(location(await person.jar.fetch(`${callback}&${parameter}`))).toBe(`${service.consoleUrl}/`);
    const out = await person.jar.fetch(`${service.consoleUrl}/logout?${parameter}`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    const logout = new URL(location(out) ?? '');
    expect([logout.origin, logout.searchParams.get('post_logout_redirect_uri')]).toEqual([
      service.emulator.url,
      `${service.consoleUrl}/`,
    ]);
  });

  it.each(['evil.example', '127.0.0.1@evil.example', 'localhost.evil.example'])(
    'leads to its own address whatever Host a request names: %s',
    async (host) => {
      const { request } = await import('node:http');
      const { hostname, port } = new URL(service.url);
      const target = await new Promise<string | undefined>((resolve, reject) => {
        request({ hostname, port, path: '/console/login', headers: { host } }, (response) => {
          response.resume();
          resolve(response.headers.location);
        })
          .on('error', reject)
          .end();
      });
      if (target !== undefined)
        expect(new URL(target).searchParams.get('redirect_uri')).toBe(`${service.consoleUrl}/callback`);
    },
  );

  it('of somebody who is not registered for the application ends at FusionAuth', async () => {
    service.user({ email: 'mallory@example.com' });
    await expect(new ConsolePerson(service).signIn('mallory@example.com')).rejects.toThrow('not registered');
  });

  it('says that FusionAuth is away, and signs nobody in', async () => {
    const person = new ConsolePerson(service);
    const callback = await person.authorize('sasha@example.com');
    service.emulator.faults.add({ path: '/oauth2/token', times: 1, fault: { kind: 'status', status: 503 } });
    expect(location(await person.jar.fetch(callback))).toMatch(/sign-in=unavailable/);
    expect(person.cookie).toBeUndefined();
  });
});
