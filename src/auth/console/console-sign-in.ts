import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { ClaimedIds } from '../../domain/claimed-ids.js';
import { parseUserId } from '../../domain/ids.js';
import type { Instant } from '../../domain/session.js';
import type { Authentication } from '../authenticator.js';
import type { ConsoleClient } from './console-client.js';
import type { ConsoleSessions } from './console-sessions.js';
import type { SealedCookies } from './sealed-cookies.js';

interface ConsoleSignInOptions {
  readonly client: ConsoleClient;
  readonly cookies: SealedCookies;
  readonly sessions: Pick<ConsoleSessions, 'begin'>;
  readonly authenticate: (authorization: string) => Promise<Authentication>;
  readonly now: () => Instant;
}

interface BegunSignIn {
  /** Where the browser signs in. */
  readonly url: URL;
  /** Binds the sign-in to the browser that began it. */
  readonly cookie: string;
}

type CompletedSignIn =
  | { readonly kind: 'signedIn'; readonly cookie: string }
  /** An answer to another sign-in than the one of the cookie, which stays under way. */
  | { readonly kind: 'unasked' }
  /** Not an answer to a sign-in that this browser has under way, or one that came too late or twice. */
  | { readonly kind: 'failed' }
  /** Somebody signed in whose access token is not accepted, or does not fit into a cookie. */
  | { readonly kind: 'refused'; readonly check: string };

/** How long somebody may take to sign in, in milliseconds. */
export const signInMs = 600_000;

/** How many answered sign-ins are remembered, in a megabyte or two. */
const maxAnswered = 10_000;

/**
 * Signs people in by FusionAuth's hosted pages: authorization code with PKCE, where the service is the client.
 *
 * A cookie holds the values that the answer to a sign-in under way must have, so any replica can complete it, and a page
 * of another site cannot make a browser complete one that it did not begin. FusionAuth takes each code once.
 * @see RFC 9700 section 2.1
 */
export class ConsoleSignIn {
  /**
   * The states of sign-ins that were answered. FusionAuth is asked once about each: strangers could make up any number of
   * codes for a sign-in that they began.
   */
  readonly #answered: ClaimedIds;

  constructor(private readonly options: ConsoleSignInOptions) {
    this.#answered = new ClaimedIds(options, maxAnswered);
  }

  async begin(redirectUri: string): Promise<BegunSignIn> {
    const { client, cookies, now } = this.options;
    const checks = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
    const url = await client.authorizationUrl(checks, redirectUri);
    return { url, cookie: await cookies.seal('login', checks, now() + signInMs) };
  }

  /**
   * @param callback The address of the callback with the parameters of FusionAuth's answer.
   * @throws UpstreamUnavailableError when FusionAuth cannot be asked.
   */
  async complete(callback: URL, cookie: string): Promise<CompletedSignIn> {
    const { client, cookies, sessions, authenticate, now } = this.options;
    const { state, nonce, codeVerifier } = (await cookies.open('login', cookie)) ?? {};
    if (typeof state !== 'string' || typeof nonce !== 'string' || typeof codeVerifier !== 'string') return failed;
    // Any page can send the browser here with an answer of its own making, and takes no sign-in away by that.
    if (callback.searchParams.get('state') !== state) return unasked;
    if (!this.#answered.claim({ id: state, expiresAt: now() + signInMs })) return failed;
    const tokens = await client.redeem(callback, { state, nonce, codeVerifier });
    if (tokens === null) return failed;
    const authentication = await authenticate(`Bearer ${tokens.accessToken}`);
    if (authentication.kind !== 'caller') {
      return { kind: 'refused', check: authentication.kind === 'missing' ? 'missing' : authentication.refusal.check };
    }
    const { caller } = authentication;
    if (caller.kind !== 'user' || caller.userId !== parseUserId(tokens.subject))
      return { kind: 'refused', check: 'sub' };
    const session = await sessions.begin(tokens);
    return session === null ? { kind: 'refused', check: 'length' } : { kind: 'signedIn', cookie: session };
  }
}

const unasked: CompletedSignIn = { kind: 'unasked' };
const failed: CompletedSignIn = { kind: 'failed' };
