import { type EndingClaim, isSomebodyElses, type LogEntry } from '../domain/ports/session-log.js';
import type { Revocation, TokenIdentity } from '../domain/revocation.js';
import { concerns } from '../domain/revocation.js';

type Ending = LogEntry & { readonly ending: EndingClaim };

/**
 * Entries that could not be published while the database was away. Until they are, only this process applies them, and
 * they are lost with it.
 */
export class KeptEntries {
  readonly #entries = new Map<string, Ending>();

  constructor(private readonly maxEntries: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Keeps one entry for each session, preferably the one with a cause. @returns false when there is no room. */
  keep(entry: Ending): boolean {
    const { id } = entry.ending.ended;
    const known = this.#entries.get(id);
    if (known === undefined && this.#entries.size >= this.maxEntries) return false;
    if (known === undefined || isSomebodyElses(known.ending)) this.#entries.set(id, entry);
    return true;
  }

  first(count: number): readonly (readonly [string, LogEntry])[] {
    return [...this.#entries].slice(0, count);
  }

  /** Removes entries, but for those in whose place another one has been kept since. */
  remove(entries: readonly (readonly [string, LogEntry])[]): void {
    for (const [key, entry] of entries) if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  covers(token: TokenIdentity): boolean {
    const { sessionId } = token;
    const entry = sessionId === null ? undefined : this.#entries.get(sessionId);
    if (entry === undefined || entry.refusal === null) return false;
    const { userId, applicationId } = entry.event;
    const revocation: Revocation = { ...entry.refusal, sessionId, userId, applicationId };
    return concerns(revocation, token);
  }
}
