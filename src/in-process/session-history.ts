import { InvalidInputError } from '../domain/errors.js';
import type { HistoryEntry, HistoryFilter, SessionHistory } from '../domain/ports/session-history.js';
import type { Instant } from '../domain/session.js';
import type { InProcessRevocationMemory } from './revocation-memory.js';

/** What this process remembers of how sessions ended: bounded in number and time, and lost with it. */
export class InProcessSessionHistory implements SessionHistory {
  constructor(private readonly memory: InProcessRevocationMemory) {}

  async list(filter: HistoryFilter, first: number, after: string | null): Promise<readonly HistoryEntry[]> {
    const entries = this.memory.endings();
    const index = after === null ? -1 : entries.findIndex(({ id }) => id === after);
    if (after !== null && index === -1) throw unknownEntry();
    return entries
      .slice(index + 1)
      .filter((entry) => matches(entry, filter))
      .slice(0, first);
  }

  async keptSince(): Promise<Instant> {
    return this.memory.endingsSince();
  }
}

/** What is said when `after` is no id of an entry. */
export function unknownEntry(): InvalidInputError {
  return new InvalidInputError(['after'], 'after names no entry of the history that is still kept. Ask without it.');
}

function matches({ ended, cause, recordedAt }: HistoryEntry, filter: HistoryFilter): boolean {
  const { userId, sessionId, applicationId, actorName, reason, since, until } = filter;
  return (
    (userId === null || ended.userId === userId) &&
    (sessionId === null || ended.id === sessionId) &&
    (applicationId === null || ended.applicationId === applicationId) &&
    (actorName === null || cause?.actor.name === actorName) &&
    (reason === null || ended.reason === reason) &&
    (since === null || recordedAt >= since) &&
    (until === null || recordedAt < until)
  );
}
