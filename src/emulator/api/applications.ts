import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { type ApiScope, requireApiKey, sees, visible } from '../http/api-key-auth.js';
import { blank, fieldError, orNotFound } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { checkJson, pathUuid, readParameters, readSearch } from '../http/request-input.js';
import { type BuildRequest, registerResource } from '../http/resource.js';
import type { RouteTable } from '../http/route-table.js';
import { newApplication, withoutUndefined } from '../store/creators.js';
import { fusionAuthApplicationId } from '../store/defaults.js';
import { newId } from '../store/new-id.js';
import type { Application, ApplicationRole } from '../store/records.js';
import { roleJson } from './application-parts.js';
import { checkJwtConfiguration, jwtConfigurationJson } from './jwt-configuration-json.js';
import { pageOf } from './paging.js';
import { tenantForNew } from './tenant-choice.js';
import { namedRecords, namedSearchJson } from './text-search.js';

const basePath = '/api/application';

/** `/api/application`, its search and its OAuth configuration. */
export function registerApplicationApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;
  const { applications } = store;

  registerResource<Application>(routes, {
    basePath,
    member: 'application',
    idName: 'applicationId',
    authorize: (request) => requireApiKey(context, request, basePath),
    find: (scope, id) => visible(scope, applications.get(id)),
    list: {
      member: 'applications',
      of(scope, request) {
        const isActive = !readParameters(request).boolean('inactive');
        return [...applications.values()].filter(
          ({ active, tenantId }) => active === isActive && sees(scope, tenantId),
        );
      },
    },
    exists: (id) => applications.has(id),
    build,
    save: (application) => void applications.set(application.id, application),
    async command(application, request) {
      const reactivate = readParameters(request).boolean('reactivate');
      if (reactivate) {
        setActive(application, true);
      }
      return reactivate;
    },
    remove(application, request) {
      if (application.id === fusionAuthApplicationId) {
        throw fieldError('invalid', 'applicationId', 'The application of FusionAuth itself cannot be deleted.');
      }
      if (readParameters(request).boolean('hardDelete')) {
        store.deleteApplication(application.id);
      } else {
        setActive(application, false);
      }
    },
  });

  routes.post(`${basePath}/search`, async (request) => {
    const scope = requireApiKey(context, request, `${basePath}/search`);
    const search = readSearch(request, namedSearchJson);
    const found = namedRecords(applications.values(), scope, search);
    return { applications: pageOf(found, search), total: found.length };
  });

  routes.get(`${basePath}/:applicationId/oauth-configuration`, async (request) => {
    const scope = requireApiKey(context, request, basePath);
    const application = orNotFound(visible(scope, applications.get(pathUuid(request, 'applicationId'))));
    const { httpSessionMaxInactiveInterval, logoutURL } = store.tenantOrThrow(application.tenantId);
    return {
      httpSessionMaxInactiveInterval,
      ...(logoutURL === undefined ? {} : { logoutURL }),
      oauthConfiguration: application.oauthConfiguration,
    };
  });

  function build({ members, id, existing, scope, body }: BuildRequest<Application>): Application {
    const merged = { ...sourceOf(scope, body), ...members };
    const { application: given } = checkJson({ application: merged }, z.object({ application: applicationJson }));
    if (given.name === undefined || given.name === '') {
      throw blank('application.name');
    }
    const { name } = given;
    const tenantId = existing?.tenantId ?? tenantForNew(store, scope, given.tenantId).id;
    const namesake = [...applications.values()].find((other) => other.tenantId === tenantId && other.name === name);
    if (namesake !== undefined && namesake.id !== existing?.id) {
      throw fieldError('duplicate', 'application.name', `An application with the name [${name}] already exists.`);
    }
    const now = clock.now();
    // An update without a client secret keeps the one there is: a new one would lock every client out.
    const clientSecret = given.oauthConfiguration?.clientSecret ?? existing?.oauthConfiguration.clientSecret;
    const application = newApplication(
      {
        ...given,
        name,
        id,
        oauthConfiguration: {
          ...freshOAuthConfiguration,
          ...given.oauthConfiguration,
          clientSecret,
          clientId: undefined,
        },
        loginConfiguration: { ...freshLoginConfiguration, ...given.loginConfiguration },
        jwtConfiguration: { enabled: false, ...given.jwtConfiguration },
        // An update without roles keeps them: they are changed at an address of their own.
        roles: given.roles?.map((role) => newRole(role, existing?.roles ?? [], now)) ?? existing?.roles,
        scopes: existing?.scopes,
        active: existing?.active ?? true,
        state: existing?.state ?? 'Active',
        insertInstant: existing?.insertInstant ?? now,
        lastUpdateInstant: now,
      },
      tenantId,
      now,
    );
    checkJwtConfiguration(context.keys, application.jwtConfiguration, 'application.jwtConfiguration');
    return application;
  }

  /** The settings a new application starts from: those of the application it names, without its secret and roles' ids. */
  function sourceOf(scope: ApiScope, body: Record<string, unknown>): object {
    const { sourceApplicationId } = checkJson(body, sourceRequest);
    if (sourceApplicationId === undefined) {
      return {};
    }
    const source = applications.get(sourceApplicationId);
    if (source === undefined || !sees(scope, source.tenantId)) {
      throw fieldError('invalid', 'sourceApplicationId', `The application [${sourceApplicationId}] does not exist.`);
    }
    const { roles, oauthConfiguration, ...settings } = structuredClone(source);
    const { clientId: _id, clientSecret: _secret, ...oauth } = oauthConfiguration;
    return { ...settings, roles: roles.map(({ id: _roleId, ...role }) => role), oauthConfiguration: oauth };
  }

  function setActive(application: Application, active: boolean): void {
    application.active = active;
    application.state = active ? 'Active' : 'Inactive';
    application.lastUpdateInstant = clock.now();
  }
}

/** What an application created over the API starts with; the store's own default is to allow both. */
const freshOAuthConfiguration = {
  enabledGrants: [] as string[],
  generateRefreshTokens: false,
  scopeHandlingPolicy: 'Strict',
  unknownScopePolicy: 'Reject',
} as const satisfies Partial<Application['oauthConfiguration']>;

const freshLoginConfiguration = { allowTokenRefresh: false, generateRefreshTokens: false };

/** The existing role of that id or name is kept. */
function newRole(
  { name, ...role }: z.output<typeof roleJson>,
  known: readonly ApplicationRole[],
  now: number,
): ApplicationRole {
  if (name === undefined || name === '') {
    throw blank('application.roles.name');
  }
  const existing = known.find((other) => other.id === role.id || other.name === name);
  const {
    description,
    id = newId(),
    isDefault = false,
    isSuperRole = false,
    insertInstant = now,
  } = { ...existing, ...withoutUndefined(role) };
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    isDefault,
    isSuperRole,
    insertInstant,
    lastUpdateInstant: now,
  };
}

const applicationJson = z.looseObject({
  name: z.string().optional(),
  tenantId: z.string().optional(),
  verifyRegistration: z.boolean().optional(),
  registrationConfiguration: z.looseObject({ enabled: z.boolean().optional() }).optional(),
  jwtConfiguration: jwtConfigurationJson.optional(),
  loginConfiguration: z
    .object({
      allowTokenRefresh: z.boolean().optional(),
      generateRefreshTokens: z.boolean().optional(),
      requireAuthentication: z.boolean().optional(),
    })
    .optional(),
  oauthConfiguration: z
    .looseObject({
      clientSecret: z.string().optional(),
      clientAuthenticationPolicy: z.enum(['Required', 'NotRequired', 'NotRequiredWhenUsingPKCE']).optional(),
      enabledGrants: z.array(z.string()).optional(),
      generateRefreshTokens: z.boolean().optional(),
      authorizedRedirectURLs: z.array(z.string()).optional(),
      logoutURL: z.string().optional(),
      logoutBehavior: z.enum(['RedirectOnly', 'AllApplications']).optional(),
      requireRegistration: z.boolean().optional(),
      scopeHandlingPolicy: z.enum(['Compatibility', 'Strict']).optional(),
      unknownScopePolicy: z.enum(['Allow', 'Remove', 'Reject']).optional(),
      proofKeyForCodeExchangePolicy: z
        .enum(['Required', 'NotRequired', 'NotRequiredWhenUsingClientAuthentication'])
        .optional(),
      authorizedURLValidationPolicy: z.enum(['AllowWildcards', 'ExactMatch']).optional(),
      relationship: z.enum(['FirstParty', 'ThirdParty']).optional(),
      consentMode: z.enum(['AlwaysPrompt', 'RememberDecision', 'NeverPrompt']).optional(),
    })
    .optional(),
  roles: z.array(z.preprocess((role) => (typeof role === 'string' ? { name: role } : role), roleJson)).optional(),
});

const sourceRequest = z.object({ sourceApplicationId: uuidJson.optional() });
