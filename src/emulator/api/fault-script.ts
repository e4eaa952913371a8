import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import type { FaultSwitches } from '../faults.js';
import { requireGlobalApiKey } from '../http/api-key-auth.js';
import { readJson } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';

const path = '/emulator/faults';

/**
 * `/emulator/faults`, a path FusionAuth does not have: switches faults from another process. Needs a key without a
 * tenant. `POST {"method"?, "path", "times"?, "fault": {"kind": ...}}` adds a rule and answers 204, `DELETE` removes
 * every rule and answers 204. Faults never befall this path. `held` takes a promise and `mapBody` a function, so neither
 * is available here.
 */
export function registerFaultScript(routes: RouteTable, context: EmulatorContext, faults: FaultSwitches): void {
  routes.post(path, async (request, reply) => {
    requireGlobalApiKey(context, request, path);
    faults.add(readJson(request, faultRule));
    return reply.code(204).send();
  });

  routes.delete(path, async (request, reply) => {
    requireGlobalApiKey(context, request, path);
    faults.clear();
    return reply.code(204).send();
  });
}

const faultJson = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('latency'), minMs: z.number().nonnegative(), maxMs: z.number().max(600_000) }),
  z.object({ kind: z.literal('hang') }),
  z.object({ kind: z.literal('reset'), when: z.enum(['before', 'after']) }),
  z.object({
    kind: z.literal('status'),
    status: z.literal([401, 404, 429, 500, 503, 504]),
    retryAfterSeconds: z.number().int().nonnegative().optional(),
  }),
  z.object({ kind: z.literal('malformedJson') }),
  z.object({ kind: z.literal('emptyBody') }),
]);

const faultRule = z.object({
  method: z.string().optional(),
  path: z.string().startsWith('/'),
  times: z.number().int().positive().optional(),
  fault: faultJson,
});
