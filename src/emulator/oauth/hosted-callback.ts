import type { FastifyRequest } from 'fastify';

/** Where the hosted backend receives authorization codes. */
export const hostedCallbackPath = '/app/callback';

/** The URL under which the caller reached the emulator, without a trailing slash. */
export function ownUrl(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** The hosted backend's own address needs no authorization by the application (hosted backend API, login). */
export function isHostedCallback(request: FastifyRequest, redirectUri: string): boolean {
  return redirectUri.split('?', 1)[0] === `${ownUrl(request)}${hostedCallbackPath}`;
}
