import { decodeJwt, decodeProtectedHeader, type ProtectedHeaderParameters } from 'jose';
import { UpstreamUnavailableError } from '../domain/errors.js';
import type { Clock } from '../domain/ports/clock.js';
import { isOfClient, type TokenClaims } from '../domain/token-claims.js';
import { type AccessTokenExpectations, AccessTokenVerifier } from '../tokens/access-token-verifier.js';
import { isJwt } from '../tokens/jwt-form.js';
import { createTokenKeySet, keySetUrlOf, type TokenKeySet } from '../tokens/key-set.js';
import { RememberedTokens } from '../tokens/remembered-tokens.js';
import { hashOf } from './token-hash.js';

interface PresentedTokensOptions extends AccessTokenExpectations {
  /** How long fetching the keys may take, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
}

type ExaminedToken = AccessToken | { readonly kind: 'otherToken' } | { readonly kind: 'unknown' };

interface AccessToken {
  readonly kind: 'accessToken';
  readonly claims: TokenClaims;
  readonly isOfClient: boolean;
}

/** How many presented tokens are remembered, in some megabytes. */
const maxRememberedTokens = 5_000;

/** Says what kind of tokens callers present: those of others, and not of their own. */
export class PresentedTokens {
  readonly #verifier: AccessTokenVerifier;
  readonly #keys: TokenKeySet;
  /** A gateway presents a token with each request that it has of its bearer. */
  readonly #remembered: RememberedTokens<true>;

  constructor(fusionAuthUrl: string, options: PresentedTokensOptions, clock: Clock) {
    const now = () => clock.now();
    this.#keys = createTokenKeySet(keySetUrlOf(fusionAuthUrl), options.keyFetchTimeoutMs);
    this.#verifier = new AccessTokenVerifier(this.#keys.find, options, now);
    this.#remembered = new RememberedTokens({
      maxTokens: maxRememberedTokens,
      toleranceSeconds: options.clockToleranceSeconds,
      now,
      keysInForce: this.#keys.inForce,
      keyOf: hashOf,
    });
  }

  /** @throws UpstreamUnavailableError when FusionAuth's keys cannot be fetched, so that nobody can tell. */
  async examine(token: string): Promise<ExaminedToken> {
    if (!isJwt(token)) return { kind: 'unknown' };
    const keys = this.#keys.inForce();
    if (this.#remembered.find(token, keys)) return accessTokenOf(decodeJwt(token), decodeProtectedHeader(token));
    const verified = await this.#verifier.verify(token).catch((error: unknown) => {
      throw new UpstreamUnavailableError(null, false, { cause: error });
    });
    if (verified.kind === 'refused') return { kind: verified.isOtherKind ? 'otherToken' : 'unknown' };
    const { claims, header } = verified;
    this.#remembered.remember(token, keys, true, claims);
    return accessTokenOf(claims, header);
  }
}

function accessTokenOf(claims: TokenClaims, header: ProtectedHeaderParameters): AccessToken {
  return { kind: 'accessToken', claims, isOfClient: isOfClient(claims, { ...header }) };
}
