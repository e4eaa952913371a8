import type { EmulatorContext } from '../context.js';
import { requireApiKey } from '../http/api-key-auth.js';
import { notFound } from '../http/errors-json.js';
import type { RouteTable } from '../http/route-table.js';

/** The release whose documentation the emulator follows. */
const emulatedVersion = '1.69.1';

/** Status, health and version of the instance, and its public keys. */
export function registerSystemApi(routes: RouteTable, context: EmulatorContext): void {
  routes.get('/api/status', async (request) => {
    // With a key the real answer is a large JSON that changes between releases; only its version is kept.
    const apiKey = context.store.findApiKey(request.headers.authorization ?? '');
    const detailed = apiKey !== undefined && apiKey.tenantId === undefined;
    return detailed ? { status: 'ok', version: emulatedVersion } : { status: 'ok' };
  });

  // Scripts that wait for FusionAuth poll its front page, too, which leads to the admin interface.
  routes.get('/', async (_request, reply) =>
    reply.type('text/html').send('<!doctype html><title>FusionAuth emulator</title>'),
  );

  routes.get('/api/health', async (_request, reply) => reply.send());

  // `wget --spider`, as which health checks of containers ask, sends HEAD.
  for (const path of ['/', '/api/status', '/api/health']) routes.head(path, async (_request, reply) => reply.send());

  routes.get('/api/system/version', async (request) => {
    requireApiKey(context, request, '/api/system/version');
    return { version: emulatedVersion };
  });

  // There is no index to be behind: each of these is done as soon as it is asked for.
  routes.post('/api/system/reindex', async (request, reply) => {
    requireApiKey(context, request, '/api/system/reindex');
    return reply.code(202).send();
  });
  routes.get('/api/system/reindex', async (request) => {
    requireApiKey(context, request, '/api/system/reindex');
    throw notFound();
  });
  for (const path of ['/api/user/search', '/api/entity/search']) {
    routes.put(path, async (request, reply) => {
      requireApiKey(context, request, path);
      return reply.send();
    });
  }

  routes.get('/.well-known/jwks.json', async () => context.keys.jwks());
}
