import { createHash } from 'node:crypto';
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import type { Instant } from '../../domain/session.js';

/** The purpose of a cookie. A cookie is never accepted for another purpose. */
type CookiePurpose = 'login' | 'session';

interface SealedCookiesOptions {
  /** Keys of AES-256-GCM: the first encrypts, all decrypt, so that a key can be replaced while cookies live. */
  readonly keys: readonly Uint8Array[];
  readonly clientId: string;
  /** In milliseconds since the Unix epoch. */
  readonly now: () => Instant;
}

/**
 * Cookies that nobody but a holder of the keys can read or make: encrypted JWTs (RFC 7516, `dir` with A256GCM), bound to
 * their purpose and to the application of the console. Replicas that share the keys share nothing else.
 */
export class SealedCookies {
  readonly #keys: ReadonlyMap<string, Uint8Array>;

  constructor(private readonly options: SealedCookiesOptions) {
    this.#keys = new Map(options.keys.map((key) => [keyIdOf(key), key]));
  }

  /** @param expiresAt From then on the cookie is not opened. */
  async seal(purpose: CookiePurpose, content: JWTPayload, expiresAt: Instant): Promise<string> {
    const [[kid, key] = ['', new Uint8Array()]] = this.#keys;
    return new EncryptJWT(content)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
      .setAudience(purpose)
      .setIssuer(this.options.clientId)
      .setExpirationTime(Math.floor(expiresAt / 1_000))
      .encrypt(key);
  }

  /** @returns null for a cookie that has expired, is for something else, or was not made with one of the keys. */
  async open(purpose: CookiePurpose, cookie: string): Promise<JWTPayload | null> {
    if (cookie.length > maxCookieLength) return null;
    try {
      const { payload } = await jwtDecrypt(cookie, ({ kid }) => this.#keyNamed(kid), {
        audience: purpose,
        issuer: this.options.clientId,
        requiredClaims: ['exp'],
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        currentDate: new Date(this.options.now()),
      });
      return payload;
    } catch {
      // Whatever is wrong with it, it opens nothing.
      return null;
    }
  }

  #keyNamed(kid: unknown): Uint8Array {
    const key = this.#keys.get(`${kid}`);
    if (key === undefined) throw new Error('No key of that name');
    return key;
  }
}

/** Browsers keep no cookie of more than 4,096 bytes, its name and attributes included. @see RFC 6265 section 6.1 */
export const maxCookieLength = 3_900;

/** Identifies a key, and reveals nothing about it. */
function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('cookie key ').update(key).digest('base64url').slice(0, 8);
}
