import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsolePerson, startTestConsole, type TestConsole } from '../../support/console.js';

let service: TestConsole;

beforeAll(async () => {
  service = await startTestConsole();
});

afterAll(() => service[Symbol.asyncDispose]());

/** Sent as it stands: `fetch` would tidy the target first. */
function locationOf(path: string): Promise<string | undefined> {
  const { hostname, port, host } = new URL(service.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers: { host } }, (response) => {
      response.resume();
      resolve(response.headers.location);
    })
      .on('error', reject)
      .end();
  });
}

describe('the console', () => {
  it.each([
    '//evil.example/console',
    '//evil.example/%2e%2e/console',
    '/\\evil.example/console',
    '/%5cevil.example/console',
    '/console/..//evil.example',
    '/console//evil.example',
    '/console/%2f%2fevil.example',
    '/console?//evil.example',
    '/console/%0d%0aLocation:%20https://evil.example',
    '/console#//evil.example',
    'http://evil.example/console',
  ])('sends no browser to another site for %s', async (path) => {
    const location = await locationOf(path);
    if (location === undefined) return;
    const target = new URL(
      location,
      new URL(path.replace(/^http:\/\/[^/]+/, '').replace(/^\/+[\\/]*/, '/'), service.url),
    );
    expect(target.origin).toBe(new URL(service.url).origin);
    // However a browser reads the address that it asked for.
    expect(location).not.toMatch(/^[/\\]{2}|^[a-z]+:(?!\/\/127\.0\.0\.1)|evil/i);
  });

  it('has no cache keep what is about people', async () => {
    const person = new ConsolePerson(service);
    const callback = await person.authorize('lee@example.com');
    const answers = [
      await person.jar.fetch(`${service.consoleUrl}/login`),
      await person.jar.fetch(`${service.consoleUrl}/callback?code=x&state=x`),
      await person.jar.fetch(callback),
      await person.signIn('lee@example.com').then(() => person.signOut()),
    ];
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
    await person.signIn('lee@example.com');
    for (const query of ['{ viewer { displayName } }', '{ searchUsers(text: "lee") { nodes { email } } }']) {
      const { headers, status } = await person.query(query);
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    }
  });

  it('is framed by nobody, signing in and out included', async () => {
    for (const path of ['/console/', '/console/login', '/console/callback', '/graphql']) {
      const { headers } = await fetch(`${service.url}${path}`, { redirect: 'manual' });
      const isKept = /frame-ancestors 'none'/.test(headers.get('content-security-policy') ?? '');
      expect([path, isKept || headers.get('x-frame-options') === 'DENY']).toEqual([path, true]);
    }
  });
});
