import { randomBytes } from 'node:crypto';
import { PreparationError } from './preparation-error.js';
import type { Trial } from './promises.js';

export interface ImportedSession {
  readonly userId: string;
  readonly applicationId: string;
  /** Where the lifetime starts, in epoch milliseconds. */
  readonly startInstant: number;
}

/**
 * Creates sessions in bulk, or with a start in the past, and resolves with their token values. Ends the trial without a
 * verdict where the endpoint is missing.
 * @see https://fusionauth.io/docs/apis/users#import-refresh-tokens
 */
export async function importSessions(t: Trial, sessions: readonly ImportedSession[]): Promise<string[]> {
  const { instance, tenantId } = t.world;
  const refreshTokens = sessions.map((session) => ({ ...session, token: randomBytes(32).toString('hex') }));
  const answer = await instance.call('POST', '/api/user/refresh-token/import', {
    tenantId,
    json: { refreshTokens, validateDbConstraints: true },
  });
  t.needs(answer);
  if (answer.status !== 200) throw new PreparationError(`${answer.call} answered ${answer.summary}`);
  return refreshTokens.map(({ token }) => token);
}
