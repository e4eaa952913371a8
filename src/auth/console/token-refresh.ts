import { createHash } from 'node:crypto';
import type { Instant } from '../../domain/session.js';
import type { ConsoleClient, ConsoleTokens } from './console-client.js';

/** How long a result is kept, in milliseconds: pages send several requests with the same cookie at once. */
const keptMs = 30_000;

/** How many results are kept. The oldest are forgotten first. */
const maxKept = 1_000;

interface Kept {
  readonly result: Promise<ConsoleTokens | null>;
  readonly until: Instant;
}

/**
 * Refreshes the tokens of a sign-in once for all requests that come with them at about the same time. Where FusionAuth
 * takes a refresh token only once, a second refresh would end the session.
 */
export class TokenRefresh {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly client: Pick<ConsoleClient, 'refresh'>,
    private readonly now: () => Instant,
  ) {}

  /**
   * @returns null when the session has ended.
   * @throws UpstreamUnavailableError when FusionAuth cannot be asked.
   */
  async refresh(refreshToken: string): Promise<ConsoleTokens | null> {
    const now = this.now();
    for (const [key, { until }] of this.#kept) {
      if (until > now && this.#kept.size <= maxKept) break;
      this.#kept.delete(key);
    }
    const key = createHash('sha256').update(refreshToken).digest('base64url');
    const known = this.#kept.get(key);
    if (known !== undefined && known.until > now) return known.result;
    const result = this.client.refresh(refreshToken);
    this.#kept.set(key, { result, until: now + keptMs });
    result.catch(() => this.#kept.delete(key));
    return result;
  }
}
