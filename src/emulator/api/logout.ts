import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { eventInfoJson } from '../http/json-schemas.js';
import { hasJson, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';

/**
 * `POST /api/logout`: revokes the session of a refresh token, or with `global` every session of its owner. Needs no
 * key: whoever has the secret may. Always answers 200, also for a token that is not known.
 */
export function registerLogoutApi(routes: RouteTable, context: EmulatorContext): void {
  routes.post('/api/logout', async (request, reply) => {
    const parameters = readParameters(request);
    const body = hasJson(request) ? readJson(request, logoutRequest) : {};
    const token = body.refreshToken ?? parameters.get('refreshToken') ?? request.cookies['refresh_token'];
    const row = token === undefined ? undefined : context.store.sessions.findByToken(token);
    const info = eventInfoOf(request, body.eventInfo);
    if (row !== undefined && context.store.isLive(row)) {
      if (body.global ?? parameters.boolean('global')) {
        await context.revoker.revokeOfUser(row.session.userId, info);
      } else {
        await context.revoker.revokeOne(row, info);
      }
    }
    reply.clearCookie('access_token', { path: '/' }).clearCookie('refresh_token', { path: '/' });
    return reply.send();
  });
}

const logoutRequest = z.object({
  refreshToken: z.string().optional(),
  global: z.boolean().optional(),
  eventInfo: eventInfoJson.optional(),
});
