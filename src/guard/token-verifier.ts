import type { TokenClaims } from '../domain/token-claims.js';
import { AccessTokenVerifier, type VerifiedToken } from '../tokens/access-token-verifier.js';
import { GuardError } from './guard-error.js';
import type { AccessTokenSettings } from './settings.js';

/** How long fetching the keys of FusionAuth may take, in milliseconds. */
const fetchTimeoutMs = 3_000;

export type Verification =
  | { readonly claims: TokenClaims }
  | { readonly claims: null; readonly reason: 'missing' | 'invalid' | 'expired' };

/** Recognises access tokens that FusionAuth signed for this resource server. */
export class TokenVerifier {
  readonly #verifier: AccessTokenVerifier;

  constructor(
    private readonly settings: AccessTokenSettings,
    now: () => number,
  ) {
    this.#verifier = new AccessTokenVerifier(settings.jwksUrl, { ...settings, fetchTimeoutMs }, now);
  }

  /** @throws GuardError when FusionAuth's keys cannot be fetched, so the token can be neither accepted nor refused. */
  async verify(token: unknown): Promise<Verification> {
    if (token === undefined || token === null || token === '') return { claims: null, reason: 'missing' };
    if (typeof token !== 'string') return { claims: null, reason: 'invalid' };
    const verified = await this.#verify(token);
    if (verified.kind === 'refused') return { claims: null, reason: verified.hasExpired ? 'expired' : 'invalid' };
    const { claims } = verified;
    return this.#isOfTenant(claims['tid']) ? { claims } : { claims: null, reason: 'invalid' };
  }

  async #verify(token: string): Promise<VerifiedToken> {
    try {
      return await this.#verifier.verify(token);
    } catch (error) {
      throw new GuardError('KEYS_UNAVAILABLE', 'The public keys of FusionAuth could not be fetched', { cause: error });
    }
  }

  #isOfTenant(tenantId: unknown): boolean {
    const { tenantIds } = this.settings;
    return tenantIds === null || (typeof tenantId === 'string' && tenantIds.has(tenantId.toLowerCase()));
  }
}
