import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventNameJson } from '../events/event-names.js';
import { anonymousScope, requireApiKey, requireGlobalApiKey, sees } from '../http/api-key-auth.js';
import { blank, fieldError, orNotFound } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson, optionalPathUuid, readSearch } from '../http/request-input.js';
import { type BuildRequest, registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import { newTenant } from '../store/creators.js';
import type { Tenant } from '../store/records.js';
import { checkJwtConfiguration, jwtConfigurationJson } from './jwt-configuration-json.js';
import { pageOf, pagingJson } from './paging.js';
import { passwordRulesJson } from './password-rules.js';
import { textSearch } from './text-search.js';

const basePath = '/api/tenant';

/** `/api/tenant` and its search. */
export function registerTenantApi(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  registerResource<Tenant>(routes, {
    basePath,
    member: 'tenant',
    idName: 'tenantId',
    authorize: (request) => requireApiKey(context, request, basePath),
    find: (scope, id) => (sees(scope, id) ? store.tenants.get(id) : undefined),
    list: { member: 'tenants', of: (scope) => [...store.tenants.values()].filter(({ id }) => sees(scope, id)) },
    exists: (id) => store.tenants.has(id),
    build,
    save: (tenant) => void store.tenants.set(tenant.id, tenant),
    remove({ id }) {
      if (id === store.defaultTenantId) {
        throw fieldError('invalid', 'tenantId', 'The tenant of FusionAuth itself cannot be deleted.');
      }
      store.deleteTenant(id);
    },
  });

  routes.post(`${basePath}/search`, async (request) => {
    requireGlobalApiKey(context, request, `${basePath}/search`);
    const search = readSearch(request, searchJson);
    const isNamed = textSearch(search.name);
    const found = [...store.tenants.values()].filter(({ name }) => isNamed(name));
    return { tenants: pageOf(found, search), total: found.length };
  });

  /** Pages that ask for a password need no key to show what it must be like. */
  const passwordRules = async (request: FastifyRequest) => {
    const { tenantId } = anonymousScope(context, request);
    const id = optionalPathUuid(request, 'tenantId') ?? tenantId ?? store.defaultTenantId;
    const tenant = orNotFound(store.tenants.get(id));
    return { passwordValidationRules: passwordRulesJson.parse(tenant.passwordValidationRules ?? {}) };
  };
  routes.get(`${basePath}/password-validation-rules`, passwordRules);
  routes.get(`${basePath}/password-validation-rules/:tenantId`, passwordRules);

  function build({ members, id, existing, body }: BuildRequest<Tenant>): Tenant {
    const merged = { ...sourceOf(body), ...members };
    const { tenant: given } = checkJson({ tenant: merged }, z.object({ tenant: tenantJson }));
    if (given.name === undefined || given.name === '') {
      throw blank('tenant.name');
    }
    const { name } = given;
    if ([...store.tenants.values()].some((other) => other.id !== existing?.id && other.name === name)) {
      throw fieldError('duplicate', 'tenant.name', `A tenant with the name [${name}] already exists.`);
    }
    const now = context.clock.now();
    const kept = { id, insertInstant: existing?.insertInstant ?? now, lastUpdateInstant: now, state: existing?.state };
    const tenant = newTenant({ ...given, ...kept }, now);
    checkJwtConfiguration(context.keys, tenant.jwtConfiguration, 'tenant.jwtConfiguration');
    return tenant;
  }

  /** The settings a new tenant starts from: those of the tenant it names. */
  function sourceOf(body: Record<string, unknown>): object {
    const { sourceTenantId } = checkJson(body, sourceRequest);
    const source = sourceTenantId === undefined ? undefined : store.tenants.get(sourceTenantId);
    if (sourceTenantId !== undefined && source === undefined) {
      throw fieldError('invalid', 'sourceTenantId', `The tenant [${sourceTenantId}] does not exist.`);
    }
    return structuredClone(source ?? {});
  }
}

const sourceRequest = z.object({ sourceTenantId: uuidJson.optional() });

const transactionTypes = z.enum(['None', 'Any', 'SimpleMajority', 'SuperMajority', 'AbsoluteMajority']);

const tenantJson = z.looseObject({
  name: z.string().optional(),
  issuer: z.string().optional(),
  httpSessionMaxInactiveInterval: z.number().int().nonnegative().optional(),
  logoutURL: z.string().optional(),
  passwordValidationRules: passwordRulesJson.optional(),
  jwtConfiguration: jwtConfigurationJson.optional(),
  loginConfiguration: z.object({ requireAuthentication: z.boolean().default(true) }).optional(),
  emailConfiguration: z
    .looseObject({
      verifyEmail: z.boolean().default(false),
      unverified: z
        .looseObject({ behavior: z.enum(['Allow', 'Gated']).default('Allow') })
        .default({ behavior: 'Allow' }),
    })
    .optional(),
  eventConfiguration: z
    .object({
      events: z
        .record(
          eventNameJson,
          z.object({ enabled: z.boolean().default(false), transactionType: transactionTypes.default('None') }),
        )
        .default({}),
    })
    .optional(),
});

const searchJson = z.object({ name: z.string().optional(), ...pagingJson });
