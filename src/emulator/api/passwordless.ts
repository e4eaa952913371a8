import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { admit } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { requireApiKey, visible } from '../http/api-key-auth.js';
import { blank, fieldError, generalError, notFound, orNotFound } from '../http/errors-json.js';
import { uuidJson } from '../http/json-schemas.js';
import { readJson } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { completeSignIn, completionMembers, refuseSignIn, signInInfo } from './login-completion.js';
import { findInTenant } from './login-id.js';

const basePath = '/api/passwordless';

/**
 * `/api/passwordless`: start answers the code, and login redeems it. No e-mail is ever sent: `send` accepts a code and
 * does nothing more.
 */
export function registerPasswordlessApi(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  routes.post(`${basePath}/start`, async (request) => {
    const scope = requireApiKey(context, request, `${basePath}/start`);
    const { applicationId, loginId = '', loginIdTypes, loginStrategy } = readJson(request, startRequest);
    const application = visible(scope, store.applications.get(applicationId ?? ''));
    if (application === undefined || !application.active) {
      throw fieldError('invalid', 'applicationId', 'The application does not exist.');
    }
    if (loginId === '') {
      throw blank('loginId');
    }
    // The documentation asks for the setting and does not name the code of the refusal.
    if (application.passwordlessConfiguration?.enabled !== true) {
      throw generalError('[PasswordlessDisabled]', 'The application has no passwordless login enabled.');
    }
    const user = orNotFound(findInTenant(store, application.tenantId, loginId, loginIdTypes));
    const oneTimeCode = loginStrategy === 'FormField' ? newOneTimeCode() : undefined;
    const pending = { userId: user.id, applicationId: application.id, loginId, oneTimeCode };
    const code = context.passwordlessCodes.issue(pending);
    return { code, ...(oneTimeCode === undefined ? {} : { oneTimeCode }) };
  });

  routes.post(`${basePath}/send`, async (request, reply) => {
    const { code = '' } = readJson(request, sendRequest);
    if (context.passwordlessCodes.peek(code) === undefined) {
      throw notFound();
    }
    return reply.send();
  });

  routes.post(`${basePath}/login`, async (request, reply) => {
    const body = readJson(request, loginRequest);
    const { code = '', oneTimeCode } = body;
    const pending = context.passwordlessCodes.peek(code);
    const user = store.users.get(pending?.userId ?? '');
    const application = store.applications.get(pending?.applicationId ?? '');
    const isRight = pending?.oneTimeCode === undefined || pending.oneTimeCode === oneTimeCode;
    if (pending === undefined || user === undefined || application === undefined || !isRight) {
      throw notFound();
    }
    context.passwordlessCodes.redeem(code);
    const tenant = store.tenantOrThrow(application.tenantId);
    // Who has the code has read the e-mail.
    user.verified = true;
    const outcome = admit(context, user, tenant, application);
    if (outcome.kind !== 'accepted') {
      return refuseSignIn(reply, outcome);
    }
    const { loginId } = pending;
    const signIn = { user, application, tenant, loginId, authenticationType: 'PASSWORDLESS' };
    return completeSignIn(context, reply, body, signIn, signInInfo(request, body));
  });
}

/** Six digits, as people type them. */
export function newOneTimeCode(): string {
  return `${randomInt(1_000_000)}`.padStart(6, '0');
}

const startRequest = z.object({
  applicationId: uuidJson.optional(),
  loginId: z.string().optional(),
  loginIdTypes: z.array(z.string()).optional(),
  loginStrategy: z.enum(['ClickableLink', 'FormField']).optional(),
});

const sendRequest = z.object({ code: z.string().optional() });

const loginRequest = z.object({
  ...completionMembers,
  code: z.string().optional(),
  oneTimeCode: z.string().optional(),
});
