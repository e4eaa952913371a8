import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { ApiError, generalError } from '../http/errors-json.js';
import { readJson, readParameters, uuidPattern } from '../http/request-input.js';
import { withoutUndefined } from '../store/creators.js';
import { pageOf, pagingJson } from './paging.js';
import { userJson } from './user-json.js';
import { userMatcher } from './user-query.js';

const basePath = '/api/user/search';

/** The documented limit of repeated query parameters; the documentation names none for a JSON body. */
const maximumIds = 10_000;

/** A search counts no further unless `accurateTotal` is set. */
const totalCap = 10_000;

/** `/api/user/search`: users by ids, or by a simple query string. The JSON `query` language is left out. */
export function registerUserSearchApi(app: FastifyInstance, context: EmulatorContext): void {
  app.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const parameters = readParameters(request);
    return search(scope, {
      ids: parameters.all('ids'),
      ...withoutUndefined({ queryString: parameters.get('queryString') }),
      accurateTotal: parameters.boolean('accurateTotal'),
      startRow: parameters.integer('startRow'),
      numberOfResults: parameters.integer('numberOfResults'),
    });
  });

  app.post(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    return search(scope, readJson(request, searchRequest).search ?? {});
  });

  /** Ids come before everything else and are not paged. */
  function search(scope: ApiScope, criteria: SearchCriteria) {
    const { ids = [], queryString } = criteria;
    if (ids.length > 0) {
      return usersByIds(scope, ids);
    }
    if (queryString === undefined) {
      throw generalError(nothingToSearch.code, nothingToSearch.message);
    }
    const matches = userMatcher(queryString);
    const found = [...context.store.users.values()].filter((user) => sees(scope, user.tenantId) && matches(user));
    const total = criteria.accurateTotal === true ? found.length : Math.min(found.length, totalCap);
    return { total, users: pageOf(sorted(found, criteria.sortFields), criteria).map(userJson) };
  }

  /** Unknown ids are left out, and the order is nobody's promise. One malformed id fails the whole call. */
  function usersByIds(scope: ApiScope, ids: readonly string[]) {
    if (ids.some((id) => !uuidPattern.test(id))) {
      throw malformedIds();
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

const criteriaJson = z.object({
  ids: z.array(z.string()).optional(),
  queryString: z.string().optional(),
  accurateTotal: z.boolean().optional(),
  sortFields: z.array(z.object({ name: z.string(), order: z.enum(['asc', 'desc']).optional() })).optional(),
  ...pagingJson,
});

type SearchCriteria = z.output<typeof criteriaJson>;

const searchRequest = z.object({ search: criteriaJson.optional() });

function sorted<T extends object>(users: readonly T[], sortFields: SearchCriteria['sortFields'] = []): readonly T[] {
  const text = (user: T, name: string) => `${Reflect.get(user, name) ?? ''}`;
  return [...users].sort((a, b) => {
    for (const { name, order = 'asc' } of sortFields) {
      const compared = text(a, name).localeCompare(text(b, name), undefined, { numeric: true });
      if (compared !== 0) {
        return order === 'asc' ? compared : -compared;
      }
    }
    return 0;
  });
}

const nothingToSearch = {
  code: '[invalid]',
  message: 'You must specify either the [ids], [queryString], or [query] property.',
};

/** Both members, as observed on a real instance: an id that cannot be read also counts as no id. */
function malformedIds(): ApiError {
  return new ApiError(400, {
    fieldErrors: { ids: [{ code: '[couldNotConvert]ids', message: 'Invalid' }] },
    generalErrors: [nothingToSearch],
  });
}
