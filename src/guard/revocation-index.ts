import type { ApplicationId, SessionId, UserId } from '../domain/ids.js';
import { concerns, type Revocation, type TokenIdentity } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import { ExpiryHeap } from './expiry-heap.js';

interface RevocationIndexOptions {
  /** How many revocations are held at most. */
  readonly maxRevocations: number;
  /** How long one is held after it has expired, in milliseconds, because clocks differ. */
  readonly heldLongerMs: number;
  /** Called when a revocation had to be forgotten although tokens may depend on it. */
  readonly onForgotten: (revocation: Revocation) => void;
  /** Called with each expired revocation, and the instant until which it was held. */
  readonly onExpired?: (revocation: Revocation, heldUntil: Instant) => void;
}

type Entry = { -readonly [Member in keyof Revocation]: Revocation[Member] };

/** The most expired revocations that one call removes, so that no call takes long. Each call adds one at most. */
const maxRemovedAtOnce = 1_000;

/**
 * An index of revocations by their target, so that checking a token takes a few look-ups, however many there are.
 * Revocations of the same target share one entry, which reaches as far as all of them together. Adding one again
 * changes nothing.
 */
export class RevocationIndex {
  readonly #bySession = new Map<SessionId, Entry>();
  readonly #byUser = new Map<UserId, Entry>();
  readonly #byApplication = new Map<ApplicationId, Entry>();
  readonly #byUserAndApplication = new Map<string, Entry>();
  readonly #byExpiry = new ExpiryHeap<Entry>();

  constructor(private readonly options: RevocationIndexOptions) {}

  get size(): number {
    return this.#byExpiry.size;
  }

  /** @returns false when it covers no token that was not covered before. */
  add(revocation: Revocation, now: Instant): boolean {
    this.removeExpired(now);
    const known = this.#find(revocation);
    if (known !== undefined) {
      const reachesFurther = revocation.sessionId === null && revocation.issuedBefore > known.issuedBefore;
      known.issuedBefore = Math.max(known.issuedBefore, revocation.issuedBefore);
      known.expiresAt = Math.max(known.expiresAt, revocation.expiresAt);
      return reachesFurther;
    }
    const { sessionId, userId, applicationId, issuedBefore, expiresAt } = revocation;
    const entry = { sessionId, userId, applicationId, issuedBefore, expiresAt };
    this.#set(entry);
    this.#byExpiry.push(entry);
    const isFull = this.size > this.options.maxRevocations;
    const soonest = isFull ? this.#byExpiry.popBefore(Number.POSITIVE_INFINITY) : null;
    if (soonest !== null) {
      this.#delete(soonest);
      this.options.onForgotten(soonest);
    }
    return true;
  }

  concerns(token: TokenIdentity): boolean {
    const { sessionId, userId, applicationIds } = token;
    if (sessionId !== null && this.#bySession.has(sessionId)) return true;
    if (userId !== null && isConcerned(token, this.#byUser.get(userId))) return true;
    for (const id of applicationIds) {
      if (isConcerned(token, this.#byApplication.get(id))) return true;
      if (userId === null || this.#byUserAndApplication.size === 0) continue;
      if (isConcerned(token, this.#byUserAndApplication.get(userId + id))) return true;
    }
    return false;
  }

  /** Removes revocations on which no token depends any more. Also called while nothing is added, to free memory. */
  removeExpired(now: Instant): void {
    const { heldLongerMs, onExpired } = this.options;
    for (let removed = 0; removed < maxRemovedAtOnce; removed++) {
      const entry = this.#byExpiry.popBefore(now - heldLongerMs);
      if (entry === null) return;
      this.#delete(entry);
      onExpired?.(entry, entry.expiresAt + heldLongerMs);
    }
  }

  #find({ sessionId, userId, applicationId }: Revocation): Entry | undefined {
    if (sessionId !== null) return this.#bySession.get(sessionId);
    if (userId !== null && applicationId !== null) return this.#byUserAndApplication.get(userId + applicationId);
    if (userId !== null) return this.#byUser.get(userId);
    return applicationId === null ? undefined : this.#byApplication.get(applicationId);
  }

  #set(entry: Entry): void {
    const { sessionId, userId, applicationId } = entry;
    if (sessionId !== null) this.#bySession.set(sessionId, entry);
    else if (userId !== null && applicationId !== null) this.#byUserAndApplication.set(userId + applicationId, entry);
    else if (userId !== null) this.#byUser.set(userId, entry);
    else if (applicationId !== null) this.#byApplication.set(applicationId, entry);
  }

  #delete({ sessionId, userId, applicationId }: Entry): void {
    if (sessionId !== null) this.#bySession.delete(sessionId);
    else if (userId !== null && applicationId !== null) this.#byUserAndApplication.delete(userId + applicationId);
    else if (userId !== null) this.#byUser.delete(userId);
    else if (applicationId !== null) this.#byApplication.delete(applicationId);
  }
}

function isConcerned(token: TokenIdentity, entry: Entry | undefined): boolean {
  return entry !== undefined && concerns(entry, token);
}
