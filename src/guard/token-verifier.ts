import { errors, jwtVerify } from 'jose';
import { parseTenantId } from '../domain/ids.js';
import { isAccessTokenType, isIdToken, type TokenClaims } from '../domain/token-claims.js';
import { GuardError } from './guard-error.js';
import type { KeySet } from './key-set.js';
import type { AccessTokenSettings } from './settings.js';

/** The longest token that is looked at, in characters. */
const maxTokenLength = 8_192;

export type Verification =
  | { readonly claims: TokenClaims }
  | { readonly claims: null; readonly reason: 'missing' | 'invalid' | 'expired' };

/** Tells access tokens that FusionAuth signed for this resource server from all else. */
export class TokenVerifier {
  constructor(
    private readonly settings: AccessTokenSettings,
    private readonly keys: Pick<KeySet, 'find'>,
    private readonly now: () => number,
  ) {}

  /** @throws GuardError when FusionAuth's keys cannot be fetched, so that nobody can tell. */
  async verify(token: unknown): Promise<Verification> {
    if (token === undefined || token === null || token === '') return { claims: null, reason: 'missing' };
    if (typeof token !== 'string' || token.length > maxTokenLength) return { claims: null, reason: 'invalid' };
    const { issuers, audiences, algorithms, clockToleranceSeconds } = this.settings;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.keys.find, {
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
      if (error instanceof errors.JOSEError) return { claims: null, reason: 'invalid' };
      if (error instanceof GuardError) throw error;
      throw new GuardError('KEYS_UNAVAILABLE', 'The token could not be verified', { cause: error });
    }
  }

  #isOfTenant(tenantId: unknown): boolean {
    const { tenantIds } = this.settings;
    const id = parseTenantId(tenantId);
    return tenantIds === null || (id !== undefined && tenantIds.has(id));
  }
}
