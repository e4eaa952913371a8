import type { SessionId, UserId } from '../domain/ids.js';
import { type EndingRule, type PlannedEnding, revocationDoubtMs } from '../domain/ports/session-claims.js';
import type { RevocationCause } from '../domain/revocation-cause.js';

export interface DoubtsOptions {
  /** Milliseconds on a clock that only goes forward. Default: that of the process. */
  readonly elapsedMs?: (() => number) | undefined;
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
  /** In the order in which they end, by a clock that nobody sets. */
  readonly #doubts = new Map<SessionId, Doubt & { readonly endsAt: number }>();
  readonly #elapsedMs: () => number;

  constructor({ elapsedMs = () => performance.now() }: DoubtsOptions) {
    this.#elapsedMs = elapsedMs;
  }

  add(doubt: Doubt): void {
    const now = this.#elapsedMs();
    this.#doubts.delete(doubt.id);
    this.#doubts.set(doubt.id, { ...doubt, endsAt: now + revocationDoubtMs });
    for (const [id, { endsAt }] of this.#doubts) {
      if (this.#doubts.size <= maxDoubts && endsAt > now) return;
      this.#doubts.delete(id);
    }
  }

  delete(id: SessionId): void {
    this.#doubts.delete(id);
  }

  find(id: SessionId): Doubt | null {
    const doubt = this.#doubts.get(id);
    return doubt !== undefined && doubt.endsAt > this.#elapsedMs() ? doubt : null;
  }
}
