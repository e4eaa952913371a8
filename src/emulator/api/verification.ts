import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, visible } from '../http/api-key-auth.js';
import { ApiError, blank, fieldError, notFound, orNotFound } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { pathParameter, readJson, readParameters } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import type { PendingVerification } from '../pending-codes.js';
import type { User, UserRegistration } from '../store/records.js';
import { registrationOf } from '../store/registration.js';
import { findByLoginId } from './login-id.js';
import { newOneTimeCode } from './passwordless.js';

const emailPath = '/api/user/verify-email';
const registrationPath = '/api/user/verify-registration';
const identityPath = '/api/identity/verify';

/**
 * Verification of e-mail addresses and registrations: an id is answered and redeemed. No e-mail is ever sent, and telephone
 * numbers are not identities here.
 */
export function registerVerificationApi(routes: RouteTable, context: EmulatorContext): void {
  const { store, clock } = context;

  routes.put(emailPath, async (request) => {
    const user = findNamed(request, emailPath);
    if (store.tenantOrThrow(user.tenantId).emailConfiguration?.verifyEmail !== true) {
      // Documented: verification of e-mail addresses is not enabled.
      throw new ApiError(403);
    }
    return { verificationId: context.verificationIds.issue({ userId: user.id }) };
  });

  routes.put(registrationPath, async (request) => {
    const user = findNamed(request, registrationPath);
    const applicationId = readParameters(request).uuid('applicationId') ?? '';
    if (registrationOf(user, applicationId) === undefined) {
      throw notFound();
    }
    if (store.applications.get(applicationId)?.verifyRegistration !== true) {
      throw new ApiError(403);
    }
    return { verificationId: context.verificationIds.issue({ userId: user.id, applicationId }) };
  });

  routes.post(emailPath, async (request, reply) => {
    const { userId, verificationId = '' } = readJson(request, verifyRequest);
    if (userId === undefined) {
      redeem(verificationId);
      return reply.send();
    }
    const user = orNotFound(visible(requireApiKey(context, request, emailPath), store.users.get(userId)));
    verify(user);
    return reply.send();
  });

  routes.post(registrationPath, async (request, reply) => {
    redeem(readJson(request, verifyRequest).verificationId ?? '');
    return reply.send();
  });

  for (const path of [emailPath, registrationPath]) {
    routes.post(`${path}/:verificationId`, async (request, reply) => {
      redeem(pathParameter(request, 'verificationId'));
      return reply.send();
    });
  }

  routes.post(identityPath, async (request, reply) => {
    const { loginId, loginIdType } = readJson(request, identityRequest);
    verify(findIdentity(request, identityPath, loginId, loginIdType));
    return reply.send();
  });

  routes.post(`${identityPath}/start`, async (request) => {
    const { loginId, loginIdType, verificationStrategy, state } = readJson(request, identityRequest);
    const user = findIdentity(request, `${identityPath}/start`, loginId, loginIdType);
    const code = verificationStrategy === 'FormField' ? { oneTimeCode: newOneTimeCode() } : {};
    const pending = { userId: user.id, ...code, ...(state === undefined ? {} : { state }) };
    return { verificationId: context.verificationIds.issue(pending), ...code };
  });

  routes.post(`${identityPath}/send`, async (request, reply) => {
    requireApiKey(context, request, `${identityPath}/send`);
    if (context.verificationIds.peek(readJson(request, verifyRequest).verificationId ?? '') === undefined) {
      throw notFound();
    }
    return reply.send();
  });

  routes.post(`${identityPath}/complete`, async (request) => {
    const { verificationId = '', oneTimeCode } = readJson(request, verifyRequest);
    const { state } = redeem(verificationId, oneTimeCode);
    return state === undefined ? {} : { state };
  });

  function findNamed(request: FastifyRequest, path: string): User {
    const scope = requireApiKey(context, request, path);
    const email = readParameters(request).get('email');
    if (email === undefined) {
      throw blank('email');
    }
    return orNotFound(findByLoginId(store, scope, email, ['email']));
  }

  function findIdentity(request: FastifyRequest, path: string, loginId = '', loginIdType = ''): User {
    const scope = requireApiKey(context, request, path);
    if (loginId === '' || loginIdType === '') {
      throw blank(loginId === '' ? 'loginId' : 'loginIdType');
    }
    if (loginIdType !== 'email') {
      throw fieldError('invalid', 'loginIdType', 'The emulator verifies identities of the type [email].');
    }
    return orNotFound(findByLoginId(store, scope, loginId, ['email']));
  }

  function redeem(id: string, oneTimeCode?: string): PendingVerification {
    const pending = context.verificationIds.peek(id);
    const user = store.users.get(pending?.userId ?? '');
    const registration = user && registrationOf(user, pending?.applicationId);
    const isGone = pending?.applicationId !== undefined && registration === undefined;
    const isRight = pending?.oneTimeCode === undefined || pending.oneTimeCode === oneTimeCode;
    if (pending === undefined || user === undefined || isGone || !isRight) {
      throw notFound();
    }
    context.verificationIds.redeem(id);
    verify(registration ?? user);
    return pending;
  }

  function verify(verified: User | UserRegistration): void {
    verified.verified = true;
    verified.lastUpdateInstant = clock.now();
  }
}

const verifyRequest = z.object({
  userId: uuidJson.optional(),
  verificationId: z.string().optional(),
  oneTimeCode: z.string().optional(),
});

const identityRequest = z.object({
  loginId: z.string().optional(),
  loginIdType: z.string().optional(),
  verificationStrategy: z.enum(['ClickableLink', 'FormField']).optional(),
  state: z.record(z.string(), z.unknown()).optional(),
});
