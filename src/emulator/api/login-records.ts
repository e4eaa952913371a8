import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireGlobalApiKey, sees } from '../http/api-key-auth.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson, type Parameters, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { withoutUndefined } from '../store/creators.js';
import type { LoginRecord } from '../store/login-records.js';
import { notEmulated } from './not-emulated.js';
import { pageOf, pagingJson } from './paging.js';
import { zipOf } from './zip.js';

const searchPath = '/api/system/login-record/search';
const exportPath = '/api/system/login-record/export';
const recentPath = '/api/user/recent-login';

/** The documented default of `limit`. */
const defaultRecent = 10;

/**
 * Login records: search and export (Login API), and a user's most recent ones. Newest first. Since FusionAuth 1.65 for
 * keys of all tenants only.
 */
export function registerLoginRecordApi(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  routes.get(searchPath, async (request) => {
    const scope = requireGlobalApiKey(context, request, searchPath);
    const parameters = readParameters(request);
    return search(scope, criteriaOf(parameters), parameters.boolean('retrieveTotal'));
  });

  routes.post(searchPath, async (request) => {
    const scope = requireGlobalApiKey(context, request, searchPath);
    const { search: criteria = {}, retrieveTotal = false } = readJson(request, searchRequest);
    return search(scope, criteria, retrieveTotal);
  });

  routes.get(exportPath, async (request, reply) => {
    const scope = requireGlobalApiKey(context, request, exportPath);
    const parameters = readParameters(request);
    const { dateTimeSecondsFormat, zoneId } = checkJson(
      withoutUndefined({
        dateTimeSecondsFormat: parameters.get('dateTimeSecondsFormat'),
        zoneId: parameters.get('zoneId'),
      }),
      exportRequest,
    );
    return sendExport(reply, scope, criteriaOf(parameters), dateTimeSecondsFormat, zoneId);
  });

  routes.post(exportPath, async (request, reply) => {
    const scope = requireGlobalApiKey(context, request, exportPath);
    const { criteria = {}, dateTimeSecondsFormat, zoneId } = readJson(request, exportRequest);
    return sendExport(reply, scope, criteria, dateTimeSecondsFormat, zoneId);
  });

  routes.get(recentPath, async (request) => {
    const scope = requireGlobalApiKey(context, request, recentPath);
    const parameters = readParameters(request);
    const found = find(scope, { userId: parameters.uuid('userId') });
    const [startRow, limit] = [parameters.integer('offset') ?? 0, parameters.integer('limit') ?? defaultRecent];
    return { logins: pageOf(found, { startRow, numberOfResults: limit }).map(shown) };
  });

  function search(scope: ApiScope, criteria: Criteria, retrieveTotal: boolean) {
    const found = find(scope, criteria);
    return { logins: pageOf(found, criteria).map(shown), ...(retrieveTotal ? { total: found.length } : {}) };
  }

  function find(scope: ApiScope, { applicationId, userId, start = 0, end }: Criteria): LoginRecord[] {
    return store.loginRecords
      .all()
      .filter(
        (record) =>
          sees(scope, record.tenantId) &&
          (applicationId === undefined || record.applicationId === applicationId) &&
          (userId === undefined || record.userId === userId) &&
          record.instant >= start &&
          (end === undefined || record.instant <= end),
      )
      .reverse();
  }

  /** Where the identity is not known, the current one of the user. */
  function shown({ tenantId: _tenantId, ...record }: LoginRecord): object {
    const user = store.users.get(record.userId);
    const loginId = record.loginId ?? user?.email ?? user?.username;
    const applicationName = store.applications.get(record.applicationId ?? '')?.name;
    return { ...record, ...withoutUndefined({ applicationName, loginId }) };
  }

  function sendExport(
    reply: FastifyReply,
    scope: ApiScope,
    criteria: Criteria,
    dateTimeSecondsFormat: string | undefined,
    zoneId: string | undefined,
  ): FastifyReply {
    if (dateTimeSecondsFormat !== undefined) {
      throw notEmulated('formats of dates in an export (dateTimeSecondsFormat)');
    }
    const zone = zoneId ?? `${store.systemConfiguration['reportTimezone'] ?? 'UTC'}`;
    const lines = find(scope, criteria).map((record) => csvLine(record, zone));
    const csv = [exportHeader, ...lines, ''].join('\n');
    return reply.type('application/zip').send(zipOf('login-records.csv', csv, context.clock.now()));
  }
}

/** As in the documentation's sample, blanks included. */
const exportHeader = ['User Id', 'Identity value', 'Identity type', 'Time', 'Application Id', 'IP Address']
  .concat(['City', 'Country', 'Zipcode', 'Region', 'Latitude', 'Longitude'])
  .map((name) => `"${name} "`)
  .join(',');

/** Locations need threat detection; their columns stay empty. */
function csvLine(record: LoginRecord, timeZone: string): string {
  const { userId, loginId = '', loginIdType = '', instant, applicationId = '', ipAddress = '' } = record;
  const time = timeText(instant, timeZone);
  return [userId, loginId, loginIdType, time, applicationId, ipAddress]
    .map(csvValue)
    .concat(Array(6).fill(''))
    .join(',');
}

function csvValue(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The documented default format, `M/d/yyyy hh:mm:ss a z`. */
function timeText(instant: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  return format.format(instant).replace(',', '').replaceAll(/\s/g, ' ');
}

function criteriaOf(parameters: Parameters): Criteria {
  return {
    applicationId: parameters.uuid('applicationId'),
    userId: parameters.uuid('userId'),
    start: parameters.integer('start'),
    end: parameters.integer('end'),
    startRow: parameters.integer('startRow'),
    numberOfResults: parameters.integer('numberOfResults'),
  };
}

const criteriaJson = z.object({
  applicationId: uuidJson.optional(),
  userId: uuidJson.optional(),
  start: z.number().optional(),
  end: z.number().optional(),
  ...pagingJson,
});

type Criteria = z.output<typeof criteriaJson>;

const searchRequest = z.object({ search: criteriaJson.optional(), retrieveTotal: z.boolean().optional() });

const exportRequest = z.object({
  criteria: criteriaJson.optional(),
  dateTimeSecondsFormat: z.string().optional(),
  zoneId: z.string().refine(isTimeZone, { error: 'must be a time zone such as America/Denver' }).optional(),
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
