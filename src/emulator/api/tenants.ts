import type { FastifyInstance } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, sees } from '../http/api-key-auth.js';
import { notFound } from '../http/errors-json.js';
import { pathUuid } from '../http/request-input.js';

const basePath = '/api/tenant';

/** `/api/tenant`: look tenants up. */
export function registerTenantApi(app: FastifyInstance, context: EmulatorContext): void {
  const { tenants } = context.store;

  app.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    return { tenants: [...tenants.values()].filter(({ id }) => sees(scope, id)) };
  });

  app.get(`${basePath}/:tenantId`, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const tenant = tenants.get(pathUuid(request, 'tenantId'));
    if (tenant === undefined || !sees(scope, tenant.id)) {
      throw notFound();
    }
    return { tenant };
  });
}
