import type { FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { missing } from '../http/errors-json.js';
import { type Parameters, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { findByLoginId } from './login-id.js';

const basePath = '/api/report';

/** Something that happened to a user of an application. */
interface Occurrence {
  readonly userId: string;
  readonly applicationId: string | undefined;
  readonly instant: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Reports, counted from the login records that the emulator keeps and from registrations that there are. Intervals are
 * those since 1970, in UTC: the report's time zone has no effect.
 */
export function registerReportApi(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  routes.get(`${basePath}/login`, async (request) => {
    const scope = requireApiKey(context, request, `${basePath}/login`);
    const parameters = readParameters(request);
    const loginId = parameters.get('loginId');
    const named = loginId === undefined ? undefined : (findByLoginId(store, scope, loginId)?.id ?? '');
    const userId = parameters.uuid('userId') ?? named;
    const found = logins(scope).filter((one) => userId === undefined || one.userId === userId);
    return hourly(within(found, parameters));
  });

  routes.get(`${basePath}/registration`, async (request) =>
    hourly(within(registrations(requireApiKey(context, request, `${basePath}/registration`)), readParameters(request))),
  );

  routes.get(`${basePath}/daily-active-user`, async (request) => {
    const { counts, total } = active(request, `${basePath}/daily-active-user`, (instant) =>
      Math.floor(instant / dayMs),
    );
    return { dailyActiveUsers: counts, total };
  });

  routes.get(`${basePath}/monthly-active-user`, async (request) => {
    const { counts, total } = active(request, `${basePath}/monthly-active-user`, monthOf);
    return { monthlyActiveUsers: counts, total };
  });

  routes.get(`${basePath}/totals`, async (request) => {
    const scope = requireApiKey(context, request, `${basePath}/totals`);
    const [registered, signIns] = [registrations(scope), logins(scope)];
    const isWanted = !readParameters(request).all('excludes').includes('applicationTotals');
    const applicationTotals = Object.fromEntries(
      [...store.applications.values()]
        .filter(({ tenantId }) => sees(scope, tenantId))
        .map(({ id }) => {
          const count = registered.filter(({ applicationId }) => applicationId === id).length;
          const signInCount = signIns.filter(({ applicationId }) => applicationId === id).length;
          return [id, { logins: signInCount, registrations: count, totalRegistrations: count }];
        }),
    );
    return {
      ...(isWanted ? { applicationTotals } : {}),
      globalRegistrations: registered.length,
      totalGlobalRegistrations: registered.length,
    };
  });

  function active(request: FastifyRequest, path: string, intervalOf: (instant: number) => number) {
    const found = within(logins(requireApiKey(context, request, path)), readParameters(request));
    const users = new Set(found.map(({ userId, instant }) => `${intervalOf(instant)} ${userId}`));
    return counted([...users].map((one) => Number(one.split(' ', 1)[0])));
  }

  function logins(scope: ApiScope): Occurrence[] {
    return store.loginRecords
      .all()
      .filter(({ tenantId }) => sees(scope, tenantId))
      .map(({ userId, applicationId, instant }) => ({ userId, applicationId, instant }));
  }

  function registrations(scope: ApiScope): Occurrence[] {
    return [...store.users.values()]
      .filter(({ tenantId }) => sees(scope, tenantId))
      .flatMap(({ id, registrations: ofUser }) =>
        ofUser.map(({ applicationId, insertInstant }) => ({ userId: id, applicationId, instant: insertInstant })),
      );
  }
}

/** Those of the asked application between the asked instants, both of which are required. */
function within(all: readonly Occurrence[], parameters: Parameters): Occurrence[] {
  const [applicationId, start, end] = [
    parameters.uuid('applicationId'),
    parameters.integer('start'),
    parameters.integer('end'),
  ];
  if (start === undefined || end === undefined) {
    throw missing(start === undefined ? 'start' : 'end');
  }
  return all.filter(
    (one) =>
      (applicationId === undefined || one.applicationId === applicationId) &&
      one.instant >= start &&
      one.instant <= end,
  );
}

function hourly(found: readonly Occurrence[]) {
  const { counts, total } = counted(found.map(({ instant }) => Math.floor(instant / hourMs)));
  return { hourlyCounts: counts, total };
}

function counted(intervals: readonly number[]) {
  const counts = new Map<number, number>();
  for (const interval of [...intervals].sort((a, b) => a - b)) {
    counts.set(interval, (counts.get(interval) ?? 0) + 1);
  }
  return { counts: [...counts].map(([interval, count]) => ({ interval, count })), total: intervals.length };
}

function monthOf(instant: number): number {
  const date = new Date(instant);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}
