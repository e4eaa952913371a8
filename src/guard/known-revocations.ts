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

/** The known revocations, and the instant since which all are known. */
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

  /** @returns false when it covers no token that was not covered before. */
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
   * True when an unknown revocation could cover the token, because it existed at a time of which not all revocations
   * are known. FusionAuth dates the token and the service the revocations; hence the slack.
   */
  mayMissOneAbout({ issuedAtSeconds }: TokenIdentity): boolean {
    const { clockSlackMs, now } = this.options;
    const issuedBy = issuedAtSeconds * 1_000 - clockSlackMs;
    return issuedBy <= this.#completeSince || (this.#over.hasForgotten && issuedBy <= this.#over.missedBefore(now()));
  }
}
