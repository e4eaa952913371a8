import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { isNotFound, translateErrors } from './call-error.js';

/**
 * Ends the session of a refresh token. Its value is in the query of one call, and nowhere else: names of calls in errors
 * and telemetry leave queries out.
 * @returns `unknown` for a value that FusionAuth does not know, or no longer.
 * @throws TypeError for an empty value: FusionAuth would be asked to end sessions without saying which.
 */
export async function revokeRefreshToken(client: FusionAuthClient, value: string): Promise<'revoked' | 'unknown'> {
  if (value === '') throw new TypeError('A refresh token is never empty');
  return translateErrors(async () => {
    try {
      await client.revokeRefreshTokenByToken(value);
      return 'revoked';
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return error.mayHaveBeenDone ? 'revoked' : 'unknown';
    }
  });
}
