import { AgeingMap } from '../domain/ageing-map.js';
import type { Clock } from '../domain/ports/clock.js';
import type { DeliveryClaim } from '../domain/ports/session-log.js';
import type { Instant } from '../domain/session.js';

/**
 * The deliveries of FusionAuth that were claimed, by the id of their event. A claim is forgotten once the delivery
 * would be refused as too old; when more are claimed than may be remembered, the oldest claim goes first.
 */
export class ClaimedDeliveries {
  /** In the order in which they were claimed. */
  readonly #expiresAt = new AgeingMap<string, Instant>();

  constructor(
    private readonly clock: Clock,
    private readonly maxClaims: number,
  ) {}

  /** @returns false when the delivery was claimed before. */
  claim({ id, expiresAt }: DeliveryClaim): boolean {
    if (this.#expiresAt.has(id)) return false;
    this.#expiresAt.set(id, expiresAt);
    const now = this.clock.now();
    this.#expiresAt.forgetWhile((until) => this.#expiresAt.size > this.maxClaims || until < now);
    return true;
  }
}
