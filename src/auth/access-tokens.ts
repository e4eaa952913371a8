import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import type { Caller, Permission } from '../domain/caller.js';
import { UpstreamUnavailableError } from '../domain/errors.js';
import { parseSessionId, parseTenantId, parseUserId, type TenantId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import { identityOf, isAccessTokenType, isIdToken } from '../domain/token-claims.js';
import { fetchKeySet } from '../tokens/bounded-key-set.js';
import type { ClaimedToken, Refusal } from './refusal.js';

/** Which access tokens are accepted, and what they allow. */
export interface AccessTokenOptions {
  /** The `iss` of the tenants whose tokens are accepted. */
  readonly issuers: readonly string[];
  /** One of these must be in `aud`: the ids of applications whose tokens are meant for this service. */
  readonly audiences: readonly string[];
  /** Signature algorithms, asymmetric ones only. */
  readonly algorithms: readonly string[];
  /** The tenants whose tokens are accepted; null for any tenant with an accepted issuer. */
  readonly tenantIds: ReadonlySet<TenantId> | null;
  /** How far the clocks of FusionAuth and of this service may differ, in seconds. */
  readonly clockToleranceSeconds: number;
  readonly permissionsByRole: ReadonlyMap<string, ReadonlySet<Permission>>;
  /** For tokens of the client credentials grant only. */
  readonly permissionsByScope: ReadonlyMap<string, ReadonlySet<Permission>>;
}

export interface KeyFetchOptions {
  /** How long fetching the keys may take, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
}

/** The longest token that is looked at, in characters. */
const maxTokenLength = 8_192;

/** How often an unknown key id may fetch the keys; how long they are kept. */
const jwksCooldownMs = 30_000;
const jwksMaxAgeMs = 600_000;

/** Recognises callers by access tokens that FusionAuth has signed. */
export class AccessTokenAuthenticator {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    fusionAuthUrl: string,
    private readonly options: AccessTokenOptions & KeyFetchOptions,
    private readonly clock: Clock,
  ) {
    this.#keys = createRemoteJWKSet(new URL(`${fusionAuthUrl.replace(/\/+$/, '')}/.well-known/jwks.json`), {
      timeoutDuration: options.keyFetchTimeoutMs,
      cooldownDuration: jwksCooldownMs,
      cacheMaxAge: jwksMaxAgeMs,
      [customFetch]: fetchKeySet,
    });
  }

  /**
   * @returns why, when the token is not one that is accepted.
   * @throws UpstreamUnavailableError when FusionAuth's keys cannot be fetched, so that nobody can tell.
   */
  async authenticate(token: string): Promise<Caller | Refusal> {
    if (token.length > maxTokenLength) return { check: 'length', claimed: null, isGenuine: false };
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys, {
        algorithms: [...this.options.algorithms],
        issuer: [...this.options.issuers],
        audience: [...this.options.audiences],
        clockTolerance: this.options.clockToleranceSeconds,
        currentDate: new Date(this.clock.now()),
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      // Its signature has been verified.
      const refuse = (check: string) => ({ check, claimed: claimedBy(token), isGenuine: true });
      if (!isAccessTokenType(protectedHeader.typ)) return refuse('its typ is of another kind');
      const caller = isIdToken(payload) ? 'it is an ID token' : this.#callerOf(payload, protectedHeader);
      return typeof caller === 'string' ? refuse(caller) : caller;
    } catch (error) {
      if (isAboutTheToken(error)) {
        return { check: checkOf(error), claimed: claimedBy(token), isGenuine: isAboutClaims(error) };
      }
      throw new UpstreamUnavailableError(null, false, { cause: error });
    }
  }

  /** @returns the claim that is not accepted, when one is not. */
  #callerOf(claims: JWTPayload, header: JWTHeaderParameters): Caller | 'sub' | 'tid' {
    const { tenantIds } = this.options;
    const { sub: subject } = claims;
    if (typeof subject !== 'string' || subject === '') return 'sub';
    const tenantId = parseTenantId(claims['tid']);
    // In FusionAuth since 1.36. Without it nothing would bind the caller to its tenant.
    if (tenantId === undefined || (tenantIds !== null && !tenantIds.has(tenantId))) return 'tid';
    const isService = isOfClient(claims, header);
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
   * Not for users: they, or whoever sends them to sign in, choose the scopes, which say what a client may do in their
   * name and not what they may do to others.
   * @see RFC 6749 section 3.3
   */
  #grantedToScopes(claims: JWTPayload): readonly Permission[] {
    const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [];
    return scopes.flatMap((scope) => [...(this.options.permissionsByScope.get(scope) ?? [])]);
  }
}

/**
 * True for a token of the client credentials grant, whose subject is not a user. FusionAuth tells the grant in the
 * header up to 1.59 and in the claims since 1.60; both are signed.
 * @see https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/tokens (gty)
 */
function isOfClient(claims: JWTPayload, header: JWTHeaderParameters): boolean {
  return [claims['gty'], header['gty']].some(
    (grants) => Array.isArray(grants) && grants.includes('client_credentials'),
  );
}

/** Claims are looked at once the signature has been verified. */
function isAboutClaims(error: unknown): boolean {
  return error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
}

/** In terms of what FusionAuth writes into tokens. */
function checkOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'exp';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'alg';
  if (error instanceof errors.JWKSNoMatchingKey) return 'kid';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  return 'form';
}

/** Read without any check, for showing only. */
function claimedBy(token: string): ClaimedToken | null {
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

/** False when the keys could not be had: the token may well be right. */
function isAboutTheToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // An answer other than 200 is reported with the code that says nothing in particular.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
