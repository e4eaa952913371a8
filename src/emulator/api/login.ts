import { z } from 'zod';
import { authenticate } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { blank, fieldError } from '../http/errors-json.js';
import { readJson } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { isTwoFactorCode, useTwoFactorCode } from '../two-factor.js';
import { completeSignIn, completionMembers, refuseSignIn, signInInfo, signInTarget } from './login-completion.js';

const basePath = '/api/login';

/** `POST /api/login`: sign a user in with login id and password; `/api/two-factor/login` completes a 242. */
export function registerLoginApi(routes: RouteTable, context: EmulatorContext): void {
  const { store } = context;

  routes.post(basePath, async (request, reply) => {
    const body = readJson(request, loginRequest);
    const { application, tenant } = signInTarget(context, request, body, basePath);
    const { loginId = '', loginIdTypes, password = '' } = body;
    if (loginId === '' || password === '') {
      throw blank(loginId === '' ? 'loginId' : 'password');
    }
    const info = signInInfo(request, body);
    const outcome = await authenticate(context, tenant, application, { loginId, loginIdTypes, password }, info);
    if (outcome.kind !== 'accepted') {
      return refuseSignIn(reply, outcome);
    }
    const signIn = { user: outcome.user, application, tenant, loginId, authenticationType: 'PASSWORD' } as const;
    return completeSignIn(context, reply, body, signIn, info);
  });

  // Documented: no API key is needed, for the id is a secret.
  routes.post('/api/two-factor/login', async (request, reply) => {
    const body = readJson(request, twoFactorLoginRequest);
    const { twoFactorId = '', code = '', applicationId = '' } = body;
    const user = store.users.get(context.twoFactorIds.peek(twoFactorId) ?? '');
    const application = store.applications.get(applicationId);
    if (user === undefined) {
      return reply.code(404).send();
    }
    if (applicationId !== '' && (application?.active !== true || application.tenantId !== user.tenantId)) {
      throw fieldError('invalid', 'applicationId', `The [applicationId] value of [${applicationId}] is invalid.`);
    }
    const tenant = store.tenantOrThrow(user.tenantId);
    if (!isTwoFactorCode(user, code, context.clock.now())) {
      return reply.code(421).send();
    }
    context.twoFactorIds.redeem(twoFactorId);
    useTwoFactorCode(user, code);
    const info = signInInfo(request, body);
    const signIn = { user, application, tenant, authenticationType: 'PASSWORD' } as const;
    return completeSignIn(context, reply, body, signIn, info);
  });
}

const twoFactorLoginRequest = z.object({
  ...completionMembers,
  twoFactorId: z.string().optional(),
  code: z.string().optional(),
});

const loginRequest = z.object({
  ...completionMembers,
  loginId: z.string().optional(),
  loginIdTypes: z.array(z.string()).optional(),
  password: z.string().optional(),
});
