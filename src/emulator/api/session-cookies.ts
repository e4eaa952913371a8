import type { FastifyReply } from 'fastify';

/** Sets the cookies of a sign-in: the access token for the browser session, the refresh token for good. */
export function setTokenCookies(
  reply: FastifyReply,
  token: string | undefined,
  refreshToken: string | undefined,
): void {
  const options = { path: '/', httpOnly: true, sameSite: 'lax' } as const;
  if (token !== undefined) {
    reply.setCookie('access_token', token, options);
  }
  if (refreshToken !== undefined) {
    reply.setCookie('refresh_token', refreshToken, { ...options, maxAge: refreshTokenCookieSeconds });
  }
}

const refreshTokenCookieSeconds = 30 * 24 * 3_600;
