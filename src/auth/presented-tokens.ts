import { UpstreamUnavailableError } from '../domain/errors.js';
import type { Clock } from '../domain/ports/clock.js';
import { isOfClient, type TokenClaims } from '../domain/token-claims.js';
import { type AccessTokenExpectations, AccessTokenVerifier } from '../tokens/access-token-verifier.js';
import { isJwt } from '../tokens/jwt-form.js';
import { createTokenKeySet, keySetUrlOf } from '../tokens/key-set.js';

interface PresentedTokensOptions extends AccessTokenExpectations {
  /** How long fetching the keys may take, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
}

type ExaminedToken =
  | { readonly kind: 'accessToken'; readonly claims: TokenClaims; readonly isOfClient: boolean }
  | { readonly kind: 'otherToken' }
  | { readonly kind: 'unknown' };

/** Says what kind of tokens callers present: those of others, and not of their own. */
export class PresentedTokens {
  readonly #verifier: AccessTokenVerifier;

  constructor(fusionAuthUrl: string, options: PresentedTokensOptions, clock: Clock) {
    const { find } = createTokenKeySet(keySetUrlOf(fusionAuthUrl), options.keyFetchTimeoutMs);
    this.#verifier = new AccessTokenVerifier(find, options, () => clock.now());
  }

  /** @throws UpstreamUnavailableError when FusionAuth's keys cannot be fetched, so that nobody can tell. */
  async examine(token: string): Promise<ExaminedToken> {
    if (!isJwt(token)) return { kind: 'unknown' };
    const verified = await this.#verifier.verify(token).catch((error: unknown) => {
      throw new UpstreamUnavailableError(null, false, { cause: error });
    });
    if (verified.kind === 'refused') return { kind: verified.isOtherKind ? 'otherToken' : 'unknown' };
    const { claims, header } = verified;
    return { kind: 'accessToken', claims, isOfClient: isOfClient(claims, { ...header }) };
  }
}
