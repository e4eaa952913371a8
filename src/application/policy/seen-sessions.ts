import type { SessionId } from '../../domain/ids.js';

/** How many sessions are remembered, of about 100 bytes each. */
const defaultMaxSessions = 250_000;

/** The sessions that this process has met. What it forgets costs a run that finds nothing to do. */
export class SeenSessions {
  /** In the order in which they were last met. */
  readonly #seen = new Set<SessionId>();

  constructor(private readonly maxSessions = defaultMaxSessions) {}

  /** @returns true when the session was not known. */
  meet(id: SessionId): boolean {
    const isNew = !this.#seen.delete(id);
    this.#seen.add(id);
    const [oldest] = this.#seen;
    if (this.#seen.size > this.maxSessions && oldest !== undefined) this.#seen.delete(oldest);
    return isNew;
  }
}
