import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerConsolePages } from '../../src/http/console/console-pages.js';
import { routedTarget } from '../../src/http/request-target.js';
import { registerSecurityHeaders } from '../../src/http/security-headers.js';
import { startTestService } from '../support/service.js';

describe('the pages of the console', () => {
  let folder: string;
  let app: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'console-pages-'));
    await mkdir(join(folder, 'pages', 'assets'), { recursive: true });
    await writeFile(join(folder, 'pages', 'index.html'), '<!doctype html><title>The console</title>');
    await writeFile(join(folder, 'pages', 'assets', 'index-BoQ_x1-2.js'), 'export {};');
    await writeFile(join(folder, 'pages', 'assets', 'plain.js'), 'export {};');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    app = Fastify({
      routerOptions: { ignoreTrailingSlash: true },
      rewriteUrl: (request) => routedTarget(request, '/auth'),
    });
    registerSecurityHeaders(app);
    app.register(async (pages) =>
      registerConsolePages(pages, { folder: join(folder, 'pages'), fusionAuthOrigin: 'https://auth.example.com' }),
    );
    url = await app.listen({ port: 0, host: '127.0.0.1' });
  });

  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  const get = (path: string) => fetch(`${url}${path}`, { redirect: 'manual' });

  it.each(['/console/', '/auth/console/', '/console/index.html'])(
    'are at %s, and kept by no browser, so that going back after signing out shows nothing of what a person saw',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-store',
      ]);
      expect(await answer.text()).toContain('The console');
    },
  );

  it.each(['/console', '/auth/console', '/console?sign-in=failed'])('are one folder further than %s', async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([308, 'no-store']);
    const target = new URL(answer.headers.get('location') ?? '', `${url}${path}`);
    expect(target.href).toBe(`${url}${path.split('?')[0]}/`);
  });

  it('are kept for a year where their name says what they hold, and only there', async () => {
    const named = await get('/console/assets/index-BoQ_x1-2.js');
    expect(named.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(named.headers.get('content-type')).toMatch(/javascript/);
    expect((await get('/console/assets/plain.js')).headers.get('cache-control')).toBe('no-cache');
  });

  it('load nothing of another origin, run nothing that stands in a page, and are framed by nobody', async () => {
    const { headers } = await get('/console/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).not.toMatch(/unsafe|data:|blob:|\*/);
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self' https://auth.example.com",
      ]),
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  it.each([
    '/console/nothing.js',
    '/console/assets/',
    '/console/assets',
    '/console/../secret.txt',
    '/console/..%2fsecret.txt',
    '/console/%2e%2e/secret.txt',
    '/console//secret.txt',
    '/console/assets/..%5c..%5c..%5csecret.txt',
  ])('have nothing at %s', async (path) => {
    const { hostname, port } = new URL(url);
    // By a raw request: a client that follows the rules would resolve the path.
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      request({ hostname, port, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});

describe('the console', () => {
  it('is not there where none is configured', async () => {
    await using service = await startTestService();
    for (const path of ['/console', '/console/', '/console/login', '/console/callback']) {
      expect((await service.fetch(path, { redirect: 'manual' })).status).toBe(404);
    }
  });
});
