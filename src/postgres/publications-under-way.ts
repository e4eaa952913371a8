import type { SessionId } from '../domain/ids.js';
import type { LogEntry, Publication } from '../domain/ports/session-log.js';
import { concerns, type TokenIdentity } from '../domain/revocation.js';
import { settlesWithin } from '../domain/within.js';

/** How long readers wait for publications under way, in milliseconds. */
const maxWaitMs = 1_000;

/**
 * The publications of this process that it has not read in the log yet. It applies their revocations already, and
 * readers wait for them, so that answers need not wait for the publication.
 */
export class PublicationsUnderWay {
  readonly #entries = new Map<SessionId, LogEntry>();
  readonly #publications = new Set<Promise<unknown>>();

  /** @param elapsedMs Milliseconds on a clock that only goes forward. */
  constructor(private readonly elapsedMs: () => number) {}

  /** @param publishing Settles when the entries are known, or kept, or given up. */
  async during<Result>({ entries, delivery }: Publication, publishing: Promise<Result>): Promise<Result> {
    // FusionAuth gets its answer only after the publication.
    if (delivery !== null) return publishing;
    const ended = entries.flatMap((entry) => (entry.ending === null ? [] : [[entry.ending.ended.id, entry] as const]));
    for (const [id, entry] of ended) this.#entries.set(id, entry);
    this.#publications.add(publishing);
    try {
      return await publishing;
    } finally {
      this.#publications.delete(publishing);
      for (const [id, entry] of ended) if (this.#entries.get(id) === entry) this.#entries.delete(id);
    }
  }

  covers(token: TokenIdentity): boolean {
    const { sessionId } = token;
    const entry = sessionId === null ? undefined : this.#entries.get(sessionId);
    if (entry === undefined || entry.refusal === null) return false;
    const { userId, applicationId } = entry.event;
    return concerns({ ...entry.refusal, sessionId, userId, applicationId }, token);
  }

  /** Resolves when the publications under way are known here, or take too long. Never rejects. */
  async settled(): Promise<void> {
    if (this.#publications.size === 0) return;
    const settled = Promise.allSettled([...this.#publications]);
    const deadline = this.elapsedMs() + maxWaitMs;
    for (let leftMs = maxWaitMs; leftMs > 0; leftMs = deadline - this.elapsedMs()) {
      if (await settlesWithin(settled, leftMs)) return;
    }
  }
}
