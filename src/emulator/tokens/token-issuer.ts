import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { MovableClock } from '../clock.js';
import { shadowKeys } from '../store/defaults.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application, RefreshToken, Tenant, User } from '../store/records.js';
import { registrationOf } from '../store/registration.js';
import type { Store } from '../store/store.js';
import type { SigningKeys } from './signing-keys.js';

interface AccessTokenRequest {
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
  /** When the token ends whatever the lifetime, in seconds since the epoch. */
  readonly expiresAtSeconds?: number | undefined;
}

export interface IssuedToken {
  readonly token: string;
  /** In seconds since the epoch. */
  readonly issuedAt: number;
  /** In seconds since the epoch. */
  readonly expiresAt: number;
}

type KnownRecords = Pick<Store, 'roleNamesOf' | 'applications'>;

/**
 * Issues and verifies access tokens with the claims of FusionAuth's documentation (tokens, access token claims).
 *
 * Left out: `tty` and `gty`, whose values for these flows are not documented. A token issued without an application has
 * no `aud`; the documentation does not say what it would be.
 */
export class TokenIssuer {
  readonly #keys: SigningKeys;
  readonly #clock: MovableClock;
  readonly #store: KnownRecords;

  /** @param store - has the roles of a user, those of its groups included, and the secrets of clients. */
  constructor(keys: SigningKeys, clock: MovableClock, store: KnownRecords) {
    this.#store = store;
    this.#keys = keys;
    this.#clock = clock;
  }

  async issueAccessToken(request: AccessTokenRequest): Promise<IssuedToken> {
    const configuration = effectiveJwtConfiguration(request.tenant, request.application);
    const configured = configuration.timeToLiveInSeconds;
    const issuedAt = this.nowSeconds();
    const expiresAt =
      request.expiresAtSeconds ?? issuedAt + Math.min(request.timeToLiveInSeconds ?? configured, configured);
    const claims = claimsOf(request, this.#store);
    const token = await this.sign(configuration.accessTokenKeyId, claims, issuedAt, expiresAt, request.application);
    return { token, issuedAt, expiresAt };
  }

  /** Signs claims with a key of the instance, or the secret of the application. Instants are in seconds since the epoch. */
  async sign(
    keyId: string | undefined,
    claims: JWTPayload,
    issuedAt: number,
    expiresAt: number,
    application?: Application,
  ): Promise<string> {
    const key = await this.#keys.material(keyId, application?.oauthConfiguration.clientSecret);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: key.jwsAlgorithm, typ: 'JWT', kid: key.kid })
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(key.signingKey);
  }

  /** The current instant in seconds since the epoch, as tokens count. */
  nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1_000);
  }

  /**
   * The claims of a token signed by this instance and not expired, otherwise undefined. Revocation is not looked at:
   * that an access token outlives its session is FusionAuth's declared design.
   */
  async verify(token: string): Promise<JWTPayload | undefined> {
    return this.#verify(token, this.#clock.now());
  }

  /** As {@link verify}, whether or not the token has expired. */
  async verifySignature(token: string): Promise<JWTPayload | undefined> {
    return this.#verify(token, 0);
  }

  async #verify(token: string, nowMs: number): Promise<JWTPayload | undefined> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const { aud } = decodeJwt(token);
      const audience = this.#store.applications.get(`${aud}`);
      const key =
        shadowKeys[kid ?? ''] === undefined
          ? await this.#keys.findByKid(kid)
          : await this.#keys.material(kid, audience?.oauthConfiguration.clientSecret);
      if (key === undefined) {
        return undefined;
      }
      const options = { algorithms: [key.jwsAlgorithm], currentDate: new Date(nowMs) };
      return (await jwtVerify(token, key.verifyingKey, options)).payload;
    } catch {
      return undefined;
    }
  }
}

function claimsOf(request: AccessTokenRequest, store: KnownRecords): JWTPayload {
  const { tenant, application, user, session, authenticationType, authInstant } = request;
  const scopes = request.scopes ?? session?.metaData?.scopes ?? [];
  // In strict mode an access token says nothing of the user that its scopes do not ask for.
  const strict = application?.oauthConfiguration.scopeHandlingPolicy === 'Strict' && scopes.length > 0;
  const registration = registrationOf(user, application?.id);
  const username = registration?.username ?? user.username;
  return {
    ...(application === undefined ? {} : { aud: application.oauthConfiguration.clientId }),
    iss: tenant.issuer,
    sub: user.id,
    jti: randomUUID(),
    authenticationType,
    ...(user.email === undefined || strict ? {} : { email: user.email, email_verified: user.verified }),
    ...(username === undefined || strict ? {} : { preferred_username: username }),
    ...(registration === undefined
      ? {}
      : { applicationId: registration.applicationId, roles: store.roleNamesOf(user, registration.applicationId) }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(session === undefined ? {} : { sid: session.id }),
    auth_time: Math.floor(authInstant / 1_000),
    tid: tenant.id,
  };
}
