import type { FastifyReply, FastifyRequest } from 'fastify';
import { deviceOf } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import { addressOf } from '../http/request-input.js';
import type { Device, Tenant, User } from '../store/records.js';
import type { SessionRow } from '../store/session-table.js';

/** The cookie that holds the secret of a browser's single sign-on session. */
const cookieName = 'fusionauth.sso';

/** The live single sign-on session of the browser in this tenant. */
export function singleSignOnOf(
  context: EmulatorContext,
  request: FastifyRequest,
  tenant: Tenant,
): SessionRow | undefined {
  const row = context.store.sessions.findByToken(request.cookies[cookieName] ?? '');
  return row !== undefined && row.session.tenantId === tenant.id && context.store.isLive(row) ? row : undefined;
}

/** Creates the session of "keep me signed in", unless the tenant has turned single sign-on off. */
export function startSingleSignOn(
  context: EmulatorContext,
  request: FastifyRequest,
  reply: FastifyReply,
  user: User,
  tenant: Tenant,
  device: Pick<Device, 'name' | 'description' | 'type'>,
): string | undefined {
  if (tenant.httpSessionMaxInactiveInterval === 0) {
    return undefined;
  }
  const session = context.store.addSession({
    userId: user.id,
    device: deviceOf(context, device, addressOf(request)),
  });
  reply.setCookie(cookieName, session.token, { path: '/', httpOnly: true, sameSite: 'lax' });
  return session.id;
}

/**
 * Counts a silent sign-in as activity of the session. The documentation is silent; the interval is one of inactivity,
 * so activity must move its start.
 */
export function touchSingleSignOn(context: EmulatorContext, row: SessionRow, address: string): void {
  row.session.startInstant = context.clock.now();
  row.session.metaData = {
    ...row.session.metaData,
    device: { ...row.session.metaData?.device, ...deviceOf(context, {}, address) },
  };
}

export function forgetSingleSignOn(reply: FastifyReply): void {
  reply.clearCookie(cookieName, { path: '/' });
}
