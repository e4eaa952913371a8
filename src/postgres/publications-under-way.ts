import type { SessionId } from '../domain/ids.js';
import type { LogEntry, Publication } from '../domain/ports/session-log.js';
import { concerns, type TokenIdentity } from '../domain/revocation.js';
import { settlesWithin } from '../domain/within.js';

/** How long whoever asks waits for what is under way, in milliseconds: a database that takes longer is not waited for. */
const maxWaitMs = 1_000;

/**
 * What this process publishes at the moment, until it has read it in the log: it refuses access tokens because of it
 * already, and whoever asks what was published waits for it. So answers need not wait until something is published.
 */
export class PublicationsUnderWay {
  readonly #entries = new Map<SessionId, LogEntry>();
  readonly #publications = new Set<Promise<unknown>>();

  /** @param publishing Settles when the entries are known, or kept, or given up. */
  async during<Result>({ entries, delivery }: Publication, publishing: Promise<Result>): Promise<Result> {
    // FusionAuth gets its answer once it is published.
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

  /** Resolves when what is under way now is known here, or that takes too long. Never rejects. */
  async settled(): Promise<void> {
    if (this.#publications.size === 0) return;
    await settlesWithin(Promise.allSettled([...this.#publications]), maxWaitMs);
  }
}
