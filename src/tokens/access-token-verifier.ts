import { errors, type JWTHeaderParameters, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { isAccessTokenType, isIdToken } from '../domain/token-claims.js';
import { isAboutTheToken, maxTokenLength } from './key-set.js';
import { byEachName } from './signature-algorithms.js';
import { verifyJwt } from './verify-jwt.js';

/** Which access tokens are accepted. */
export interface AccessTokenExpectations {
  /** The `iss` of the tenants whose tokens are accepted. */
  readonly issuers: readonly string[];
  /** One of these must be in `aud`. */
  readonly audiences: readonly string[];
  /** Signature algorithms, asymmetric ones only. */
  readonly algorithms: readonly string[];
  /** How far the clocks of FusionAuth and of this machine may differ, in seconds. */
  readonly clockToleranceSeconds: number;
}

export type VerifiedToken =
  | { readonly kind: 'verified'; readonly claims: JWTPayload; readonly header: JWTHeaderParameters }
  | {
      readonly kind: 'refused';
      /** The check that failed, by the claim or header that FusionAuth writes, such as `exp`. */
      readonly check: string;
      /** True for a token that FusionAuth has signed: it has expired, or is meant for others or for something else. */
      readonly isGenuine: boolean;
      /** True for one that would have been accepted earlier. */
      readonly hasExpired: boolean;
      /** True for one that FusionAuth has signed and that is no access token. */
      readonly isOtherKind: boolean;
    };

const requiredClaims = ['exp', 'iat', 'sub'];

/** Recognises access tokens that FusionAuth signed for an audience. */
export class AccessTokenVerifier {
  readonly #demandsAt: (currentDate: Date) => JWTVerifyOptions;

  /**
   * @param findKey The public keys of FusionAuth.
   * @param now In milliseconds since the epoch.
   */
  constructor(
    private readonly findKey: JWTVerifyGetKey,
    expectations: AccessTokenExpectations,
    private readonly now: () => number,
  ) {
    const { algorithms, issuers, audiences, clockToleranceSeconds } = expectations;
    const [accepted, issuer, audience] = [[...byEachName(algorithms)], [...issuers], [...audiences]];
    // Written out: to spread a constant object takes a microsecond more for each token.
    this.#demandsAt = (currentDate) => ({
      algorithms: accepted,
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      currentDate,
      requiredClaims,
    });
  }

  /** @throws the error of fetching FusionAuth's keys, without which no token can be judged. */
  async verify(token: string): Promise<VerifiedToken> {
    if (token.length > maxTokenLength) return refused('length', false);
    try {
      const demands = this.#demandsAt(new Date(this.now()));
      const { payload, protectedHeader } = await verifyJwt(token, this.findKey, demands);
      if (!isAccessTokenType(protectedHeader.typ))
        return { ...refused('its typ is of another kind', true), isOtherKind: true };
      if (isIdToken(payload)) return { ...refused('it is an ID token', true), isOtherKind: true };
      return { kind: 'verified', claims: payload, header: protectedHeader };
    } catch (error) {
      if (!isAboutTheToken(error)) throw error;
      return { ...refused(checkOf(error), isAboutClaims(error)), hasExpired: error instanceof errors.JWTExpired };
    }
  }
}

function refused(check: string, isGenuine: boolean): VerifiedToken & { readonly kind: 'refused' } {
  return { kind: 'refused', check, isGenuine, hasExpired: false, isOtherKind: false };
}

/** Claims are looked at once the signature has been verified. */
function isAboutClaims(error: unknown): boolean {
  return error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
}

function checkOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'exp';
  if (error instanceof errors.JWTClaimValidationFailed) {
    // A missing exp is no expired one.
    return error.claim === 'exp' && error.reason === 'missing' ? 'exp is missing' : error.claim;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'alg';
  if (error instanceof errors.JWKSNoMatchingKey) return 'kid';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  return 'form';
}
