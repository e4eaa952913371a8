import { createHash, randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { EmulatorContext } from '../context.js';
import { withoutUndefined } from '../store/creators.js';
import { effectiveJwtConfiguration } from '../store/expiry.js';
import type { Application, RefreshToken, Tenant, User } from '../store/records.js';
import type { IssuedToken } from '../tokens/token-issuer.js';

export interface Grant {
  readonly tenant: Tenant;
  readonly application: Application;
  readonly user: User;
  readonly scopes: readonly string[];
  /** In epoch milliseconds. */
  readonly authInstant: number;
  readonly nonce?: string | undefined;
  /** The single sign-on session the grant came through. */
  readonly singleSignOnId?: string | undefined;
}

/** The answer of `/oauth2/token` (OAuth documentation, token endpoint). */
export interface TokenAnswer {
  readonly access_token: string;
  /** In seconds. */
  readonly expires_in: number;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly refresh_token_id?: string;
  readonly scope?: string;
  readonly token_type: 'Bearer';
  readonly userId: string;
}

/** The access token with whatever the scopes ask for. */
export async function tokenResponse(
  context: EmulatorContext,
  grant: Grant,
  issued: IssuedToken,
  session: RefreshToken | undefined,
): Promise<TokenAnswer> {
  const openId = grant.scopes.includes('openid');
  return {
    access_token: issued.token,
    expires_in: issued.expiresAt - issued.issuedAt,
    ...(openId ? { id_token: await idToken(context, grant, issued) } : {}),
    ...(session === undefined ? {} : { refresh_token: session.token, refresh_token_id: session.id }),
    ...(grant.scopes.length === 0 ? {} : { scope: grant.scopes.join(' ') }),
    token_type: 'Bearer',
    userId: grant.user.id,
  };
}

/** A refresh token needs the scope `offline_access` and an application that generates them. */
export function givesRefreshToken({ application, scopes }: Grant): boolean {
  return scopes.includes('offline_access') && application.oauthConfiguration.generateRefreshTokens;
}

/**
 * The ID token. Its `sid` is the single sign-on session, where there is one: FusionAuth's documentation gives two
 * meanings for it, and this is the one of its page on tokens.
 */
async function idToken(context: EmulatorContext, grant: Grant, issued: IssuedToken): Promise<string> {
  const { tenant, application, user, nonce, singleSignOnId, authInstant } = grant;
  const configuration = effectiveJwtConfiguration(tenant, application);
  const material = await context.keys.material(configuration.idTokenKeyId, application.oauthConfiguration.clientSecret);
  const claims = {
    aud: application.oauthConfiguration.clientId,
    iss: tenant.issuer,
    sub: user.id,
    jti: randomUUID(),
    at_hash: accessTokenHash(issued.token, material.jwsAlgorithm),
    auth_time: Math.floor(authInstant / 1_000),
    ...(nonce === undefined ? {} : { nonce }),
    ...(singleSignOnId === undefined ? {} : { sid: singleSignOnId }),
    ...userClaims(user, application, grant.scopes),
    tid: tenant.id,
  };
  return context.tokens.sign(configuration.idTokenKeyId, claims, issued.issuedAt, issued.expiresAt, application);
}

/** What a token of this instance is, by its claims: an ID token alone names the access token beside it. */
export function tokenTypeOf(claims: JWTPayload): 'access_token' | 'id_token' {
  return claims['at_hash'] === undefined ? 'access_token' : 'id_token';
}

/**
 * What ID tokens and the user-info endpoint say about a user: everything, or under the policy `Strict` what the scopes
 * `email` and `profile` ask for (OpenID Connect Core, section 5.4).
 */
export function userClaims(user: User, application: Application | undefined, scopes: readonly string[]): object {
  const { email, verified, username, firstName, lastName, fullName, imageUrl } = user;
  const shows = (scope: string) => !isStrict(application) || scopes.includes(scope);
  const profile = {
    preferred_username: username,
    given_name: firstName,
    family_name: lastName,
    name: fullName,
    picture: imageUrl,
  };
  return {
    ...(email !== undefined && shows('email') ? { email, email_verified: verified } : {}),
    ...(shows('profile') ? withoutUndefined(profile) : {}),
  };
}

/** Whether the scopes alone decide what the application's tokens say of their user. */
export function isStrict(application: Application | undefined): boolean {
  return application?.oauthConfiguration.scopeHandlingPolicy === 'Strict';
}

/** The left half of the hash that belongs to the signature algorithm (OpenID Connect Core, section 3.1.3.6). */
function accessTokenHash(token: string, algorithm: string): string {
  const bits = algorithm === 'EdDSA' ? '512' : algorithm.slice(-3);
  const hash = createHash(`sha${bits}`).update(token).digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
