import { parseTenantId } from '../domain/ids.js';
import type { TokenClaims } from '../domain/token-claims.js';
import { AccessTokenVerifier, type VerifiedToken } from '../tokens/access-token-verifier.js';
import { GuardError } from './guard-error.js';
import type { KeySet } from './key-set.js';
import type { AccessTokenSettings } from './settings.js';

type Verification =
  | { readonly claims: TokenClaims }
  | { readonly claims: null; readonly reason: 'missing' | 'invalid' | 'expired' };

/** Recognises access tokens that FusionAuth signed for this resource server. */
export class TokenVerifier {
  readonly #verifier: AccessTokenVerifier;

  constructor(
    private readonly settings: AccessTokenSettings,
    keys: Pick<KeySet, 'find'>,
    now: () => number,
  ) {
    this.#verifier = new AccessTokenVerifier(keys.find, settings, now);
  }

  /** @throws GuardError when FusionAuth's keys cannot be fetched, so the token can be neither accepted nor refused. */
  async verify(token: unknown): Promise<Verification> {
    if (token === undefined || token === null || token === '') return { claims: null, reason: 'missing' };
    if (typeof token !== 'string') return { claims: null, reason: 'invalid' };
    let verified: VerifiedToken;
    try {
      verified = await this.#verifier.verify(token);
    } catch (error) {
      if (error instanceof GuardError) throw error;
      throw new GuardError('KEYS_UNAVAILABLE', 'The token could not be verified', { cause: error });
    }
    if (verified.kind === 'refused') return { claims: null, reason: verified.hasExpired ? 'expired' : 'invalid' };
    const { claims } = verified;
    return this.#isOfTenant(claims['tid']) ? { claims } : { claims: null, reason: 'invalid' };
  }

  #isOfTenant(tenantId: unknown): boolean {
    const { tenantIds } = this.settings;
    if (tenantIds === null) return true;
    const id = parseTenantId(tenantId);
    return id !== undefined && tenantIds.has(id);
  }
}
