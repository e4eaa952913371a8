import { describe, expect, it } from 'vitest';
import { routedTarget } from '../../src/http/request-target.js';
import { startTestService } from '../support/service.js';

describe('BASE_PATH', () => {
  it.each([
    ['/sessions/graphql', '/graphql'],
    ['/sessions/health/ready', '/health/ready'],
    ['/sessions/', '/'],
    ['/sessions', '/'],
    ['/sessions?a=b', '/?a=b'],
    ['/sessions/graphql?query=x', '/graphql?query=x'],
    ['/graphql', '/graphql'],
    ['/sessionsgraphql', '/sessionsgraphql'],
    ['/sessions/sessions/graphql', '/sessions/graphql'],
    ['/sessions//graphql', '/malformed target'],
    ['/sessions/../graphql', '/malformed target'],
    ['/%73essions/graphql', '/malformed target'],
  ])('is taken off once, and need not be there: %s', (url, target) => {
    expect(routedTarget({ url, headers: {} }, '/sessions')).toBe(target);
  });

  it('serves the API, health and GraphiQL below it and without it', async () => {
    await using service = await startTestService({ env: { BASE_PATH: '/auth/sessions' } });
    const ask = (path: string) =>
      service.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${service.key(['session:read'])}` },
        body: JSON.stringify({ query: '{ viewer { kind } }' }),
      });
    for (const path of ['/auth/sessions/graphql', '/graphql']) {
      expect(await (await ask(path)).json()).toMatchObject({ data: { viewer: { kind: 'SERVICE' } } });
    }
    expect((await service.fetch('/auth/sessions/health/ready')).status).toBe(200);
    expect((await service.fetch('/auth/graphql')).status).toBe(404);
  });

  it('stands before whatever GraphiQL asks for', async () => {
    await using service = await startTestService({ env: { BASE_PATH: '/auth/sessions', GRAPHIQL: 'true' } });
    const page = await (await service.fetch('/auth/sessions')).text();
    const assets = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, address = '']) => address);
    expect(assets).toHaveLength(2);
    for (const address of assets) {
      expect(address).toMatch(/^\/auth\/sessions\/graphiql\//);
      expect((await service.fetch(address)).status).toBe(200);
    }
    expect(page).toContain('"endpoint":"/auth/sessions/graphql"');
  });

  it.each(['sessions', '/', '/sessions/', '/a//b', '/a/../b', '/a b', '/a?b', `/${'x'.repeat(200)}`])(
    'is refused as %s, which is no path to begin with',
    async (BASE_PATH) => {
      await expect(startTestService({ env: { BASE_PATH } })).rejects.toThrow('BASE_PATH: must');
    },
  );
});

describe('TRUSTED_PROXIES', () => {
  it.each(['10.0.0.0/8', '10.0.0.1', '::1, fd00::/8', '::ffff:10.0.0.0/104', 'none'])(
    'may be %s',
    async (TRUSTED_PROXIES) => {
      await using service = await startTestService({ env: { TRUSTED_PROXIES } });
      expect((await service.fetch('/health/live')).status).toBe(200);
    },
  );

  it.each([
    '0.0.0.0/0',
    '::/0',
    '::ffff:0:0/96',
    '::ffff:0.0.0.0/96',
    '::/64',
    '10.0.0.0/33',
    '10.0.0/8',
    'proxy.example.com',
    '10.0.0.1/',
    'none, 10.0.0.1',
    'true',
    ',',
  ])('is refused as %s, which is no list of addresses', async (TRUSTED_PROXIES) => {
    await expect(startTestService({ env: { TRUSTED_PROXIES } })).rejects.toThrow(
      /^TRUSTED_PROXIES[\d.]*: must be none, or/,
    );
  });
});
