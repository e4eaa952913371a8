import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { isNotFound, translateErrors } from './call-error.js';

/**
 * Ends the session of a refresh token. Only the query of one call holds the value: errors and telemetry name calls
 * without their queries.
 * @returns `unknown` for a value that FusionAuth does not know, or no longer.
 * @throws TypeError for an empty value, because the call would not name the session to end.
 */
export async function revokeRefreshToken(
  client: FusionAuthClient,
  value: string,
  tenantIsCallersWord: boolean,
): Promise<'revoked' | 'unknown'> {
  if (value === '') throw new TypeError('A refresh token is never empty');
  return translateErrors(async () => {
    try {
      await client.revokeRefreshTokenByToken(value);
      return 'revoked';
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return error.mayHaveBeenDone ? 'revoked' : 'unknown';
    }
  }, tenantIsCallersWord);
}
