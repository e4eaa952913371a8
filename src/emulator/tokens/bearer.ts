import type { FastifyRequest } from 'fastify';
import type { EmulatorContext } from '../context.js';

/** The user of the call's access token (`Authorization: Bearer` or the `access_token` cookie), if it has a valid one. */
export async function bearerUserId(context: EmulatorContext, request: FastifyRequest): Promise<string | undefined> {
  const token = bearerToken(request);
  return token === undefined ? undefined : (await context.tokens.verify(token))?.sub;
}

/** The access token a call presents. FusionAuth also takes the older scheme name `JWT`. */
export function bearerToken(request: FastifyRequest): string | undefined {
  const match = /^(?:Bearer|JWT) +(\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? request.cookies['access_token'];
}
