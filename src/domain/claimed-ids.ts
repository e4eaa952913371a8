import { AgeingMap } from './ageing-map.js';
import type { Clock } from './ports/clock.js';
import type { Instant } from './session.js';

/**
 * Ids of what is to be done once, each claimed by whoever comes first. A claim is forgotten once it has expired; when more
 * are claimed than may be remembered, the oldest claim goes first.
 */
export class ClaimedIds {
  /** In the order in which they were claimed. */
  readonly #expiresAt = new AgeingMap<string, Instant>();

  constructor(
    private readonly clock: Clock,
    private readonly maxClaims: number,
  ) {}

  /** @returns false when it was claimed before. */
  claim({ id, expiresAt }: { readonly id: string; readonly expiresAt: Instant }): boolean {
    if (this.#expiresAt.has(id)) return false;
    this.#expiresAt.set(id, expiresAt);
    const now = this.clock.now();
    this.#expiresAt.forgetWhile((until) => this.#expiresAt.size > this.maxClaims || until < now);
    return true;
  }
}
