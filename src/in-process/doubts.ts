import type { SessionId, UserId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import { type EndingRule, type PlannedEnding, revocationDoubtMs } from '../domain/ports/session-claims.js';
import type { RevocationCause } from '../domain/revocation-cause.js';

export interface DoubtsOptions {
  readonly clock: Clock;
  /**
   * How long a revocation without an answer may still be carried out, in milliseconds. Default:
   * {@link revocationDoubtMs}.
   */
  readonly doubtMs?: number;
}

/** How many sessions may be in doubt, of about 300 bytes each. Above that, the oldest doubts are forgotten. */
const maxDoubts = 100_000;

export interface EndingUnderWay extends PlannedEnding {
  readonly rule: EndingRule;
  readonly cause: RevocationCause;
}

interface Doubt extends EndingUnderWay {
  readonly userId: UserId;
}

/** Sessions with an unanswered revocation, which may still be carried out. */
export class Doubts {
  /** In the order in which they end. */
  readonly #doubts = new Map<SessionId, Doubt & { readonly endsAt: number }>();

  constructor(private readonly options: DoubtsOptions) {}

  add(doubt: Doubt): void {
    const { clock, doubtMs = revocationDoubtMs } = this.options;
    this.#doubts.delete(doubt.id);
    this.#doubts.set(doubt.id, { ...doubt, endsAt: clock.now() + doubtMs });
    for (const [id, { endsAt }] of this.#doubts) {
      if (this.#doubts.size <= maxDoubts && endsAt > clock.now()) return;
      this.#doubts.delete(id);
    }
  }

  delete(id: SessionId): void {
    this.#doubts.delete(id);
  }

  find(id: SessionId): Doubt | null {
    const doubt = this.#doubts.get(id);
    return doubt !== undefined && doubt.endsAt > this.options.clock.now() ? doubt : null;
  }
}
