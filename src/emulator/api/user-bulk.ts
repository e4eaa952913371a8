import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { requireApiKey, visible } from '../http/api-key-auth.js';
import { missing } from '../http/errors-json.js';
import { eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { checkJson, hasJson, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { notEmulated } from './not-emulated.js';
import { removeUser } from './users.js';

const basePath = '/api/user/bulk';

/**
 * `DELETE /api/user/bulk`: deactivates or deletes users by their ids, in the query or in a JSON body, or tells which it
 * would. By a search it is not emulated.
 */
export function registerUserBulkApi(routes: RouteTable, context: EmulatorContext): void {
  routes.delete(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const parameters = readParameters(request);
    const body = hasJson(request) ? readJson(request, deleteRequest) : {};
    if ([body.query, body.queryString, parameters.get('query'), parameters.get('queryString')].some(Boolean)) {
      throw notEmulated('the deletion of users by a search');
    }
    const ids = body.userIds ?? checkJson({ userIds: parameters.all('userId') }, deleteRequest).userIds ?? [];
    if (ids.length === 0) {
      throw missing('userIds');
    }
    const dryRun = body.dryRun ?? parameters.boolean('dryRun');
    const hardDelete = body.hardDelete ?? parameters.boolean('hardDelete');
    const users = ids.flatMap((id) => visible(scope, context.store.users.get(id)) ?? []);
    const info = eventInfoOf(request, body.eventInfo);
    for (const user of dryRun ? [] : users) {
      await removeUser(context, user, hardDelete, info);
    }
    return { dryRun, hardDelete, total: users.length, userIds: users.map(({ id }) => id) };
  });
}

const deleteRequest = z.object({
  userIds: z.array(uuidJson).optional(),
  dryRun: z.boolean().optional(),
  hardDelete: z.boolean().optional(),
  query: z.string().optional(),
  queryString: z.string().optional(),
  eventInfo: eventInfoJson.optional(),
});
