import { decodeJwt, type JWTPayload } from 'jose';
import { parseSessionId, type SessionId } from '../domain/ids.js';

/**
 * The session that an access token in an event belongs to: its `sid`. The signature of the token is not verified, as
 * the event that holds it is authenticated.
 * @returns null when the token does not name a session, as a lambda can bring about; undefined when it is no JWT.
 * @see https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/tokens (sid)
 */
export function sessionOfAccessToken(token: string): SessionId | null | undefined {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(token);
  } catch {
    return undefined;
  }
  return parseSessionId(claims['sid']) ?? null;
}
