import { ForgottenAsOver } from '../domain/forgotten-as-over.js';
import type { Revocation, TokenIdentity } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import { RevocationIndex } from './revocation-index.js';

interface KnownRevocationsOptions {
  readonly maxRevocations: number;
  /** How far clocks may be apart, in milliseconds. */
  readonly clockSlackMs: number;
  /** How long beyond its end a token is accepted, in milliseconds. */
  readonly tokenToleranceMs: number;
  readonly now: () => Instant;
  readonly onForgotten: (revocation: Revocation) => void;
}

/** Which revocations are known, and since when there is none that is not. */
export class KnownRevocations {
  readonly #index: RevocationIndex;
  readonly #over = new ForgottenAsOver();
  #completeSince: Instant = 0;

  constructor(private readonly options: KnownRevocationsOptions) {
    const { maxRevocations, clockSlackMs, tokenToleranceMs, onForgotten } = options;
    this.#index = new RevocationIndex({
      maxRevocations,
      heldLongerMs: clockSlackMs + tokenToleranceMs,
      onForgotten: (revocation) => {
        this.missedBefore(revocation.issuedBefore + 1);
        onForgotten(revocation);
      },
      onExpired: ({ issuedBefore }, heldUntil) => this.#over.add(heldUntil, issuedBefore + 1),
    });
  }

  get size(): number {
    return this.#index.size;
  }

  /** Revocations before this instant may be unknown. */
  get completeSince(): Instant {
    return this.#completeSince;
  }

  /** @returns false when nothing is refused because of it that was not refused before. */
  add(revocation: Revocation): boolean {
    return this.#index.add(revocation, this.options.now());
  }

  missedBefore(instant: Instant): void {
    this.#completeSince = Math.max(this.#completeSince, instant);
  }

  removeExpired(): void {
    this.#index.removeExpired(this.options.now());
  }

  covers(token: TokenIdentity): boolean {
    return this.#index.concerns(token);
  }

  /**
   * True when a revocation that is not known could be about the token: it existed at a time of which not all are known.
   * FusionAuth says when it was issued, the service what it knows; hence the slack.
   */
  mayMissOneAbout({ issuedAtSeconds }: TokenIdentity): boolean {
    const { clockSlackMs, now } = this.options;
    const issuedBy = issuedAtSeconds * 1_000 - clockSlackMs;
    return issuedBy <= this.#completeSince || (this.#over.hasForgotten && issuedBy <= this.#over.missedBefore(now()));
  }
}
