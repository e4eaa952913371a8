import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { ApiError, generalError } from '../http/errors-json.js';
import { readJson, readParameters, uuidPattern } from '../http/request-input.js';
import { userJson } from './user-json.js';

const basePath = '/api/user/search';

/** The documented limit of repeated query parameters; the documentation names none for a JSON body. */
const maximumIds = 10_000;

/** `/api/user/search`: users by ids. */
export function registerUserSearchApi(app: FastifyInstance, context: EmulatorContext): void {
  app.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    return usersByIds(scope, readParameters(request).all('ids'));
  });

  app.post(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    return usersByIds(scope, readJson(request, searchRequest).search?.ids ?? []);
  });

  /** Unknown ids are left out, and the order is nobody's promise. One malformed id fails the whole call. */
  function usersByIds(scope: ApiScope, ids: readonly string[]) {
    if (ids.some((id) => !uuidPattern.test(id))) {
      throw malformedIds();
    }
    if (ids.length === 0) {
      throw nothingToSearch();
    }
    if (ids.length > maximumIds) {
      throw generalError('[invalid]', `You may specify at most ${maximumIds} ids.`);
    }
    const users = [...new Set(ids.map((id) => id.toLowerCase()))].flatMap((id) => {
      const user = context.store.users.get(id);
      return user !== undefined && sees(scope, user.tenantId) ? [userJson(user)] : [];
    });
    return { total: users.length, users };
  }
}

const searchRequest = z.object({
  search: z.object({ ids: z.array(z.string()).optional() }).optional(),
});

const nothingToSearchEntry = {
  code: '[invalid]',
  message: 'You must specify either the [ids], [queryString], or [query] property.',
};

function nothingToSearch(): ApiError {
  return generalError(nothingToSearchEntry.code, nothingToSearchEntry.message);
}

/** Both members, as observed on a real instance: an id that cannot be read also counts as no id. */
function malformedIds(): ApiError {
  return new ApiError(400, {
    fieldErrors: { ids: [{ code: '[couldNotConvert]ids', message: 'Invalid' }] },
    generalErrors: [nothingToSearchEntry],
  });
}
