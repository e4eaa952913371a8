import { setImmediate as nextTurn } from 'node:timers/promises';
import { InvalidInputError } from '../domain/errors.js';
import type { SessionId, TenantId, UserId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import type { FailedRevocation, HistoryEntry, HistoryFilter, SessionHistory } from '../domain/ports/session-history.js';
import type { EndingClaim } from '../domain/ports/session-log.js';
import type { Instant } from '../domain/session.js';
import { Sequence } from './sequence.js';

interface InProcessSessionHistoryOptions {
  /** How many entries are kept, of about 700 bytes each. */
  readonly maxEntries: number;
  /** How long an entry is kept, in milliseconds. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

interface Kept {
  readonly entry: HistoryEntry;
  /** The positions of the entry before this one about the same user, and about the same session; 0 for none. */
  readonly previousOfUser: number;
  readonly previousOfSession: number;
}

/** So many entries are looked at in one turn of the event loop, which takes well below a millisecond. */
const entriesOfTurn = 1_000;

/** What this process remembers of how sessions ended: bounded in number and time, and lost with it. */
export class InProcessSessionHistory implements SessionHistory {
  /** By their positions, which follow one another. */
  readonly #entries = new Map<number, Kept>();
  readonly #latestOfUsers = new Map<UserId, number>();
  readonly #latestOfSessions = new Map<SessionId, number>();
  #oldest = 1;
  #latest = 0;
  readonly #sequence = new Sequence();
  #completeSince: Instant;

  constructor(private readonly options: InProcessSessionHistoryOptions) {
    this.#completeSince = options.clock.now();
  }

  async list(
    filter: HistoryFilter,
    first: number,
    after: string | null,
    onLookedAt: (entries: number) => void = () => {},
  ): Promise<readonly HistoryEntry[]> {
    this.#forgetOld();
    const before = after === null ? this.#latest + 1 : (this.#sequence.positionOf(after) ?? 0);
    if (after !== null && !this.#entries.has(before)) throw unknownEntry();
    const found: HistoryEntry[] = [];
    let uncounted = 0;
    for (const [position, entry] of this.#newestFirst(filter, before)) {
      uncounted++;
      if (position < before && matches(entry, filter)) found.push(entry);
      if (found.length >= first) break;
      if (uncounted < entriesOfTurn) continue;
      onLookedAt(uncounted);
      uncounted = 0;
      await nextTurn();
    }
    onLookedAt(uncounted);
    return found;
  }

  /** Those that can match, from the newest on: of one session or user, or else all before a position. */
  *#newestFirst(
    { sessionId, userId }: HistoryFilter,
    before: number,
  ): Generator<readonly [number, HistoryEntry], void, undefined> {
    const [latest, previousOf] =
      sessionId !== null
        ? [this.#latestOfSessions.get(sessionId), ({ previousOfSession }: Kept) => previousOfSession]
        : userId !== null
          ? [this.#latestOfUsers.get(userId), ({ previousOfUser }: Kept) => previousOfUser]
          : [before - 1, (_: Kept, position: number) => position - 1];
    for (let position = latest ?? 0; ; ) {
      const kept = this.#entries.get(position);
      // What comes before it has been forgotten, too.
      if (kept === undefined) return;
      yield [position, kept.entry];
      position = previousOf(kept, position);
    }
  }

  async keptSince(): Promise<Instant> {
    return Math.max(this.#completeSince, this.options.clock.now() - this.options.maxAgeMs);
  }

  /** Records how a session ended. @param tenantId That of the session; null when it is not known. */
  recordEnded({ ended, outcome, cause }: EndingClaim, tenantId: TenantId | null): void {
    const { id: sessionId, userId, applicationId, reason, endedAt, replacedBySessionId, policyRule, device } = ended;
    const about = { sessionId, userId, applicationId, tenantId, device };
    const facts = { ...about, reason, endedAt, replacedBySessionId, outcome, cause };
    this.#add(policyRule === undefined ? facts : { ...facts, policyRule });
  }

  /** Puts the last ending of a session down to the operation whose revocation FusionAuth has carried out. */
  putDownTo({ ended, outcome, cause }: EndingClaim): void {
    const { reason, replacedBySessionId, policyRule } = ended;
    for (let position = this.#latestOfSessions.get(ended.id) ?? 0; ; ) {
      const kept = this.#entries.get(position);
      if (kept === undefined) return;
      if (kept.entry.outcome !== 'failed') {
        const facts = { reason, outcome, replacedBySessionId, cause, ...(policyRule && { policyRule }) };
        this.#entries.set(position, { ...kept, entry: { ...kept.entry, ...facts } });
        return;
      }
      position = kept.previousOfSession;
    }
  }

  async recordFailed(failures: readonly FailedRevocation[]): Promise<void> {
    for (const failure of failures) {
      const { reason } = failure.cause;
      this.#add({ ...failure, reason, outcome: 'failed', endedAt: null, replacedBySessionId: null });
    }
  }

  #add(facts: Omit<HistoryEntry, 'id' | 'recordedAt'>): void {
    this.#forgetOld();
    if (this.#entries.size >= this.options.maxEntries) this.#forgetOldest();
    const { id, position } = this.#sequence.next();
    const { userId, sessionId } = facts;
    this.#entries.set(position, {
      entry: { ...facts, id, recordedAt: this.options.clock.now() },
      previousOfUser: this.#latestOfUsers.get(userId) ?? 0,
      previousOfSession: this.#latestOfSessions.get(sessionId) ?? 0,
    });
    this.#latest = position;
    this.#latestOfUsers.set(userId, position);
    this.#latestOfSessions.set(sessionId, position);
  }

  #forgetOld(): void {
    const { clock, maxAgeMs } = this.options;
    for (;;) {
      const oldest = this.#entries.get(this.#oldest);
      if (oldest === undefined || clock.now() - oldest.entry.recordedAt <= maxAgeMs) return;
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    const position = this.#oldest;
    const kept = this.#entries.get(position);
    if (kept === undefined) return;
    const { userId, sessionId, recordedAt } = kept.entry;
    this.#oldest++;
    this.#entries.delete(position);
    if (this.#latestOfUsers.get(userId) === position) this.#latestOfUsers.delete(userId);
    if (this.#latestOfSessions.get(sessionId) === position) this.#latestOfSessions.delete(sessionId);
    this.#completeSince = Math.max(this.#completeSince, recordedAt + 1);
  }
}

/** What is said when `after` is no id of an entry. */
export function unknownEntry(): InvalidInputError {
  return new InvalidInputError(['after'], 'after names no entry of the history that is still kept. Ask without it.');
}

function matches(entry: HistoryEntry, filter: HistoryFilter): boolean {
  const { cause, recordedAt } = entry;
  const { userId, sessionId, applicationId, actorName, actorUserId, requestId, reason, outcome, since, until } = filter;
  return (
    (userId === null || entry.userId === userId) &&
    (sessionId === null || entry.sessionId === sessionId) &&
    (applicationId === null || entry.applicationId === applicationId) &&
    (actorName === null || cause?.actor.name === actorName) &&
    (actorUserId === null || cause?.actor.userId === actorUserId) &&
    (requestId === null || cause?.requestId === requestId) &&
    (reason === null || entry.reason === reason) &&
    (outcome === null || entry.outcome === outcome) &&
    (since === null || recordedAt >= since) &&
    (until === null || recordedAt < until)
  );
}
