import { z } from 'zod';
import type { EmulatorContext, SearchEngine } from '../context.js';
import { type ApiScope, requireApiKey, sees, visible } from '../http/api-key-auth.js';
import { ApiError, fieldError, generalError } from '../http/errors-json.js';
import { checkJson, type Parameters, readParameters, readSearch, uuidPattern } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { withoutUndefined } from '../store/creators.js';
import { databaseQuery } from './database-query.js';
import { parseJsonQuery } from './json-query.js';
import { pageOf, pagingJson } from './paging.js';
import { parseQueryString } from './query-string.js';
import { userJson } from './user-json.js';
import { type UserQuery, UserQueryError, userMatcher } from './user-query.js';
import { sortedUsers, sortFieldJson } from './user-sort.js';

const basePath = '/api/user/search';

/** The documented limit of repeated query parameters; the documentation names none for a JSON body. */
const maximumIds = 10_000;

/** Of those given as parameters. */
const maximumSortFields = 12;

/** A search counts no further unless `accurateTotal` is set. */
const totalCap = 10_000;

/**
 * `/api/user/search`: users by ids, by a query string or by a JSON query, in the language of one of FusionAuth's two
 * engines. What the emulator does not understand is refused: an answer without anybody would let a wrong query pass for a
 * right one.
 */
export function registerUserSearchApi(routes: RouteTable, context: EmulatorContext): void {
  routes.get(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const parameters = readParameters(request);
    return search(scope, {
      ids: parameters.all('ids'),
      ...withoutUndefined({
        queryString: parameters.get('queryString'),
        query: parameters.get('query'),
        nextResults: parameters.get('nextResults'),
      }),
      sortFields: sortFieldsOf(parameters),
      accurateTotal: parameters.boolean('accurateTotal'),
      startRow: parameters.integer('startRow'),
      numberOfResults: parameters.integer('numberOfResults'),
    });
  });

  routes.post(basePath, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    return search(scope, readSearch(request, criteriaJson));
  });

  /** Ids come before everything else and are not paged. */
  function search(scope: ApiScope, criteria: SearchCriteria) {
    const { ids = [], sortFields } = criteria;
    if (ids.length > 0) {
      return usersByIds(scope, ids);
    }
    const matches = userMatcher(queryOf(criteria, context.searchEngine));
    const found = [...context.store.users.values()].filter((user) => sees(scope, user.tenantId) && matches(user));
    const total = criteria.accurateTotal === true ? found.length : Math.min(found.length, totalCap);
    const users = pageOf(sortedUsers(found, sortFields), criteria).map(userJson);
    return context.searchEngine === 'elasticsearch' && users.length > 0
      ? { nextResults: nextResultsOf(users), total, users }
      : { total, users };
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
      const user = visible(scope, context.store.users.get(id));
      return user === undefined ? [] : [userJson(user)];
    });
    return { total: users.length, users };
  }
}

const criteriaJson = z.object({
  ids: z.array(z.string()).optional(),
  queryString: z.string().optional(),
  query: z.string().optional(),
  nextResults: z.string().optional(),
  accurateTotal: z.boolean().optional(),
  sortFields: z.array(sortFieldJson).optional(),
  ...pagingJson,
});

type SearchCriteria = z.output<typeof criteriaJson>;

const sortFieldsJson = criteriaJson.pick({ sortFields: true });

/** A token of Elasticsearch alone, which the emulator gives and does not take: pages are read by their rows. */
function nextResultsOf(users: readonly object[]): string {
  return Buffer.from(JSON.stringify({ ls: [Reflect.get(users.at(-1) ?? {}, 'id')] })).toString('base64');
}

function queryOf({ query, queryString, nextResults }: SearchCriteria, engine: SearchEngine): UserQuery {
  const isText = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';
  if (nextResults !== undefined) {
    throw fieldError('invalid', 'nextResults', 'Pages are read with [startRow] and [numberOfResults] here.');
  }
  if (isText(query) && isText(queryString)) {
    throw generalError('[invalid]', 'You may specify the [queryString] or the [query] property, not both.');
  }
  if (isText(queryString)) {
    return engine === 'database'
      ? databaseQuery(queryString)
      : understood('queryString', () => parseQueryString(preprocessed(queryString)));
  }
  if (isText(query)) {
    if (engine === 'database') {
      throw fieldError('invalid', 'query', 'The database search engine understands [queryString] only.');
    }
    return understood('query', () => parseJsonQuery(query));
  }
  throw generalError(nothingToSearch.code, nothingToSearch.message);
}

function understood(field: string, parse: () => UserQuery): UserQuery {
  try {
    return parse();
  } catch (error) {
    throw error instanceof UserQueryError ? fieldError('invalid', field, error.message) : error;
  }
}

/** FusionAuth's notation of a list in parameters: `sortFields[0].name=email&sortFields[0].order=desc`. */
function sortFieldsOf(parameters: Parameters): SearchCriteria['sortFields'] {
  const named = Array.from({ length: maximumSortFields }, (_, index) => {
    const member = (name: string) => parameters.get(`sortFields[${index}].${name}`);
    return withoutUndefined({ name: member('name'), order: member('order'), missing: member('missing') });
  });
  return checkJson({ sortFields: named.filter((field) => 'name' in field) }, sortFieldsJson).sortFields;
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

/**
 * What FusionAuth makes of a query string before Elasticsearch sees it: a text without blanks and fields that has an @
 * is looked for among e-mail addresses. Wildcards around any other word change nothing here, where bare terms match any
 * part.
 * @see https://fusionauth.io/docs/lifecycle/manage-users/search/user-search-with-elasticsearch#querystring-searches
 */
function preprocessed(queryString: string): string {
  return /^[^\s:]*@[^\s:]*$/.test(queryString.trim()) ? `email:${queryString.trim()}` : queryString;
}
