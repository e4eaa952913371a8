import { createHash } from 'node:crypto';
import type { EmulatorContext } from '../context.js';
import type { Application } from '../store/records.js';
import type { AuthorizationCode } from './authorization-code.js';
import { invalidGrant, invalidRequest } from './oauth-error.js';
import { signIn } from './sign-in.js';
import type { TokenAnswer } from './token-response.js';

/** A code as a client presents it. */
interface PresentedCode {
  readonly code: string | undefined;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
  /** Whether the client gave its secret, which some applications accept in place of PKCE. */
  readonly isClientProven: boolean;
  readonly address: string;
  readonly timeToLiveInSeconds?: number | undefined;
}

/**
 * Turns an authorization code into tokens, once.
 *
 * @throws ApiError 400 `invalid_grant` for a code that is unknown, used, expired, of another client or address, or
 * presented without its proof key.
 */
export async function redeemCode(
  context: EmulatorContext,
  application: Application,
  presented: PresentedCode,
): Promise<TokenAnswer> {
  const { store } = context;
  if (presented.code === undefined) {
    throw invalidRequest('missing_code', 'The request is missing a required parameter: code');
  }
  const granted = context.authorizationCodes.redeem(presented.code);
  const user = store.users.get(granted?.userId ?? '');
  if (granted === undefined || user === undefined || granted.applicationId !== application.id) {
    throw invalidGrant('auth_code_not_found', 'Invalid Authorization Code');
  }
  if (granted.redirectUri !== presented.redirectUri) {
    throw invalidGrant('invalid_redirect_uri', 'The redirect_uri does not match the one of the authorization.');
  }
  if (!provesPossession(granted, presented.codeVerifier) || lacksProof(presented, application, granted)) {
    throw invalidGrant('invalid_pkce_code_verifier', 'The PKCE code_verifier is not valid.');
  }
  const tenant = store.tenantOrThrow(application.tenantId);
  return signIn(
    context,
    { ...granted, tenant, application, user },
    {
      device: granted.device,
      address: presented.address,
      timeToLiveInSeconds: presented.timeToLiveInSeconds,
      authenticationType: granted.authenticationType,
    },
  );
}

/** RFC 7636 section 4.6. A code without a challenge needs no verifier. */
function provesPossession({ codeChallenge }: AuthorizationCode, verifier = ''): boolean {
  return codeChallenge === undefined || createHash('sha256').update(verifier).digest('base64url') === codeChallenge;
}

/** Whether the application asks for PKCE and the code came without it. */
function lacksProof(
  { isClientProven }: PresentedCode,
  { oauthConfiguration }: Application,
  { codeChallenge }: AuthorizationCode,
): boolean {
  const policy = oauthConfiguration.proofKeyForCodeExchangePolicy;
  const isNeeded = policy === 'Required' || (policy === 'NotRequiredWhenUsingClientAuthentication' && !isClientProven);
  return isNeeded && codeChallenge === undefined;
}
