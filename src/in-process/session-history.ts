import { AgeingMap } from '../domain/ageing-map.js';
import { InvalidInputError } from '../domain/errors.js';
import type { TenantId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import type { FailedRevocation, HistoryEntry, HistoryFilter, SessionHistory } from '../domain/ports/session-history.js';
import type { EndingClaim } from '../domain/ports/session-log.js';
import type { Instant } from '../domain/session.js';
import { Sequence } from './sequence.js';

export interface InProcessSessionHistoryOptions {
  /** How many entries are kept, of about 500 bytes each. */
  readonly maxEntries: number;
  /** How long an entry is kept, in milliseconds. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

/** What this process remembers of how sessions ended: bounded in number and time, and lost with it. */
export class InProcessSessionHistory implements SessionHistory {
  /** By their ids, the oldest first. */
  readonly #entries = new AgeingMap<string, HistoryEntry>();
  readonly #sequence = new Sequence();
  #completeSince: Instant;

  constructor(private readonly options: InProcessSessionHistoryOptions) {
    this.#completeSince = options.clock.now();
  }

  async list(filter: HistoryFilter, first: number, after: string | null): Promise<readonly HistoryEntry[]> {
    this.#forgetOld();
    const entries = [...this.#entries.values()].reverse();
    const index = after === null ? -1 : entries.findIndex(({ id }) => id === after);
    if (after !== null && index === -1) throw unknownEntry();
    return entries
      .slice(index + 1)
      .filter((entry) => matches(entry, filter))
      .slice(0, first);
  }

  async keptSince(): Promise<Instant> {
    return Math.max(this.#completeSince, this.options.clock.now() - this.options.maxAgeMs);
  }

  /** Records how a session ended. @param tenantId That of the session; null when it is not known. */
  recordEnded({ ended, outcome, cause }: EndingClaim, tenantId: TenantId | null): void {
    const { id: sessionId, userId, applicationId, reason, endedAt, replacedBySessionId, policyRule } = ended;
    const facts = { sessionId, userId, applicationId, tenantId, reason, endedAt, replacedBySessionId, outcome, cause };
    this.#add(policyRule === undefined ? facts : { ...facts, policyRule });
  }

  /** Puts the last ending of a session down to the operation whose revocation FusionAuth has carried out. */
  putDownTo({ ended, outcome, cause }: EndingClaim): void {
    const { reason, replacedBySessionId, policyRule } = ended;
    const ofSession = [...this.#entries.values()].filter(({ sessionId }) => sessionId === ended.id);
    const entry = ofSession.findLast((one) => one.outcome !== 'failed');
    if (entry === undefined) return;
    const facts = { reason, outcome, replacedBySessionId, cause, ...(policyRule && { policyRule }) };
    this.#entries.set(entry.id, { ...entry, ...facts });
  }

  async recordFailed(failures: readonly FailedRevocation[]): Promise<void> {
    for (const failure of failures) {
      const { reason } = failure.cause;
      this.#add({ ...failure, reason, outcome: 'failed', endedAt: null, replacedBySessionId: null });
    }
  }

  #add(facts: Omit<HistoryEntry, 'id' | 'recordedAt'>): void {
    this.#forgetOld();
    const { oldestValue: oldest } = this.#entries;
    if (oldest !== undefined && this.#entries.size >= this.options.maxEntries) this.#forget(oldest);
    const { id } = this.#sequence.next();
    this.#entries.set(id, { ...facts, id, recordedAt: this.options.clock.now() });
  }

  #forgetOld(): void {
    const { clock, maxAgeMs } = this.options;
    for (;;) {
      const { oldestValue: oldest } = this.#entries;
      if (oldest === undefined || clock.now() - oldest.recordedAt <= maxAgeMs) return;
      this.#forget(oldest);
    }
  }

  #forget({ id, recordedAt }: HistoryEntry): void {
    this.#entries.delete(id);
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
