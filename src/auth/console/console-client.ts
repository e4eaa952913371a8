import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  ClientError,
  ClientSecretBasic,
  Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  ResponseBodyError,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { UpstreamUnavailableError } from '../../domain/errors.js';
import type { FetchToken } from '../../domain/ports/fetch-token.js';

interface ConsoleClientOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly issuer: string;
  /** Where the service reaches FusionAuth. */
  readonly fusionAuthUrl: string;
  /** Where browsers reach it. */
  readonly browserFusionAuthUrl: string;
  /** How long a call may take. */
  readonly timeoutMs: number;
  readonly fetchToken: FetchToken;
}

/** What FusionAuth issues for a sign-in. */
export interface ConsoleTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The subject of the ID token; null where none came, as may be when tokens are refreshed. */
  readonly subject: string | null;
}

/** What one sign-in under way has to be answered with. */
interface SignInChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Without offline access there is no session that could be refreshed, shown and ended. */
const scope = 'openid offline_access';

/**
 * FusionAuth as the console's OpenID Connect provider, through openid-client. Its endpoints have the same paths in every
 * version, so none is discovered: a FusionAuth that is away at the start keeps nobody from starting.
 */
export class ConsoleClient {
  readonly #configuration: Configuration;

  constructor(options: ConsoleClientOptions) {
    const { fusionAuthUrl, browserFusionAuthUrl, clientId, clientSecret, issuer } = options;
    const at = (base: string, path: string) => `${base.replace(/\/+$/, '')}${path}`;
    this.#configuration = new Configuration(
      {
        issuer,
        authorization_endpoint: at(browserFusionAuthUrl, '/oauth2/authorize'),
        token_endpoint: at(fusionAuthUrl, '/oauth2/token'),
        end_session_endpoint: at(browserFusionAuthUrl, '/oauth2/logout'),
        id_token_signing_alg_values_supported: idTokenAlgorithms,
      },
      clientId,
      undefined,
      ClientSecretBasic(clientSecret),
    );
    this.#configuration.timeout = options.timeoutMs / 1_000;
    // All it asks is the token endpoint, to which it sends forms.
    this.#configuration[customFetch] = (url, { body, headers, method, signal }) => {
      const form = body instanceof URLSearchParams ? body.toString() : null;
      return options.fetchToken(url, { method, headers, body: form, signal: signal ?? null });
    };
    // Whether the network to FusionAuth is trusted is for FUSIONAUTH_URL to say, as for every other call.
    if ([fusionAuthUrl, browserFusionAuthUrl].some((url) => url.startsWith('http:'))) {
      allowInsecureRequests(this.#configuration);
    }
  }

  async authorizationUrl({ state, nonce, codeVerifier }: SignInChecks, redirectUri: string): Promise<URL> {
    return buildAuthorizationUrl(this.#configuration, {
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
  }

  logoutUrl(returnTo: string): URL {
    return buildEndSessionUrl(this.#configuration, { post_logout_redirect_uri: returnTo });
  }

  /**
   * @param callback The address of the callback with the parameters of FusionAuth's answer.
   * @returns null when the answer is not one to this sign-in, or FusionAuth takes the code for none.
   * @throws UpstreamUnavailableError when FusionAuth cannot be asked.
   */
  async redeem(callback: URL, { state, nonce, codeVerifier }: SignInChecks): Promise<ConsoleTokens | null> {
    return tokensOrNull(() =>
      authorizationCodeGrant(this.#configuration, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      }),
    );
  }

  /**
   * @returns null when the session has ended.
   * @throws UpstreamUnavailableError when FusionAuth cannot be asked.
   */
  async refresh(refreshToken: string): Promise<ConsoleTokens | null> {
    return tokensOrNull(() => refreshTokenGrant(this.#configuration, refreshToken), refreshToken);
  }
}

/**
 * The ID token comes from FusionAuth itself, so its claims count and its signature does not, which FusionAuth makes with
 * a symmetric key by default. What the caller may do is in the access token, whose signature is checked.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation (6)
 */
const idTokenAlgorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'HS256', 'HS384', 'HS512'];

async function tokensOrNull(
  grant: () => Promise<TokenEndpointResponse & TokenEndpointResponseHelpers>,
  former: string | null = null,
): Promise<ConsoleTokens | null> {
  try {
    const answer = await grant();
    const refreshToken = answer.refresh_token ?? former;
    if (refreshToken === null) return null;
    return { accessToken: answer.access_token, refreshToken, subject: answer.claims()?.sub ?? null };
  } catch (error) {
    const cause = refusesClient(error) ? new Error(clientRefused, { cause: error }) : error;
    if (cause !== error || isUnavailable(error)) throw new UpstreamUnavailableError(null, true, { cause });
    return null;
  }
}

const clientRefused = 'FusionAuth refuses CONSOLE_CLIENT_ID with CONSOLE_CLIENT_SECRET (invalid_client)';

/** An operator has to mend this: no sign-in is at fault, and none has ended. @see RFC 6749 section 5.2 */
function refusesClient(error: unknown): boolean {
  return (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) && error.status === 401;
}

/** No answer in time, or one that says that FusionAuth, and not the sign-in, is at fault. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.status >= 500 || error.status === 429;
  // What `fetch` rejects with when there is no connection.
  if (error instanceof TypeError) return true;
  // What is about the sign-in has a code; without one, no answer could be had, as when it is too large.
  return error instanceof ClientError && (error.code === undefined || noAnswer.has(error.code));
}

const noAnswer: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);
