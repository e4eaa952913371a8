import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, sees } from '../http/api-key-auth.js';
import { ApiError, type ErrorEntry, fieldError, missing } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { readJson } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { withoutUndefined } from '../store/creators.js';

const basePath = '/api/user/refresh-token/import';

/**
 * `/api/user/refresh-token/import`: takes sessions over from elsewhere. All of them or none.
 *
 * With `validateDbConstraints` a violation answers 400 with Errors, without it a plain 500 (documentation of this API).
 */
export function registerRefreshTokenImport(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  routes.post(basePath, async (request, reply) => {
    const scope = requireApiKey(context, request, basePath);
    const { refreshTokens, validateDbConstraints } = readJson(request, importRequest);
    if (refreshTokens === undefined || refreshTokens.length === 0) {
      throw missing('refreshTokens');
    }
    const complete = refreshTokens.map(requireMembers);
    const violations = Object.fromEntries(complete.flatMap((token, index) => violationsOf(scope, token, index)));
    if (Object.keys(violations).length > 0) {
      throw validateDbConstraints === true
        ? new ApiError(400, { fieldErrors: violations, generalErrors: [] })
        : new ApiError(500);
    }
    for (const { metaData, ...token } of complete) {
      const device = metaData?.device === undefined ? undefined : withoutUndefined(metaData.device);
      store.addSession({ ...token, device, scopes: metaData?.scopes });
    }
    return reply.send();
  });

  function violationsOf(scope: ApiScope, token: CompleteToken, index: number): [string, ErrorEntry[]][] {
    const field = (name: string) => `refreshTokens[${index}].${name}`;
    const entry = (code: string, name: string): [string, ErrorEntry[]] => [
      field(name),
      [{ code: `[${code}]refreshTokens.${name}`, message: `The value of [${field(name)}] is invalid.` }],
    ];
    const user = store.users.get(token.userId);
    const application = store.applications.get(token.applicationId);
    return [
      ...(user === undefined || !sees(scope, user.tenantId) ? [entry('invalid', 'userId')] : []),
      ...(application === undefined || application.tenantId !== user?.tenantId
        ? [entry('invalid', 'applicationId')]
        : []),
      ...(store.sessions.findByToken(token.token) === undefined ? [] : [entry('duplicate', 'token')]),
    ];
  }
}

type ImportedToken = z.output<typeof importedToken>;
type CompleteToken = ImportedToken & { userId: string; applicationId: string; token: string; startInstant: number };

function requireMembers(token: ImportedToken, index: number): CompleteToken {
  const { userId, applicationId, token: value, startInstant } = token;
  if (userId === undefined || applicationId === undefined || value === undefined || startInstant === undefined) {
    const required = { userId, applicationId, token: value, startInstant };
    const name = Object.entries(required).find(([, member]) => member === undefined)?.[0] ?? 'token';
    throw fieldError('missing', `refreshTokens[${index}].${name}`, `You must specify the [${name}] property.`);
  }
  return { ...token, userId, applicationId, token: value, startInstant };
}

const importedToken = z.object({
  id: uuidJson.optional(),
  userId: uuidJson.optional(),
  applicationId: uuidJson.optional(),
  token: z.string().min(1).optional(),
  startInstant: z.number().int().optional(),
  insertInstant: z.number().int().optional(),
  metaData: z
    .object({
      device: z
        .object({
          name: z.string().optional(),
          description: z.string().optional(),
          type: z.string().optional(),
          lastAccessedAddress: z.string().optional(),
          lastAccessedInstant: z.number().int().optional(),
        })
        .optional(),
      scopes: z.array(z.string()).optional(),
    })
    .optional(),
});

const importRequest = z.object({
  refreshTokens: z.array(importedToken).optional(),
  validateDbConstraints: z.boolean().optional(),
});
