import type { TokenIdentity } from '../domain/revocation.js';
import { bearerTokenIn, saysBearer } from '../tokens/bearer.js';
import { isJwt } from '../tokens/jwt-form.js';
import type { AccessTokenAuthenticator, TokenAuthentication } from './access-tokens.js';
import type { Refusal } from './refusal.js';
import type { ServiceKeyAuthenticator } from './service-keys.js';

/** The result of reading an Authorization header. */
export type Authentication =
  | TokenAuthentication
  /** No credentials, or the scheme alone. */
  | { readonly kind: 'missing' }
  /** Credentials that do not say `Bearer`, which cannot be looked at. */
  | { readonly kind: 'unschemed'; readonly refusal: Refusal };

/** No credentials, or the scheme alone, as a shell writes it for a variable that is not set. */
const isEmpty = /^(?:Bearer)? *$/i;

/** Finds out who is calling: by an access token if it has the form of one, else by a service key. */
export class Authenticator {
  constructor(
    private readonly serviceKeys: ServiceKeyAuthenticator,
    /** Null when access tokens are not accepted. */
    private readonly accessTokens: AccessTokenAuthenticator | null,
    /** Whether an access token is one of a session that has ended. */
    private readonly isRevoked: (token: TokenIdentity) => boolean,
  ) {}

  /** @throws UpstreamUnavailableError when an access token cannot be verified for want of FusionAuth's keys. */
  async authenticate(authorization: string | undefined): Promise<Authentication> {
    if (authorization === undefined || isEmpty.test(authorization)) return { kind: 'missing' };
    if (!saysBearer(authorization)) return refused('scheme', 'unschemed');
    const credential = bearerTokenIn(authorization);
    if (credential === null) return refused('form');
    if (this.accessTokens === null || !isJwt(credential)) {
      const service = this.serviceKeys.authenticate(credential);
      if (service !== null) return { kind: 'caller', caller: service };
      return refused(isJwt(credential) ? 'access tokens are not accepted' : 'service key');
    }
    const authentication = await this.accessTokens.authenticate(credential);
    if (authentication.kind === 'invalid') return authentication;
    const { caller } = authentication;
    const isRevoked = caller.kind === 'user' && this.isRevoked(caller.token);
    return isRevoked ? refused('revoked', 'invalid', true) : authentication;
  }
}

function refused(check: string, kind: 'unschemed' | 'invalid' = 'invalid', isGenuine = false): Authentication {
  return { kind, refusal: { check, claimed: null, isGenuine } };
}
