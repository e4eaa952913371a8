import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireGlobalApiKey } from '../http/api-key-auth.js';
import { notFound } from '../http/errors-json.js';
import { pathUuid, readJson } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';

const eventLogPath = '/api/system/event-log';
const webhookEventLogPath = '/api/system/webhook-event-log';
const webhookAttemptLogPath = '/api/system/webhook-attempt-log';

/**
 * The event log and the log of webhook events, both empty: the emulator has no integrations that could fail, and
 * FusionAuth's log of webhook events is off unless it is switched on (since 1.57).
 */
export function registerEmptyLogs(routes: RouteTable, context: EmulatorContext): void {
  routes.post(`${eventLogPath}/search`, async (request) => {
    requireGlobalApiKey(context, request, `${eventLogPath}/search`);
    readJson(request, searchRequest);
    return { eventLogs: [], total: 0 };
  });
  routes.get(`${eventLogPath}/:eventLogId`, async (request) => {
    requireGlobalApiKey(context, request, eventLogPath);
    throw notFound();
  });
  routes.post(`${webhookEventLogPath}/search`, async (request) => {
    requireGlobalApiKey(context, request, `${webhookEventLogPath}/search`);
    readJson(request, searchRequest);
    return { webhookEventLogs: [], total: 0 };
  });
  for (const [path, name] of [
    [webhookEventLogPath, 'webhookEventLogId'],
    [webhookAttemptLogPath, 'webhookAttemptLogId'],
  ] as const) {
    routes.get(`${path}/:${name}`, async (request) => {
      requireGlobalApiKey(context, request, path);
      pathUuid(request, name);
      throw notFound();
    });
  }
}

const searchRequest = z.object({ search: z.record(z.string(), z.unknown()).optional() });
