import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { turnOf } from '../waiting-answers.js';

export interface ConsolePagesOptions {
  /** The folder of the built pages. */
  readonly folder: string;
  /** The origin of FusionAuth, to which the form for signing out leads. Pages may use no other foreign origin. */
  readonly fusionAuthOrigin: string;
}

/**
 * Serves the pages of the console at `/console/`. Their addresses are relative, so that they work below any base path.
 * Browsers keep files that are named by their content for a year, and nothing of the page itself: one that they went
 * back to after signing out would show again what its person saw.
 */
export function registerConsolePages(app: FastifyInstance, { folder, fusionAuthOrigin }: ConsolePagesOptions): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    `form-action 'self' ${fusionAuthOrigin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  app.addHook('onRequest', async (_request, reply) => {
    // Each answer would hold an open file until its turn, of as many requests as are sent ahead.
    await turnOf(reply.raw);
    reply.headers({
      'content-security-policy': policy,
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      // Without a referrer, browsers hide the origin of forms, which the service checks.
      'referrer-policy': 'same-origin',
    });
  });
  app.register(fastifyStatic, {
    root: folder,
    prefix: '/console/',
    // Serves only files that exist at the start, so that no path of a request reaches the file system.
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const isNamedByContent = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(path.replaceAll('\\', '/'));
      const isPage = path.endsWith('.html');
      const otherwise = isPage ? 'no-store' : 'no-cache';
      reply.header('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : otherwise);
    },
  });
  app.get('/console', async (request, reply) => {
    const [path = ''] = request.originalUrl.split('?');
    // Addresses in the page are relative to the folder.
    return path.endsWith('/') ? reply.sendFile('index.html') : reply.redirect('console/', 308);
  });
}
