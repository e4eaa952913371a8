import type { FastifyReply } from 'fastify';
import type { JwtConfiguration } from '../store/records.js';

/** Sets the cookies of a sign-in: the access token for the browser session, the refresh token for as long as it lives. */
export function setTokenCookies(
  reply: FastifyReply,
  token: string | undefined,
  refreshToken: string | undefined,
  { refreshTokenTimeToLiveInMinutes }: Pick<JwtConfiguration, 'refreshTokenTimeToLiveInMinutes'>,
): void {
  const options = { path: '/', httpOnly: true, sameSite: 'lax' } as const;
  if (token !== undefined) {
    reply.setCookie('access_token', token, options);
  }
  if (refreshToken !== undefined) {
    reply.setCookie('refresh_token', refreshToken, { ...options, maxAge: refreshTokenTimeToLiveInMinutes * 60 });
  }
}
