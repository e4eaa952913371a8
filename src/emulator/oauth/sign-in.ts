import { deviceOf } from '../authentication.js';
import type { EmulatorContext } from '../context.js';
import type { Device } from '../store/records.js';
import { type Grant, givesRefreshToken, type TokenAnswer, tokenResponse } from './token-response.js';

/** Where and how a user signs in. */
interface SignIn {
  readonly device: Pick<Device, 'name' | 'description' | 'type'>;
  readonly address: string;
  /** What the client asks for, at most the configured lifetime. */
  readonly timeToLiveInSeconds?: number | undefined;
  /** FusionAuth's word for how the user authenticated. Default `PASSWORD`. */
  readonly authenticationType?: string | undefined;
}

/** Issues the tokens of a new sign-in, and starts its session when the scopes ask for one. */
export async function signIn(context: EmulatorContext, grant: Grant, how: SignIn): Promise<TokenAnswer> {
  const { user, application, tenant, scopes, authInstant } = grant;
  const session = givesRefreshToken(grant)
    ? context.store.addSession({
        userId: user.id,
        applicationId: application.id,
        device: deviceOf(context, how.device, how.address),
        scopes: [...scopes],
        authInstant,
      })
    : undefined;
  const issued = await context.tokens.issueAccessToken({
    tenant,
    application,
    user,
    session,
    scopes,
    authenticationType: how.authenticationType ?? 'PASSWORD',
    authInstant,
    timeToLiveInSeconds: how.timeToLiveInSeconds,
  });
  return tokenResponse(context, grant, issued, session);
}
