import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { isAccessTokenType, isIdToken, type TokenClaims } from '../domain/token-claims.js';
import { fetchKeySet } from '../tokens/bounded-key-set.js';
import { GuardError } from './guard-error.js';
import type { AccessTokenSettings } from './settings.js';

/** The longest token that is verified, in characters. */
const maxTokenLength = 8_192;

/** How long fetching the keys may take; how often an unknown key id may fetch them; how long they are kept. */
const jwksTimeoutMs = 3_000;
const jwksCooldownMs = 30_000;
const jwksMaxAgeMs = 600_000;

export type Verification =
  | { readonly claims: TokenClaims }
  | { readonly claims: null; readonly reason: 'missing' | 'invalid' | 'expired' };

/** Recognises access tokens that FusionAuth signed for this resource server. */
export class TokenVerifier {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    private readonly settings: AccessTokenSettings,
    private readonly now: () => number,
  ) {
    this.#keys = createRemoteJWKSet(settings.jwksUrl, {
      timeoutDuration: jwksTimeoutMs,
      cooldownDuration: jwksCooldownMs,
      cacheMaxAge: jwksMaxAgeMs,
      [customFetch]: fetchKeySet,
    });
  }

  /** @throws GuardError when FusionAuth's keys cannot be fetched, so the token can be neither accepted nor refused. */
  async verify(token: unknown): Promise<Verification> {
    if (token === undefined || token === null || token === '') return { claims: null, reason: 'missing' };
    if (typeof token !== 'string' || token.length > maxTokenLength) return { claims: null, reason: 'invalid' };
    const { issuers, audiences, algorithms, clockToleranceSeconds } = this.settings;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys, {
        issuer: [...issuers],
        audience: [...audiences],
        algorithms: [...algorithms],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(this.now()),
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      const isAccepted =
        !isIdToken(payload) && isAccessTokenType(protectedHeader.typ) && this.#isOfTenant(payload['tid']);
      return isAccepted ? { claims: payload } : { claims: null, reason: 'invalid' };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { claims: null, reason: 'expired' };
      if (isAboutTheToken(error)) return { claims: null, reason: 'invalid' };
      throw new GuardError('KEYS_UNAVAILABLE', 'The public keys of FusionAuth could not be fetched', { cause: error });
    }
  }

  #isOfTenant(tenantId: unknown): boolean {
    const { tenantIds } = this.settings;
    return tenantIds === null || (typeof tenantId === 'string' && tenantIds.has(tenantId.toLowerCase()));
  }
}

/** False when the keys could not be had: the token may well be right. */
function isAboutTheToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // jose reports an answer other than 200 with its generic code.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
