import type { FastifyInstance } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, sees } from '../http/api-key-auth.js';
import { notFound } from '../http/errors-json.js';
import { pathUuid } from '../http/request-input.js';
import { userJson } from './user-json.js';

const basePath = '/api/user';

/** `/api/user`: look users up. */
export function registerUserApi(app: FastifyInstance, context: EmulatorContext): void {
  app.get(`${basePath}/:userId`, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const user = context.store.users.get(pathUuid(request, 'userId'));
    if (user === undefined || !sees(scope, user.tenantId)) {
      throw notFound();
    }
    return { user: userJson(user) };
  });
}
