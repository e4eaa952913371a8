import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { Caller, Permission } from '../domain/caller.js';
import { UpstreamUnavailableError } from '../domain/errors.js';
import { parseSessionId, parseTenantId, parseUserId, type TenantId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import { identityOf, isOfClient } from '../domain/token-claims.js';
import {
  type AccessTokenExpectations,
  AccessTokenVerifier,
  type VerifiedToken,
} from '../tokens/access-token-verifier.js';
import { createTokenKeySet, keySetUrlOf, maxTokenLength, type TokenKeySet } from '../tokens/key-set.js';
import { RememberedTokens } from '../tokens/remembered-tokens.js';
import type { ClaimedToken, Refusal } from './refusal.js';
import { hashOf } from './token-hash.js';

/** Which access tokens are accepted, and what they allow. */
export interface AccessTokenOptions extends AccessTokenExpectations {
  /** The tenants whose tokens are accepted; null for any tenant with an accepted issuer. */
  readonly tenantIds: ReadonlySet<TenantId> | null;
  readonly permissionsByRole: ReadonlyMap<string, ReadonlySet<Permission>>;
  /** For tokens of the client credentials grant only. */
  readonly permissionsByScope: ReadonlyMap<string, ReadonlySet<Permission>>;
}

interface KeyFetchOptions {
  /** How long fetching the keys may take, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
}

export type TokenAuthentication =
  | { readonly kind: 'caller'; readonly caller: Caller }
  /** Credentials that are not accepted. Never taken for none. */
  | { readonly kind: 'invalid'; readonly refusal: Refusal };

/** How many callers are remembered, in some megabytes. */
export const maxRememberedCallers = 5_000;

/** Recognises callers by access tokens that FusionAuth has signed. */
export class AccessTokenAuthenticator {
  readonly #verifier: AccessTokenVerifier;
  readonly #keys: TokenKeySet;
  /** By the SHA-256 of their tokens: a call that has little to do takes 280 µs without, and 125 with it. */
  readonly #remembered: RememberedTokens<Caller>;

  constructor(
    fusionAuthUrl: string,
    private readonly options: AccessTokenOptions & KeyFetchOptions,
    clock: Clock,
  ) {
    const now = () => clock.now();
    this.#keys = createTokenKeySet(keySetUrlOf(fusionAuthUrl), options.keyFetchTimeoutMs);
    this.#verifier = new AccessTokenVerifier(this.#keys.find, options, now);
    this.#remembered = new RememberedTokens({
      maxTokens: maxRememberedCallers,
      toleranceSeconds: options.clockToleranceSeconds,
      now,
      keysInForce: this.#keys.inForce,
      keyOf: hashOf,
    });
  }

  /** @throws UpstreamUnavailableError when FusionAuth's keys cannot be fetched, so that nobody can tell. */
  async authenticate(token: string): Promise<TokenAuthentication> {
    const keys = this.#keys.inForce();
    const known = this.#remembered.find(token, keys);
    if (known !== undefined) return { kind: 'caller', caller: known };
    const verified = await this.#verify(token);
    const refuse = (check: string, isGenuine: boolean): TokenAuthentication => {
      return { kind: 'invalid', refusal: { check, claimed: claimedBy(token), isGenuine } };
    };
    if (verified.kind === 'refused') return refuse(verified.check, verified.isGenuine);
    const caller = this.#callerOf(verified.claims, verified.header);
    if (typeof caller === 'string') return refuse(caller, true);
    this.#remembered.remember(token, keys, caller, verified.claims);
    return { kind: 'caller', caller };
  }

  async #verify(token: string): Promise<VerifiedToken> {
    try {
      return await this.#verifier.verify(token);
    } catch (error) {
      throw new UpstreamUnavailableError(null, false, { cause: error });
    }
  }

  /** @returns the claim that is not accepted, when one is not. */
  #callerOf(claims: JWTPayload, header: JWTHeaderParameters): Caller | 'sub' | 'tid' {
    const { tenantIds } = this.options;
    const { sub: subject } = claims;
    if (typeof subject !== 'string' || subject === '') return 'sub';
    const tenantId = parseTenantId(claims['tid']);
    // FusionAuth writes it since 1.36. Without it nothing would bind the caller to its tenant.
    if (tenantId === undefined || (tenantIds !== null && !tenantIds.has(tenantId))) return 'tid';
    const isService = isOfClient(claims, { ...header });
    const userId = parseUserId(subject);
    const rights = {
      // One caller, however the letters of an id are written.
      name: userId ?? subject,
      expiresAt: (claims.exp ?? 0) * 1_000,
      permissions: new Set([...this.#grantedToRoles(claims), ...(isService ? this.#grantedToScopes(claims) : [])]),
      tenantIds: new Set([tenantId]),
      applicationIds: null,
    };
    if (isService) return { kind: 'service', ...rights };
    if (userId === undefined) return 'sub';
    const authTime = claims['auth_time'];
    return {
      kind: 'user',
      ...rights,
      userId,
      sessionId: parseSessionId(claims['sid']) ?? null,
      token: identityOf(claims),
      authenticatedAt: typeof authTime === 'number' ? authTime * 1_000 : null,
    };
  }

  #grantedToRoles(claims: JWTPayload): readonly Permission[] {
    const roles = Array.isArray(claims['roles']) ? claims['roles'] : [];
    return roles.flatMap((role) => [...(this.options.permissionsByRole.get(role) ?? [])]);
  }

  /**
   * Not for users. They, or the application that sends them to sign in, choose the scopes, which limit what a client may
   * do in their name, and grant them nothing.
   * @see RFC 6749 section 3.3
   */
  #grantedToScopes(claims: JWTPayload): readonly Permission[] {
    const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [];
    return scopes.flatMap((scope) => [...(this.options.permissionsByScope.get(scope) ?? [])]);
  }
}

/** The claims of a token, unchecked, for showing only; null for a token that is too long to be read, or has none. */
function claimedBy(token: string): ClaimedToken | null {
  if (token.length > maxTokenLength) return null;
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const { iss, aud, tid } = decodeJwt(token);
    return { alg: shown(alg), kid: shown(kid), iss: shown(iss), aud: shown(aud), tid: shown(tid) };
  } catch {
    return null;
  }
}

/** The longest claim that is shown, in characters. */
const maxShownLength = 128;

function shown(claim: unknown): string | null {
  if (claim === undefined) return null;
  return (Array.isArray(claim) ? claim.slice(0, 8).join(', ') : `${claim}`).slice(0, maxShownLength);
}
