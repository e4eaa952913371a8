import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { eventInfoOf } from '../events/event-info.js';
import { requireApiKey, sees, visible } from '../http/api-key-auth.js';
import { ApiError, blank, notFound, orNotFound } from '../http/errors-json.js';
import { eventInfoJson, uuidJson } from '../http/json-schemas.js';
import { hasJson, pathUuid, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { newId } from '../store/new-id.js';
import type { User } from '../store/records.js';
import { bearerUserId } from '../tokens/bearer.js';
import {
  base32Of,
  bytesOfBase32,
  hasTwoFactor,
  isCodeOfSecret,
  isTwoFactorCode,
  methodsOf,
  twoFactorMethods,
} from '../two-factor.js';
import { findByLoginId } from './login-id.js';
import { notEmulated } from './not-emulated.js';

const userPath = '/api/user/two-factor';
const recoveryPath = '/api/user/two-factor/recovery-code';

/** The documented number. */
const recoveryCodeCount = 10;

/**
 * Authenticators of users: secrets, enabling and disabling, recovery codes, and the start of a two-factor sign-in. No
 * message is ever sent, so methods by e-mail and text message are refused. Trust is not remembered. The first method of a
 * user revokes its sessions where the policy `onMultiFactorEnable` says so.
 */
export function registerTwoFactorApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;

  routes.get('/api/two-factor/secret', async (request) => {
    if ((await bearerUserId(context, request)) === undefined) {
      requireApiKey(context, request, '/api/two-factor/secret');
    }
    const secret = randomBytes(20);
    return { secret: secret.toString('base64'), secretBase32Encoded: base32Of(secret) };
  });

  routes.post(`${userPath}/:userId`, async (request) => {
    const user = find(request, userPath);
    const { method = '', code = '', secret, secretBase32Encoded, name, eventInfo } = readJson(request, enableRequest);
    if (method === '') {
      throw blank('method');
    }
    if (method !== 'authenticator') {
      throw notEmulated(`the two-factor method ${method}`);
    }
    const key = secretBase32Encoded === undefined ? secret : bytesOfBase32(secretBase32Encoded).toString('base64');
    if (key === undefined || key === '') {
      throw blank('secret');
    }
    if (!isCodeOfSecret(key, code, clock.now())) {
      throw new ApiError(421);
    }
    const isFirst = !hasTwoFactor(user);
    const added = { id: newId(), method, secret: key, ...(name === undefined ? {} : { name }) };
    const recoveryCodes = user.twoFactor.recoveryCodes ?? newRecoveryCodes();
    user.twoFactor = { ...user.twoFactor, methods: [...user.twoFactor.methods, added], recoveryCodes };
    if (isFirst) {
      await context.revoker.revokeByPolicy(user.id, 'onMultiFactorEnable', eventInfoOf(request, eventInfo));
    }
    return { recoveryCodes };
  });

  routes.put(`${userPath}/:userId`, async (request, reply) => {
    const user = find(request, userPath);
    const { methodId, name } = readJson(request, updateRequest);
    if (!methodsOf(user).some(({ id }) => id === methodId)) {
      throw notFound();
    }
    const methods = methodsOf(user).map((one) => (one.id === methodId ? { ...one, name } : one));
    user.twoFactor = { ...user.twoFactor, methods };
    return reply.send();
  });

  routes.delete(`${userPath}/:userId`, async (request, reply) => {
    const user = find(request, userPath);
    const parameters = readParameters(request);
    const body = hasJson(request) ? readJson(request, disableRequest) : {};
    const [methodId, code] = [body.methodId ?? parameters.get('methodId'), body.code ?? parameters.get('code')];
    if (!methodsOf(user).some(({ id }) => id === methodId)) {
      throw notFound();
    }
    if (!isTwoFactorCode(user, code ?? '', clock.now())) {
      throw new ApiError(421);
    }
    const methods = methodsOf(user).filter(({ id }) => id !== methodId);
    const { recoveryCodes: _codes, ...rest } = user.twoFactor;
    user.twoFactor = methods.length === 0 ? { ...rest, methods } : { ...user.twoFactor, methods };
    return reply.send();
  });

  routes.get(`${recoveryPath}/:userId`, async (request) => ({
    recoveryCodes: find(request, recoveryPath).twoFactor.recoveryCodes ?? [],
  }));

  routes.post(`${recoveryPath}/:userId`, async (request) => {
    const user = find(request, recoveryPath);
    const recoveryCodes = newRecoveryCodes();
    user.twoFactor = { ...user.twoFactor, recoveryCodes };
    return { recoveryCodes };
  });

  routes.post('/api/two-factor/start', async (request) => {
    const scope = requireApiKey(context, request, '/api/two-factor/start');
    const { userId, loginId = '', loginIdTypes } = readJson(request, startRequest);
    const user = userId === undefined ? findByLoginId(store, scope, loginId, loginIdTypes) : store.users.get(userId);
    // Nobody can be asked for a second factor who has none.
    if (user === undefined || !sees(scope, user.tenantId) || !hasTwoFactor(user)) {
      throw notFound();
    }
    return { methods: twoFactorMethods(user), twoFactorId: context.twoFactorIds.issue(user.id) };
  });

  const status = async (request: FastifyRequest, userId: string | undefined) => {
    const scope = requireApiKey(context, request, '/api/two-factor/status');
    const user = orNotFound(visible(scope, store.users.get(userId ?? '')));
    return { isAsked: hasTwoFactor(user), trusts: [] };
  };
  routes.get('/api/two-factor/status/:twoFactorTrustId', async (request, reply) => {
    const { isAsked, trusts } = await status(request, readParameters(request).uuid('userId'));
    // Documented: 242 where a challenge would have to be met, else 200.
    return reply.code(isAsked ? 242 : 200).send({ trusts });
  });
  routes.post('/api/two-factor/status', async (request, reply) => {
    const { isAsked, trusts } = await status(request, readJson(request, statusRequest).userId);
    return reply.code(isAsked ? 242 : 200).send({ trusts });
  });

  function find(request: FastifyRequest, path: string): User {
    const scope = requireApiKey(context, request, path);
    return orNotFound(visible(scope, store.users.get(pathUuid(request, 'userId'))));
  }
}

function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodeCount }, () => base32Of(randomBytes(7)).slice(0, 10));
}

const enableRequest = z.object({
  method: z.string().optional(),
  code: z.string().optional(),
  secret: z.string().optional(),
  secretBase32Encoded: z.string().optional(),
  name: z.string().optional(),
  eventInfo: eventInfoJson.optional(),
});

const updateRequest = z.object({ methodId: z.string().optional(), name: z.string().optional() });

const disableRequest = z.object({ methodId: z.string().optional(), code: z.string().optional() });

const startRequest = z.object({
  userId: uuidJson.optional(),
  loginId: z.string().optional(),
  loginIdTypes: z.array(z.string()).optional(),
});

const statusRequest = z.object({ userId: uuidJson.optional() });
