import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireGlobalApiKey } from '../http/api-key-auth.js';
import { corsConfigurationJson } from '../http/cors.js';
import { missing } from '../http/errors-json.js';
import { checkJson, patchedJson, readJsonObject } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';

const basePath = '/api/system-configuration';

/** `/api/system-configuration`: kept and returned. Of it only `corsConfiguration` changes what the emulator does. */
export function registerSystemConfigurationApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;

  const update = async (request: FastifyRequest) => {
    requireGlobalApiKey(context, request, basePath);
    const current = { systemConfiguration: store.systemConfiguration };
    const body = request.method === 'PATCH' ? patchedJson(request, current) : readJsonObject(request);
    const { systemConfiguration: given } = checkJson(body, updateRequest);
    if (given === undefined) {
      throw missing('systemConfiguration');
    }
    const { insertInstant } = store.systemConfiguration;
    store.systemConfiguration = { ...given, insertInstant, lastUpdateInstant: clock.now() };
    return { systemConfiguration: store.systemConfiguration };
  };

  routes.get(basePath, async (request) => {
    requireGlobalApiKey(context, request, basePath);
    return { systemConfiguration: store.systemConfiguration };
  });
  routes.put(basePath, update);
  routes.patch(basePath, update);
}

const updateRequest = z.object({
  systemConfiguration: z.looseObject({ corsConfiguration: corsConfigurationJson.optional() }).optional(),
});
