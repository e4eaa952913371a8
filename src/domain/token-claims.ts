import { type ApplicationId, parseApplicationId, parseSessionId, parseUserId } from './ids.js';
import type { TokenIdentity } from './revocation.js';

/** The claims of a token whose signature has been verified. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * FusionAuth signs ID tokens with the same key, issuer and audience. They have claims that access tokens never have,
 * and since 1.60 a `tty` that names the kind; only the beginning of its values is reliable.
 * @see OpenID Connect Core 1.0 section 2 (nonce, at_hash) and RFC 8725 section 3.11
 */
export function isIdToken(claims: TokenClaims): boolean {
  const kind = claims['tty'];
  return (
    (typeof kind === 'string' && kind.toLowerCase().startsWith('id')) ||
    claims['at_hash'] !== undefined ||
    claims['c_hash'] !== undefined ||
    claims['nonce'] !== undefined
  );
}

/**
 * Whether the `typ` in the header of a token admits that it is an access token. FusionAuth writes `JWT`, and signs
 * logout tokens with the same key, which say `logout+jwt`.
 * @see RFC 8725 section 3.11, and RFC 9068 section 2.1 (at+jwt)
 */
export function isAccessTokenType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && accessTokenTypes.includes(typ.toLowerCase()));
}

const accessTokenTypes: readonly string[] = ['jwt', 'at+jwt', 'application/at+jwt'];

/**
 * True for a token of the client credentials grant, whose subject is not a user. FusionAuth tells the grant in the
 * header up to 1.59 and in the claims since 1.60; both are signed.
 * @see https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/tokens (gty)
 */
export function isOfClient(claims: TokenClaims, header: TokenClaims = {}): boolean {
  return [claims['gty'], header['gty']].some(
    (grants) => Array.isArray(grants) && grants.includes('client_credentials'),
  );
}

/** The claims by which revocations cover a token. A token without `iat` counts as older than any revocation. */
export function identityOf(claims: TokenClaims): TokenIdentity {
  const issuedAt = claims['iat'];
  return {
    sessionId: parseSessionId(claims['sid']) ?? null,
    userId: parseUserId(claims['sub']) ?? null,
    applicationIds: applicationsOf(claims),
    issuedAtSeconds: typeof issuedAt === 'number' && Number.isFinite(issuedAt) ? Math.floor(issuedAt) : 0,
  };
}

/** The applications a token is for, as far as FusionAuth names them. */
function applicationsOf({ aud, applicationId }: TokenClaims): readonly ApplicationId[] {
  const found: ApplicationId[] = [];
  for (const named of [aud, applicationId]) {
    for (const one of Array.isArray(named) ? named : [named]) {
      const id = parseApplicationId(one);
      if (id !== undefined && !found.includes(id)) found.push(id);
    }
  }
  return found;
}
