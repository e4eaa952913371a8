import { decodeJwt } from 'jose';
import { isUpstreamError } from '../../domain/errors.js';
import type { Instant } from '../../domain/session.js';
import type { Authentication } from '../authenticator.js';
import type { ConsoleTokens } from './console-client.js';
import { maxCookieLength, type SealedCookies } from './sealed-cookies.js';
import type { TokenRefresh } from './token-refresh.js';

interface ConsoleSessionsOptions {
  readonly cookies: SealedCookies;
  readonly refresh: TokenRefresh;
  /** Who an access token is of: the same as for one in an Authorization header. */
  readonly authenticate: (authorization: string) => Promise<Authentication>;
  readonly now: () => Instant;
  /** How long a sign-in lasts that is not used. */
  readonly idleMs: number;
  /** How long it lasts however it is used. */
  readonly sessionMs: number;
}

/** What a request with a cookie comes to. */
interface ConsoleAuthentication {
  readonly authentication: Authentication;
  /** The cookie for later requests; null where the one that came will do. */
  readonly cookie: string | null;
}

/** What a session cookie holds. Its refresh token and its access token are secrets. */
interface Held {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly signedInAt: Instant;
  readonly usedAt: Instant;
}

/** Access tokens are refreshed this long before they end, so that one replica can fail to and the next succeed. */
const refreshBeforeMs = 60_000;

/** Moves the end of a sign-in that is used; more often would only cost time. */
const renewalsOfIdleTime = 15;

/**
 * The sign-ins of the console. Each is an encrypted cookie with the tokens that FusionAuth issued for it, so replicas
 * share nothing, and a person of the console is recognised, bounded and refused as every other bearer of an access
 * token: by roles that are at most one access token old, and not once the session has been revoked.
 */
export class ConsoleSessions {
  constructor(private readonly options: ConsoleSessionsOptions) {}

  /** The cookie of a new sign-in; null when it is too long for browsers, as with very many roles. */
  async begin({ accessToken, refreshToken }: ConsoleTokens): Promise<string | null> {
    const now = this.options.now();
    const cookie = await this.#seal({ accessToken, refreshToken, signedInAt: now, usedAt: now });
    return cookie.length > maxCookieLength ? null : cookie;
  }

  /**
   * @param isUse Whether somebody did something, as opposed to a page that keeps itself up to date.
   * @throws UpstreamUnavailableError when FusionAuth would have to be asked and does not answer.
   */
  async authenticate(cookie: string, isUse: boolean): Promise<ConsoleAuthentication> {
    const held = await this.#open(cookie);
    if (held === null) return refused;
    const tokens = await this.#freshTokens(held);
    if (tokens === null) return refused;
    const authentication = await this.options.authenticate(`Bearer ${tokens.accessToken}`);
    if (authentication.kind !== 'caller' || authentication.caller.kind !== 'user') {
      return authentication.kind === 'caller' ? refused : { authentication, cookie: null };
    }
    const now = this.options.now();
    const used = { ...tokens, signedInAt: held.signedInAt, usedAt: isUse ? now : held.usedAt };
    const isStale = used.usedAt - held.usedAt > this.options.idleMs / renewalsOfIdleTime;
    const renewed = tokens.accessToken !== held.accessToken || isStale ? await this.#seal(used) : null;
    // Browsers would keep the former one, whose refresh token may have been used up.
    if (renewed !== null && renewed.length > maxCookieLength) return refusedFor('length');
    const { caller } = authentication;
    // Streams end with the sign-in, too.
    const expiresAt = Math.min(caller.expiresAt ?? Number.POSITIVE_INFINITY, this.#endOf(used));
    return { authentication: { kind: 'caller', caller: { ...caller, expiresAt } }, cookie: renewed };
  }

  #endOf({ signedInAt, usedAt }: Pick<Held, 'signedInAt' | 'usedAt'>): Instant {
    return Math.min(usedAt + this.options.idleMs, signedInAt + this.options.sessionMs);
  }

  #seal(held: Held): Promise<string> {
    const { accessToken, refreshToken, signedInAt, usedAt } = held;
    return this.options.cookies.seal('session', { accessToken, refreshToken, signedInAt, usedAt }, this.#endOf(held));
  }

  async #open(cookie: string): Promise<Held | null> {
    const content = await this.options.cookies.open('session', cookie);
    const { accessToken, refreshToken, signedInAt, usedAt } = content ?? {};
    if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return null;
    if (typeof signedInAt !== 'number' || typeof usedAt !== 'number') return null;
    const held = { accessToken, refreshToken, signedInAt, usedAt };
    // The settings may be stricter than when the cookie was made.
    return this.options.now() < this.#endOf(held) ? held : null;
  }

  /** The tokens that came while they last, and in their last minute others if there are any. */
  async #freshTokens(held: Held): Promise<Pick<Held, 'accessToken' | 'refreshToken'> | null> {
    const remainingMs = expiryOf(held.accessToken) - this.options.now();
    if (remainingMs > refreshBeforeMs) return held;
    try {
      const tokens = await this.options.refresh.refresh(held.refreshToken);
      if (tokens !== null) return tokens;
    } catch (error) {
      if (!isUpstreamError(error) || remainingMs <= 0) throw error;
    }
    return remainingMs > 0 ? held : null;
  }
}

/** A text that is no token has ended. */
function expiryOf(accessToken: string): Instant {
  try {
    return (decodeJwt(accessToken).exp ?? 0) * 1_000;
  } catch {
    return 0;
  }
}

/** Nobody can have guessed a cookie, so none counts as a guess. */
function refusedFor(check: string): ConsoleAuthentication {
  return { authentication: { kind: 'invalid', refusal: { check, claimed: null, isGenuine: true } }, cookie: null };
}

const refused = refusedFor('console sign-in');
