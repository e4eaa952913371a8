import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Caller, Permission } from '../domain/caller.js';
import { UpstreamUnavailableError } from '../domain/errors.js';
import { parseSessionId, parseTenantId, parseUserId, type TenantId } from '../domain/ids.js';
import type { Clock } from '../domain/ports.js';

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
  readonly permissionsByScope: ReadonlyMap<string, ReadonlySet<Permission>>;
}

/** The longest token that is looked at, in characters. */
const maxTokenLength = 8_192;

/** How long fetching the keys may take; how often an unknown key id may fetch them; how long they are kept. */
const jwksTimeoutMs = 3_000;
const jwksCooldownMs = 30_000;
const jwksMaxAgeMs = 600_000;

/** Recognises callers by access tokens that FusionAuth has signed. */
export class AccessTokenAuthenticator {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    fusionAuthUrl: string,
    private readonly options: AccessTokenOptions,
    private readonly clock: Clock,
  ) {
    this.#keys = createRemoteJWKSet(new URL(`${fusionAuthUrl}/.well-known/jwks.json`), {
      timeoutDuration: jwksTimeoutMs,
      cooldownDuration: jwksCooldownMs,
      cacheMaxAge: jwksMaxAgeMs,
    });
  }

  /**
   * @returns null when the token is not one that is accepted.
   * @throws UpstreamUnavailableError when FusionAuth's keys cannot be fetched, so that nobody can tell.
   */
  async authenticate(token: string): Promise<Caller | null> {
    if (token.length > maxTokenLength) return null;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: [...this.options.algorithms],
        issuer: [...this.options.issuers],
        audience: [...this.options.audiences],
        clockTolerance: this.options.clockToleranceSeconds,
        currentDate: new Date(this.clock.now()),
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      return isIdToken(payload) ? null : this.#callerOf(payload);
    } catch (error) {
      if (isAboutTheToken(error)) return null;
      throw new UpstreamUnavailableError(null, { cause: error });
    }
  }

  #callerOf(claims: JWTPayload): Caller | null {
    const { tenantIds } = this.options;
    const tenantId = parseTenantId(claims['tid']);
    // In FusionAuth since 1.36. Without it nothing would bind the caller to its tenant.
    if (tenantId === undefined || (tenantIds !== null && !tenantIds.has(tenantId))) return null;
    const rights = {
      name: claims.sub ?? '',
      permissions: this.#permissionsOf(claims),
      tenantIds: new Set([tenantId]),
      applicationIds: null,
    };
    if (isOfClient(claims)) return { kind: 'service', ...rights };
    const userId = parseUserId(claims.sub);
    if (userId === undefined) return null;
    const authTime = claims['auth_time'];
    return {
      kind: 'user',
      ...rights,
      userId,
      sessionId: parseSessionId(claims['sid']) ?? null,
      authenticatedAt: typeof authTime === 'number' ? authTime * 1_000 : null,
    };
  }

  #permissionsOf(claims: JWTPayload): ReadonlySet<Permission> {
    const roles = Array.isArray(claims['roles']) ? claims['roles'] : [];
    const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [];
    const { permissionsByRole, permissionsByScope } = this.options;
    return new Set([
      ...roles.flatMap((role) => [...(permissionsByRole.get(role) ?? [])]),
      ...scopes.flatMap((scope) => [...(permissionsByScope.get(scope) ?? [])]),
    ]);
  }
}

/**
 * FusionAuth signs ID tokens with the same key, issuer and audience. They have claims that access tokens never have,
 * and since 1.60 a `tty` that tells the kind; of its values only the beginning is relied on.
 * @see OpenID Connect Core 1.0 section 2 (nonce, at_hash) and RFC 8725 section 3.11
 */
function isIdToken(claims: JWTPayload): boolean {
  const kind = claims['tty'];
  return (
    (typeof kind === 'string' && kind.toLowerCase().startsWith('id')) ||
    claims['at_hash'] !== undefined ||
    claims['c_hash'] !== undefined ||
    claims['nonce'] !== undefined
  );
}

/** True for a token of the client credentials grant, whose subject is not a user. `gty` is in the body since 1.60. */
function isOfClient(claims: JWTPayload): boolean {
  const grants = claims['gty'];
  return Array.isArray(grants) && grants.includes('client_credentials');
}

/** False when the keys could not be had: the token may well be right. */
function isAboutTheToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // An answer other than 200 is reported with the code that says nothing in particular.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
