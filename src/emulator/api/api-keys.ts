import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey } from '../http/api-key-auth.js';
import { fieldError, unauthorized } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson } from '../http/request-input.js';
import { registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import { newApiKey } from '../store/creators.js';
import type { ApiKey } from '../store/instance-records.js';

const basePath = '/api/api-key';

/** `/api/api-key`: only keys that are key managers may create, read, change and delete keys. */
export function registerApiKeyApi(routes: RouteTable, context: EmulatorContext): void {
  const { apiKeys, tenants } = context.store;
  registerResource<ApiKey>(routes, {
    basePath,
    member: 'apiKey',
    idName: 'keyId',
    authorize(request) {
      const scope = requireApiKey(context, request, basePath);
      if (scope.apiKey?.keyManager !== true) {
        throw unauthorized();
      }
      return scope;
    },
    find: (_scope, id) => apiKeys.get(id),
    exists: (id) => apiKeys.get(id) !== undefined,
    build({ members, id, existing }) {
      const { apiKey: given } = checkJson({ apiKey: members }, z.object({ apiKey: apiKeyJson }));
      if (given.tenantId !== undefined && !tenants.has(given.tenantId)) {
        throw fieldError('invalid', 'apiKey.tenantId', 'The tenant does not exist.');
      }
      const holder = given.key === undefined ? undefined : apiKeys.findBySecret(given.key);
      if (holder !== undefined && holder.id !== existing?.id) {
        throw fieldError('duplicate', 'apiKey.key', 'An API key with this value already exists.');
      }
      // The secret of an existing key and what decides its power over other keys cannot be changed.
      const kept = { key: existing?.key ?? given.key, keyManager: existing?.keyManager ?? given.keyManager };
      const apiKey = newApiKey({ ...given, ...kept, id }, context.clock.now());
      return { ...apiKey, insertInstant: existing?.insertInstant ?? apiKey.insertInstant };
    },
    save: (apiKey) => apiKeys.put(apiKey),
    remove: ({ id }) => apiKeys.delete(id),
    /** A key that is not retrievable (since 1.56.0) shows its secret once, when it is created. */
    present({ key, ...rest }, created) {
      return created || rest.retrievable ? { ...rest, key } : rest;
    },
  });
}

const apiKeyJson = z.looseObject({
  key: z.string().min(1).optional(),
  name: z.string().optional(),
  tenantId: uuidJson.optional(),
  keyManager: z.boolean().optional(),
  retrievable: z.boolean().optional(),
  expirationInstant: z.number().int().optional(),
  permissions: z
    .object({ endpoints: z.record(z.string(), z.array(z.string())).optional() })
    .transform(({ endpoints }) => (endpoints === undefined ? {} : { endpoints }))
    .optional(),
});
