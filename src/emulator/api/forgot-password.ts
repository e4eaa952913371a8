import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireApiKey } from '../http/api-key-auth.js';
import { ApiError, blank, orNotFound } from '../http/errors-json.js';
import { readJson } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { findByLoginId } from './login-id.js';

const path = '/api/user/forgot-password';

/**
 * `POST /api/user/forgot-password`: answers an id with which the password can be changed. No e-mail is ever sent; where
 * one is asked for and the tenant names no template, the answer is the documented 403.
 */
export function registerForgotPasswordApi(routes: RouteTable, context: EmulatorContext): void {
  routes.post(path, async (request) => {
    const scope = requireApiKey(context, request, path);
    const body = readJson(request, forgotPasswordRequest);
    const loginId = body.loginId ?? body.email ?? body.username ?? '';
    if (loginId === '') {
      throw blank('loginId');
    }
    const user = orNotFound(findByLoginId(context.store, scope, loginId, body.loginIdTypes));
    const { emailConfiguration } = context.store.tenantOrThrow(user.tenantId);
    if (body.sendForgotPasswordEmail !== false && emailConfiguration?.forgotPasswordEmailTemplateId === undefined) {
      throw new ApiError(403);
    }
    return { changePasswordId: context.changePasswordIds.issue(user.id) };
  });
}

const forgotPasswordRequest = z.object({
  loginId: z.string().optional(),
  loginIdTypes: z.array(z.string()).optional(),
  email: z.string().optional(),
  username: z.string().optional(),
  sendForgotPasswordEmail: z.boolean().optional(),
});
