import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { MovableClock } from '../clock.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application, RefreshToken, Tenant, User } from '../store/records.js';
import type { SigningKeys } from './signing-keys.js';

export interface AccessTokenRequest {
  readonly tenant: Tenant;
  readonly application: Application | undefined;
  readonly user: User;
  /** The session issued with the token or presented for it; its id becomes `sid`. */
  readonly session: RefreshToken | undefined;
  /** FusionAuth's word for how the user authenticated: `PASSWORD`, `REFRESH_TOKEN`, ... */
  readonly authenticationType: string;
  /** When the user gave credentials, in epoch milliseconds. */
  readonly authInstant: number;
  /** Default: those of the session. */
  readonly scopes?: readonly string[] | undefined;
  /** Default, and at most: the configured lifetime. */
  readonly timeToLiveInSeconds?: number | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly expirationInstant: number;
  readonly lifetimeSeconds: number;
}

/**
 * Issues and verifies access tokens with the claims of FusionAuth's documentation (tokens, access token claims).
 *
 * Left out: `tty` and `gty`, whose values for these flows are not documented. A token issued without an application has
 * no `aud`; the documentation does not say what it would be.
 */
export class TokenIssuer {
  readonly #keys: SigningKeys;
  readonly #clock: MovableClock;

  constructor(keys: SigningKeys, clock: MovableClock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  async issueAccessToken(request: AccessTokenRequest): Promise<IssuedToken> {
    const configuration = effectiveJwtConfiguration(request.tenant, request.application);
    const configured = configuration.timeToLiveInSeconds;
    const lifetime = Math.min(request.timeToLiveInSeconds ?? configured, configured);
    const expiresAt = Math.floor(this.#clock.now() / 1_000) + lifetime;
    const token = await this.sign(configuration.accessTokenKeyId, claimsOf(request), expiresAt);
    return { token, expirationInstant: expiresAt * 1_000, lifetimeSeconds: lifetime };
  }

  /**
   * Signs claims with a key of the instance. The issue instant is added.
   *
   * @param expiresAt - in seconds since the epoch.
   */
  async sign(keyId: string | undefined, claims: JWTPayload, expiresAt: number): Promise<string> {
    const key = await this.#keys.material(keyId);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: key.jwsAlgorithm, typ: 'JWT', kid: key.kid })
      .setIssuedAt(Math.floor(this.#clock.now() / 1_000))
      .setExpirationTime(expiresAt)
      .sign(key.signingKey);
  }

  /**
   * The claims of a token signed by this instance and not expired, otherwise undefined. Revocation is not looked at:
   * that an access token outlives its session is FusionAuth's declared design.
   */
  async verify(token: string): Promise<JWTPayload | undefined> {
    try {
      const key = await this.#keys.findByKid(decodeProtectedHeader(token).kid);
      if (key === undefined) {
        return undefined;
      }
      const options = { algorithms: [key.jwsAlgorithm], currentDate: new Date(this.#clock.now()) };
      return (await jwtVerify(token, key.verifyingKey, options)).payload;
    } catch {
      return undefined;
    }
  }
}

function claimsOf(request: AccessTokenRequest): JWTPayload {
  const { tenant, application, user, session, authenticationType, authInstant } = request;
  const scopes = request.scopes ?? session?.metaData?.scopes ?? [];
  // In strict mode an access token says nothing of the user that its scopes do not ask for.
  const strict = application?.oauthConfiguration.scopeHandlingPolicy === 'Strict' && scopes.length > 0;
  const registration = user.registrations.find(({ applicationId }) => applicationId === application?.id);
  const username = registration?.username ?? user.username;
  return {
    ...(application === undefined ? {} : { aud: application.oauthConfiguration.clientId }),
    iss: tenant.issuer,
    sub: user.id,
    jti: randomUUID(),
    authenticationType,
    ...(user.email === undefined || strict ? {} : { email: user.email, email_verified: user.verified }),
    ...(username === undefined || strict ? {} : { preferred_username: username }),
    ...(registration === undefined ? {} : { applicationId: registration.applicationId, roles: registration.roles }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(session === undefined ? {} : { sid: session.id }),
    auth_time: Math.floor(authInstant / 1_000),
    tid: tenant.id,
  };
}
