import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, requireGlobalApiKey, visible } from '../http/api-key-auth.js';
import { fieldError, missing, notFound } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import {
  checkJson,
  patchedJson,
  pathParameter,
  pathUuid,
  readJson,
  readJsonObject,
  readParameters,
} from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { KeptDocument } from '../store/document-table.js';
import { newId } from '../store/new-id.js';
import { announceKept } from './kept-documents.js';

const typePath = '/api/tenant-manager/identity-provider';
const credentialPath = '/api/webauthn';
const providerPath = '/api/identity-provider';
const templatePath = '/api/email/template';

/** Kept documents with endpoints of their own form: passkeys, the Tenant Manager's identity providers, and look-ups. */
export function registerKeptParts(routes: RouteTable, context: EmulatorContext): void {
  registerProviderTypes(routes, context);
  registerCredentials(routes, context);
  registerLookUps(routes, context);
}

/** One configuration for each type of identity provider, found by the type. */
function registerProviderTypes(routes: RouteTable, context: EmulatorContext): void {
  const { documents } = context.store;
  const kind = { name: "the Tenant Manager's identity providers", basePath: typePath };
  const save = async (request: FastifyRequest) => {
    requireGlobalApiKey(context, request, typePath);
    announceKept(context, kind);
    const type = pathParameter(request, 'type');
    const known = documents.of(typePath).get(type);
    if (request.method !== 'POST' && known === undefined) {
      throw notFound();
    }
    if (request.method === 'POST' && known !== undefined) {
      throw fieldError('duplicate', 'type', `A configuration for the type [${type}] already exists.`);
    }
    const body =
      request.method === 'PATCH' ? patchedJson(request, { typeConfiguration: known }) : readJsonObject(request);
    if (body['typeConfiguration'] === undefined) {
      throw missing('typeConfiguration');
    }
    const members = checkJson(body['typeConfiguration'], z.record(z.string(), z.unknown()));
    const now = context.clock.now();
    const instants = { insertInstant: known?.['insertInstant'] ?? now, lastUpdateInstant: now };
    const document = { ...members, type, ...instants, id: type };
    documents.put(typePath, document);
    const { id: _id, ...shown } = document;
    return { typeConfiguration: shown };
  };
  routes.post(`${typePath}/:type`, save);
  routes.put(`${typePath}/:type`, save);
  routes.patch(`${typePath}/:type`, save);
  routes.delete(`${typePath}/:type`, async (request, reply) => {
    requireGlobalApiKey(context, request, typePath);
    const type = pathParameter(request, 'type');
    if (!documents.of(typePath).has(type)) {
      throw notFound();
    }
    documents.delete(typePath, type);
    return reply.send();
  });
}

/** Passkeys: imported, read and deleted. No ceremony works, since nothing checks a signature. */
function registerCredentials(routes: RouteTable, context: EmulatorContext): void {
  const { documents, users } = context.store;

  routes.post(`${credentialPath}/import`, async (request, reply) => {
    const scope = requireApiKey(context, request, `${credentialPath}/import`);
    announceKept(context, { name: 'passkeys', basePath: credentialPath });
    const { credentials = [] } = readJson(request, importRequest);
    for (const [index, { userId }] of credentials.entries()) {
      if (visible(scope, users.get(userId)) === undefined) {
        throw fieldError('invalid', `credentials[${index}].userId`, 'The user does not exist.');
      }
    }
    for (const credential of credentials) {
      const insertInstant = context.clock.now();
      documents.put(credentialPath, { insertInstant, ...credential, id: credential.id ?? newId() });
    }
    return reply.send();
  });

  routes.get(credentialPath, async (request) => ({ credentials: ofUser(request) }));
  routes.delete(credentialPath, async (request, reply) => {
    for (const { id } of ofUser(request)) {
      documents.delete(credentialPath, id);
    }
    return reply.send();
  });
  routes.get(`${credentialPath}/:id`, async (request) => ({ credential: find(request) }));
  routes.delete(`${credentialPath}/:id`, async (request, reply) => {
    documents.delete(credentialPath, find(request).id);
    return reply.send();
  });

  function ofUser(request: FastifyRequest): KeptDocument[] {
    const scope = requireApiKey(context, request, credentialPath);
    const userId = readParameters(request).uuid('userId');
    if (userId === undefined) {
      throw missing('userId');
    }
    const user = visible(scope, users.get(userId));
    return [...documents.of(credentialPath).values()].filter((one) => one['userId'] === user?.id);
  }

  function find(request: FastifyRequest): KeptDocument {
    const scope = requireApiKey(context, request, credentialPath);
    const found = documents.of(credentialPath).get(pathUuid(request, 'id'));
    if (found === undefined || visible(scope, users.get(`${found['userId']}`)) === undefined) {
      throw notFound();
    }
    return found;
  }
}

/** What is asked of kept documents: who manages a domain, whether a template can be sent, and the state of the licence. */
function registerLookUps(routes: RouteTable, context: EmulatorContext): void {
  const { documents } = context.store;

  routes.get(`${providerPath}/lookup`, async (request) => {
    requireApiKey(context, request, `${providerPath}/lookup`);
    const domain = readParameters(request).get('domain')?.toLowerCase();
    const found = [...documents.of(providerPath).values()].find(
      ({ domains }) => Array.isArray(domains) && domains.some((one) => `${one}`.toLowerCase() === domain),
    );
    if (found === undefined) {
      throw notFound();
    }
    const { id, name, type, tenantId, applicationConfiguration = {} } = found;
    const applicationIds = Object.keys(checkJson(applicationConfiguration, z.record(z.string(), z.unknown())));
    const owner = tenantId === undefined ? {} : { tenantId };
    return { identityProvider: { id, name, type, applicationIds, ...owner } };
  });

  // Links wait while somebody signs in with an identity provider, which nobody can here.
  routes.get(`${providerPath}/link/pending/:pendingLinkId`, async (request) => {
    requireApiKey(context, request, `${providerPath}/link/pending`);
    throw notFound();
  });

  routes.post('/api/email/send/:emailTemplateId', async (request) => {
    requireApiKey(context, request, '/api/email/send');
    if (!documents.of(templatePath).has(pathUuid(request, 'emailTemplateId'))) {
      throw notFound();
    }
    const { userIds = [] } = readJson(request, sendRequest);
    announceKept(context, { name: 'e-mails, which are not sent', basePath: '/api/email/send' });
    return { anonymousResults: {}, results: Object.fromEntries(userIds.map((id) => [id, {}])) };
  });

  routes.delete('/api/reactor', async (request, reply) => {
    requireGlobalApiKey(context, request, '/api/reactor');
    documents.delete('/api/reactor', 'status');
    return reply.send();
  });
  routes.get('/api/reactor/metrics', async (request) => {
    requireGlobalApiKey(context, request, '/api/reactor/metrics');
    return { metrics: { breachedPasswordMetrics: {} } };
  });
}

const importRequest = z.object({
  credentials: z
    .array(
      z.looseObject({ id: uuidJson.optional(), userId: uuidJson, credentialId: z.string(), publicKey: z.string() }),
    )
    .optional(),
});

const sendRequest = z.object({ userIds: z.array(uuidJson).optional() });
