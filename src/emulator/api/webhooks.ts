import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventNameJson } from '../events/event-names.js';
import { type ApiScope, requireGlobalApiKey, tenantHeader } from '../http/api-key-auth.js';
import { blank, missing, unauthorized } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson, readSearch } from '../http/request-input.js';
import { registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import { newWebhook } from '../store/creators.js';
import { pageOf, pagingJson } from './paging.js';
import { textSearch } from './text-search.js';

const basePath = '/api/webhook';

/** `/api/webhook`. Instance-wide since FusionAuth 1.66.0: a tenant key or a tenant header answers 401. */
export function registerWebhookApi(routes: RouteTable, context: EmulatorContext): void {
  const { webhooks } = context.store;
  registerResource(routes, {
    basePath,
    member: 'webhook',
    idName: 'webhookId',
    authorize: (request) => authorize(request, basePath),
    find: (_scope, id) => webhooks.get(id),
    list: { member: 'webhooks', of: () => [...webhooks.values()] },
    exists: (id) => webhooks.has(id),
    build({ members, id, existing }) {
      const { webhook } = checkJson({ webhook: members }, z.object({ webhook: webhookJson }));
      const { url, connectTimeout, readTimeout } = webhook;
      if (url === undefined || url === '') {
        throw blank('webhook.url');
      }
      if (connectTimeout === undefined || readTimeout === undefined) {
        throw missing(connectTimeout === undefined ? 'webhook.connectTimeout' : 'webhook.readTimeout');
      }
      const insertInstant = existing?.insertInstant;
      return newWebhook({ ...webhook, url, id, insertInstant, global: webhook.global ?? false }, context.clock.now());
    },
    save: (webhook) => void webhooks.set(webhook.id, webhook),
    remove: ({ id }) => void webhooks.delete(id),
  });

  const search = async (request: FastifyRequest) => {
    authorize(request, `${basePath}/search`);
    const criteria = readSearch(request, searchJson);
    const { tenantId } = criteria;
    const [isAtUrl, isDescribed] = [textSearch(criteria.url), textSearch(criteria.description)];
    const found = [...webhooks.values()].filter(
      (webhook) =>
        isAtUrl(webhook.url) &&
        isDescribed(webhook.description) &&
        (tenantId === undefined || webhook.global || webhook.tenantIds?.includes(tenantId) === true),
    );
    return { webhooks: pageOf(found, criteria), total: found.length };
  };
  routes.get(`${basePath}/search`, search);
  routes.post(`${basePath}/search`, search);

  function authorize(request: FastifyRequest, path: string): ApiScope {
    if (tenantHeader(request) !== undefined) {
      throw unauthorized();
    }
    return requireGlobalApiKey(context, request, path);
  }
}

const searchJson = z.object({
  url: z.string().optional(),
  description: z.string().optional(),
  tenantId: uuidJson.optional(),
  ...pagingJson,
});

const webhookJson = z.looseObject({
  url: z.string().optional(),
  connectTimeout: z.number().int().positive().optional(),
  readTimeout: z.number().int().positive().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  httpAuthenticationUsername: z.string().optional(),
  httpAuthenticationPassword: z.string().optional(),
  signatureConfiguration: z
    .looseObject({ enabled: z.boolean().default(false), signingKeyId: uuidJson.optional() })
    .transform(({ enabled, signingKeyId }) => ({ enabled, ...(signingKeyId === undefined ? {} : { signingKeyId }) }))
    .optional(),
  global: z.boolean().optional(),
  tenantIds: z.array(uuidJson).optional(),
  eventsEnabled: z.record(eventNameJson, z.boolean()).optional(),
  description: z.string().optional(),
});
