import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

export interface ConsolePagesOptions {
  /** The folder of the built pages. */
  readonly folder: string;
  /** Where signing out leads: forms of the pages may, by way of the service, and nothing else of another origin. */
  readonly fusionAuthOrigin: string;
}

/**
 * The pages of the console at `/console/`: files, whose addresses are relative, so that they work below any base path.
 * Those that the build names by what they hold are kept for a year; the page itself is asked for each time.
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
    reply.headers({
      'content-security-policy': policy,
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      // Without a referrer, browsers hide the origin of forms, by which they are recognised.
      'referrer-policy': 'same-origin',
    });
  });
  app.register(fastifyStatic, {
    root: folder,
    prefix: '/console/',
    // Only what is there at the start: no path of a request reaches the file system.
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const isNamedByContent = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(path.replaceAll('\\', '/'));
      reply.header('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.get('/console', async (request, reply) => {
    const [path = ''] = request.originalUrl.split('?');
    // The addresses in the page are relative to the folder.
    return path.endsWith('/') ? reply.sendFile('index.html') : reply.redirect('console/', 308);
  });
}
