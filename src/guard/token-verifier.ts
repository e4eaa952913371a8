import { decodeJwt } from 'jose';
import { parseTenantId } from '../domain/ids.js';
import type { TokenClaims } from '../domain/token-claims.js';
import { AccessTokenVerifier, type VerifiedToken } from '../tokens/access-token-verifier.js';
import { RememberedTokens } from '../tokens/remembered-tokens.js';
import { type RefusedToken, refused, refusedAsInvalid } from './decision.js';
import { GuardError } from './guard-error.js';
import type { KeySet } from './key-set.js';
import type { GuardSettings } from './settings.js';

/** The longest token that is remembered, in characters, so that their number bounds their memory. */
const maxRememberedLength = 2_048;

type Verification = { readonly claims: TokenClaims } | { readonly claims: null; readonly refusal: RefusedToken };

/** Recognises access tokens that FusionAuth signed for this resource server. */
export class TokenVerifier {
  readonly #verifier: AccessTokenVerifier;
  /** By the tokens themselves, because no platform but Node.js hashes at once. */
  readonly #remembered: RememberedTokens<true>;

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
    if (token === undefined || token === null || token === '') return { claims: null, refusal: refused('missing') };
    if (typeof token !== 'string') return { claims: null, refusal: refusedAsInvalid('form') };
    const keys = this.keys.inForce();
    // Claims are read from it each time: they take twenty times its memory, and whoever gets them may change them.
    return this.#remembered.find(token, keys) ? { claims: decodeJwt(token) } : this.#verify(token, keys);
  }

  async #verify(token: string, keys: object | null): Promise<Verification> {
    let verified: VerifiedToken;
    try {
      verified = await this.#verifier.verify(token);
    } catch (error) {
      if (error instanceof GuardError) throw error;
      throw new GuardError('KEYS_UNAVAILABLE', 'The token could not be verified', { cause: error });
    }
    if (verified.kind === 'refused') {
      return { claims: null, refusal: verified.hasExpired ? refused('expired') : refusedAsInvalid(verified.check) };
    }
    const { claims } = verified;
    if (!this.isOfTenant(claims)) return { claims: null, refusal: refusedAsInvalid('tid') };
    if (token.length <= maxRememberedLength) this.#remembered.remember(copyOf(token), keys, true, claims);
    return { claims };
  }

  /** Whether the token is of a tenant whose tokens are accepted. */
  isOfTenant(claims: TokenClaims): boolean {
    const { tenantIds } = this.settings.accessTokens;
    if (tenantIds === null) return true;
    const id = parseTenantId(claims['tid']);
    return id !== undefined && tenantIds.has(id);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The same text by itself: a text that was cut out of another, such as a cookie, keeps the whole of that in memory. */
function copyOf(token: string): string {
  return decoder.decode(encoder.encode(token));
}
