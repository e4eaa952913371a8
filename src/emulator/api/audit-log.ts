import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey } from '../http/api-key-auth.js';
import { blank, orNotFound } from '../http/errors-json.js';
import { pathParameter, readJson, readSearch } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { withoutUndefined } from '../store/creators.js';
import type { AuditLogEntry } from '../store/instance-records.js';
import { pageOf, pagingJson } from './paging.js';
import { textSearch } from './text-search.js';

const basePath = '/api/system/audit-log';

/** FusionAuth keeps entries for as long as it is told to; the emulator keeps the newest, so that it stays small. */
const capacity = 10_000;

/** `/api/system/audit-log`: entries written by callers. The emulator writes none itself. Newest first. */
export function registerAuditLogApi(routes: RouteTable, context: EmulatorContext): void {
  const { auditLog } = context.store;

  routes.post(basePath, async (request) => {
    requireApiKey(context, request, basePath);
    const { auditLog: given } = readJson(request, z.object({ auditLog: auditLogJson.optional() }));
    const { insertUser, message } = given ?? {};
    if (insertUser === undefined || insertUser === '') {
      throw blank('auditLog.insertUser');
    }
    if (message === undefined || message === '') {
      throw blank('auditLog.message');
    }
    const entry: AuditLogEntry = {
      ...withoutUndefined(given ?? {}),
      id: (auditLog.at(-1)?.id ?? 0) + 1,
      insertInstant: context.clock.now(),
      insertUser,
      message,
    };
    auditLog.push(entry);
    auditLog.splice(0, auditLog.length - capacity);
    return { auditLog: entry };
  });

  routes.get(`${basePath}/:auditLogId`, async (request) => {
    requireApiKey(context, request, basePath);
    const entry = orNotFound(auditLog.find(({ id }) => `${id}` === pathParameter(request, 'auditLogId')));
    return { auditLog: entry };
  });

  const search = async (request: FastifyRequest) => {
    requireApiKey(context, request, `${basePath}/search`);
    const criteria = readSearch(request, searchJson);
    const { start = 0, end = Number.POSITIVE_INFINITY } = criteria;
    const [isWritten, isWriter] = [textSearch(criteria.message), textSearch(criteria.user)];
    const found = auditLog
      .filter(
        ({ message, insertUser, insertInstant }) =>
          isWritten(message) && isWriter(insertUser) && insertInstant >= start && insertInstant <= end,
      )
      .reverse();
    return { auditLogs: pageOf(found, criteria), total: found.length };
  };
  routes.get(`${basePath}/search`, search);
  routes.post(`${basePath}/search`, search);
}

const searchJson = z.object({
  message: z.string().optional(),
  user: z.string().optional(),
  start: z.number().optional(),
  end: z.number().optional(),
  ...pagingJson,
});

const auditLogJson = z.object({
  insertUser: z.string().optional(),
  message: z.string().optional(),
  reason: z.string().optional(),
  tenantId: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  oldValue: z.unknown().optional(),
  newValue: z.unknown().optional(),
});
