import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { ServiceCaller } from '../domain/caller.js';
import { UpstreamUnavailableError } from '../domain/errors.js';
import type { TenantId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import { bearerTokenIn } from '../tokens/bearer.js';
import { createTokenKeySet, isAboutTheToken, maxTokenLength, type TokenKeySet } from '../tokens/key-set.js';
import { asymmetricAlgorithms } from '../tokens/signature-algorithms.js';

/** Who may have all sessions of a user ended: an identity provider, or a tool that responds to incidents. */
export interface RevocationRequesterOptions {
  /** Where its public keys are. */
  readonly jwksUrl: string;
  /** The `iss` of its requests. */
  readonly issuer: string;
  /** The `aud` of its requests: the endpoint. */
  readonly audience: string;
  /** The `sub` of its requests; null for any. */
  readonly clientId: string | null;
  /** The tenant whose users it may name; null for any. */
  readonly tenantId: TenantId | null;
  readonly clockToleranceSeconds: number;
  /** How long fetching its keys may take, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
}

export type RecognisedRequester =
  | { readonly kind: 'caller'; readonly caller: ServiceCaller }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly check: string; readonly isGenuine: boolean }
  /** The request is genuine, and made by another client than the one that may. */
  | { readonly kind: 'notAllowed' };

/** Nothing else that an identity provider signs is a request. @see Okta's Universal Logout, endpoint authentication */
const requestType = 'global-token-revocation+jwt';
/** A token does not say about whom it was made, so one that was overheard must not serve for long, in seconds. */
const maxTokenAgeSeconds = 600;

/** Recognises requests for global token revocation by the JWT that their sender signs. */
export class RevocationRequester {
  readonly #keys: TokenKeySet;

  constructor(
    private readonly options: RevocationRequesterOptions,
    private readonly clock: Clock,
  ) {
    const { jwksUrl, keyFetchTimeoutMs } = options;
    this.#keys = createTokenKeySet(new URL(jwksUrl), keyFetchTimeoutMs);
  }

  /** @throws UpstreamUnavailableError when the keys cannot be fetched, so that nobody can tell. */
  async recognise(authorization: string | undefined): Promise<RecognisedRequester> {
    if (authorization === undefined || authorization === '') return { kind: 'missing' };
    const token = bearerTokenIn(authorization);
    if (token === null || token.length > maxTokenLength) return { kind: 'invalid', check: 'form', isGenuine: false };
    try {
      return this.#callerOf(await this.#verify(token));
    } catch (error) {
      if (!isAboutTheToken(error)) throw new UpstreamUnavailableError(null, false, { cause: error });
      const isGenuine = error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
      return { kind: 'invalid', check: isGenuine ? error.claim : error.code, isGenuine };
    }
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { issuer, audience, clockToleranceSeconds } = this.options;
    const { payload } = await jwtVerify(token, this.#keys.find, {
      algorithms: [...asymmetricAlgorithms],
      typ: requestType,
      issuer,
      audience,
      requiredClaims: ['exp', 'iat'],
      maxTokenAge: maxTokenAgeSeconds,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(this.clock.now()),
    });
    return payload;
  }

  #callerOf({ sub, exp = 0 }: JWTPayload): RecognisedRequester {
    const { clientId, tenantId, issuer } = this.options;
    if (clientId !== null && sub !== clientId) return { kind: 'notAllowed' };
    const caller: ServiceCaller = {
      kind: 'service',
      name: issuer,
      expiresAt: exp * 1_000,
      permissions: new Set(['session:read', 'session:bulk']),
      tenantIds: tenantId === null ? null : new Set([tenantId]),
      applicationIds: null,
    };
    return { kind: 'caller', caller };
  }
}
