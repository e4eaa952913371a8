import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JwtConfiguration } from '../store/records.js';
import type { TokenAnswer } from './token-response.js';

/** The cookies of the hosted backend (hosted backend API, prerequisites). */
export const hostedCookies = {
  accessToken: 'app.at',
  /** When the access token ends, in seconds since the epoch. Scripts may read it. */
  accessTokenExpiry: 'app.at_exp',
  /** Scripts may read it. */
  idToken: 'app.idt',
  refreshToken: 'app.rt',
} as const;

/** Holds the proof key between `/app/login` and the callback. */
export const proofKeyCookie = 'app.pkce_v';

/** The login page may be left open; the documentation gives no limit. */
const proofKeyLifetimeSeconds = 3_600;

export function setHostedCookies(
  request: FastifyRequest,
  reply: FastifyReply,
  tokens: TokenAnswer,
  { refreshTokenTimeToLiveInMinutes }: Pick<JwtConfiguration, 'refreshTokenTimeToLiveInMinutes'>,
  nowSeconds: number,
): void {
  const lifetime = tokens.expires_in;
  const hidden = { ...optionsFor(request), httpOnly: true };
  const shown = { ...optionsFor(request), httpOnly: false };
  reply.setCookie(hostedCookies.accessToken, tokens.access_token, { ...hidden, maxAge: lifetime });
  reply.setCookie(hostedCookies.accessTokenExpiry, `${nowSeconds + lifetime}`, { ...shown, maxAge: lifetime });
  if (tokens.id_token !== undefined) {
    reply.setCookie(hostedCookies.idToken, tokens.id_token, { ...shown, maxAge: lifetime });
  }
  if (tokens.refresh_token !== undefined) {
    const maxAge = refreshTokenTimeToLiveInMinutes * 60;
    reply.setCookie(hostedCookies.refreshToken, tokens.refresh_token, { ...hidden, maxAge });
  }
  reply.clearCookie(proofKeyCookie, optionsFor(request));
}

export function setProofKey(request: FastifyRequest, reply: FastifyReply, verifier: string): void {
  const options = { ...optionsFor(request), httpOnly: true, maxAge: proofKeyLifetimeSeconds };
  reply.setCookie(proofKeyCookie, verifier, options);
}

export function clearHostedCookies(request: FastifyRequest, reply: FastifyReply): void {
  for (const name of Object.values(hostedCookies)) {
    reply.clearCookie(name, optionsFor(request));
  }
}

/** `Secure` also over HTTP: browsers accept such cookies from the local machine. */
function optionsFor(request: FastifyRequest) {
  return { path: '/', secure: true, sameSite: 'lax', domain: domainOf(request.hostname) } as const;
}

/**
 * The broadest domain that is no top-level domain, so that the applications beside the emulator get the cookies, too; a
 * simple name or an address as it is. Public suffixes of two labels, such as `co.uk`, are not known.
 */
function domainOf(hostname: string): string {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 || !host.includes('.') ? host : host.split('.').slice(-2).join('.');
}
