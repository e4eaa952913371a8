import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { addLoginRecord } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { loginSucceeded } from '../events/login-events.js';
import { requireApiKey, sees } from '../http/api-key-auth.js';
import { missing, notFound } from '../http/errors-json.js';
import { eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { hasJson, optionalPathUuid, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { registrationOf } from '../store/registration.js';
import { bearerUserId } from '../tokens/bearer.js';

const basePath = '/api/login';

/**
 * `PUT /api/login`: records a login without signing anybody in, by ids in the path, by a JSON body, or by an access
 * token. Issues nothing. 202 when the user is not registered for the application.
 */
export function registerLoginPingApi(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  const ping = async (request: FastifyRequest, reply: FastifyReply) => {
    const bearer = await bearerUserId(context, request);
    const scope = bearer === undefined ? requireApiKey(context, request, basePath) : undefined;
    const body = hasJson(request) ? readJson(request, pingRequest) : undefined;
    const userId = bearer ?? optionalPathUuid(request, 'userId') ?? body?.userId;
    const applicationId = optionalPathUuid(request, 'applicationId') ?? body?.applicationId;
    if (userId === undefined) {
      throw missing('userId');
    }
    const user = store.users.get(userId);
    if (user === undefined || (scope !== undefined && !sees(scope, user.tenantId))) {
      throw notFound();
    }
    const registration = registrationOf(user, applicationId);
    const ipAddress = body?.ipAddress ?? readParameters(request).get('ipAddress');
    const info = eventInfoOf(request, { ...body?.eventInfo, ...(ipAddress === undefined ? {} : { ipAddress }) });
    await context.events.before(loginSucceeded(user, registration?.applicationId, info, 'PING'));
    addLoginRecord(store, user, { applicationId, ipAddress: info.ipAddress, instant: context.clock.now() });
    return reply.code(applicationId !== undefined && registration === undefined ? 202 : 200).send();
  };
  routes.put(basePath, ping);
  routes.put(`${basePath}/:userId`, ping);
  routes.put(`${basePath}/:userId/:applicationId`, ping);
}

const pingRequest = z.object({
  userId: uuidJson.optional(),
  applicationId: uuidJson.optional(),
  ipAddress: z.string().optional(),
  eventInfo: eventInfoJson.optional(),
});
