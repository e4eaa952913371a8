import type { FastifyInstance } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, sees } from '../http/api-key-auth.js';
import { notFound } from '../http/errors-json.js';
import { pathUuid, readParameters } from '../http/request-input.js';

const basePath = '/api/application';

/** `/api/application`: look applications up. */
export function registerApplicationApi(app: FastifyInstance, context: EmulatorContext): void {
  const { applications } = context.store;

  app.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const active = !readParameters(request).boolean('inactive');
    const visible = [...applications.values()].filter(
      (application) => application.active === active && sees(scope, application.tenantId),
    );
    return { applications: visible };
  });

  app.get(`${basePath}/:applicationId`, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const application = applications.get(pathUuid(request, 'applicationId'));
    if (application === undefined || !sees(scope, application.tenantId)) {
      throw notFound();
    }
    return { application };
  });
}
