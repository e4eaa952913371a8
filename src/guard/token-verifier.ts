import { parseTenantId } from '../domain/ids.js';
import type { TokenClaims } from '../domain/token-claims.js';
import { AccessTokenVerifier, type VerifiedToken } from '../tokens/access-token-verifier.js';
import { claimsTextOf, maxRememberedLength } from '../tokens/claims-text.js';
import { RememberedTokens } from '../tokens/remembered-tokens.js';
import { GuardError } from './guard-error.js';
import type { KeySet } from './key-set.js';
import type { GuardSettings } from './settings.js';

type Verification =
  | { readonly claims: TokenClaims }
  | { readonly claims: null; readonly reason: 'missing' | 'invalid' | 'expired' };

/** Recognises access tokens that FusionAuth signed for this resource server. */
export class TokenVerifier {
  readonly #verifier: AccessTokenVerifier;
  /** By themselves, because no platform but Node.js hashes at once. What is known is the JSON text of their claims. */
  readonly #remembered: RememberedTokens<string>;

  constructor(
    private readonly settings: Pick<GuardSettings, 'accessTokens' | 'maxRememberedTokens'>,
    private readonly keys: Pick<KeySet, 'find' | 'inForce'>,
    now: () => number,
  ) {
    const { accessTokens, maxRememberedTokens } = settings;
    this.#verifier = new AccessTokenVerifier(keys.find, accessTokens, now);
    this.#remembered = new RememberedTokens({
      maxTokens: maxRememberedTokens,
      toleranceSeconds: accessTokens.clockToleranceSeconds,
      now,
      keysInForce: () => keys.inForce(),
      keyOf: (token) => token,
    });
  }

  /** @throws GuardError when FusionAuth's keys cannot be fetched, so the token can be neither accepted nor refused. */
  verify(token: unknown): Verification | Promise<Verification> {
    if (token === undefined || token === null || token === '') return { claims: null, reason: 'missing' };
    if (typeof token !== 'string') return { claims: null, reason: 'invalid' };
    const keys = this.keys.inForce();
    const text = this.#remembered.find(token, keys);
    // Read anew each time, because whoever gets claims may change them.
    return text === undefined ? this.#verify(token, keys) : { claims: JSON.parse(text) };
  }

  async #verify(token: string, keys: object | null): Promise<Verification> {
    let verified: VerifiedToken;
    try {
      verified = await this.#verifier.verify(token);
    } catch (error) {
      if (error instanceof GuardError) throw error;
      throw new GuardError('KEYS_UNAVAILABLE', 'The token could not be verified', { cause: error });
    }
    if (verified.kind === 'refused') return { claims: null, reason: verified.hasExpired ? 'expired' : 'invalid' };
    const { claims } = verified;
    if (!this.#isOfTenant(claims['tid'])) return { claims: null, reason: 'invalid' };
    if (token.length <= maxRememberedLength)
      this.#remembered.remember(copyOf(token), keys, claimsTextOf(token), claims);
    return { claims };
  }

  #isOfTenant(tenantId: unknown): boolean {
    const { tenantIds } = this.settings.accessTokens;
    if (tenantIds === null) return true;
    const id = parseTenantId(tenantId);
    return id !== undefined && tenantIds.has(id);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The same text by itself: a text that was cut out of another, such as a cookie, keeps the whole of that in memory. */
function copyOf(token: string): string {
  return decoder.decode(encoder.encode(token));
}
