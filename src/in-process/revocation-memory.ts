import { InvalidInputError } from '../domain/errors.js';
import type { SessionId, TenantId, UserId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import type { RememberedEnding, RevocationMemory, RevocationRange } from '../domain/ports/revocation-memory.js';
import type { EndingClaim } from '../domain/ports/session-log.js';
import { concerns, type Revocation, type TokenIdentity } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import type { RecordedRevocation, Subject } from '../domain/session-event.js';
import { Sequence } from './sequence.js';
import { TimeMarks } from './time-marks.js';

export interface InProcessRevocationMemoryOptions {
  /** Sets the ids of revocations apart from those of other processes. */
  readonly name: string;
  /** How many revocations are remembered, and how many endings. */
  readonly maxEntries: number;
  /** How long it is remembered how a session ended, in milliseconds. */
  readonly endingMaxAgeMs: number;
  readonly clock: Clock;
  /** Told when a revocation had to be forgotten although access tokens may depend on it. */
  readonly onForgotten: (completeSince: Instant) => void;
}

interface Entry extends RecordedRevocation {
  readonly tenantId: TenantId | null;
  readonly position: number;
  readonly rememberedAt: Instant;
}

interface ClaimedEnding extends RememberedEnding {
  readonly tokensExpireBy: Instant;
  readonly rememberedAt: Instant;
}

/** What was revoked of one scope, taken together. */
interface Scope {
  readonly revocation: Revocation;
  /** Of the entry that reaches furthest: when that is forgotten, so is all. */
  readonly position: number;
}

/**
 * Resource servers accept an access token for a little longer than it says, because clocks differ. A revocation is
 * remembered for as much longer, in milliseconds.
 */
const clockSlackMs = 60_000;

/** All entries are looked at again when this share of them is new. */
const sweepShare = 0.1;

/**
 * What was published in this process since it began. It is lost with the process, and other replicas know only what
 * they published themselves.
 */
export class InProcessRevocationMemory implements RevocationMemory {
  readonly #sequence: Sequence;
  /** By their position, in the order in which they were remembered. */
  readonly #entries = new Map<number, Entry>();
  readonly #scopes = new Map<string, Scope>();
  /** In the order in which they were remembered. */
  readonly #positionsOfUsers = new Map<UserId, Set<number>>();
  readonly #times = new TimeMarks();
  /** In the order in which they were remembered, which is that in which they are forgotten. */
  readonly #endings = new Map<SessionId, ClaimedEnding>();
  #completeSince: Instant;
  #latestPosition = 0;
  /** How many have been remembered since all were looked at. */
  #rememberedSinceSweep = 0;

  constructor(private readonly options: InProcessRevocationMemoryOptions) {
    this.#sequence = new Sequence(options.name);
    this.#completeSince = options.clock.now();
  }

  /** From now on revocations are told. What happened before may be missing. */
  begin(): void {
    this.#completeSince = this.options.clock.now();
  }

  /** Remembers a revocation until no access token depends on it any more. */
  remember(revocation: Revocation, tenantId: TenantId | null): RecordedRevocation {
    this.#makeRoom();
    const id = this.#sequence.next();
    const position = ++this.#latestPosition;
    const entry = { ...revocation, id, tenantId, position, rememberedAt: this.options.clock.now() };
    this.#entries.set(position, entry);
    this.#rememberedSinceSweep++;
    this.#times.add(position, entry.rememberedAt);
    if (entry.userId !== null) {
      const ofUser = this.#positionsOfUsers.get(entry.userId) ?? new Set();
      this.#positionsOfUsers.set(entry.userId, ofUser.add(position));
    }
    const scope = scopeOf(entry);
    this.#scopes.set(scope, together(this.#scopes.get(scope), entry));
    return entry;
  }

  async list(
    { since, after, first, userId }: RevocationRange,
    matches: (subject: Subject) => boolean,
  ): Promise<readonly RecordedRevocation[]> {
    const afterPosition = after === null ? 0 : this.#sequence.positionOf(after);
    if (afterPosition === null) {
      throw new InvalidInputError(['after'], 'after names no revocation of this process. Ask without it.');
    }
    const from = Math.max(afterPosition + 1, since === null ? 0 : this.#times.positionBefore(since));
    const positions = userId === null ? this.#positionsFrom(from) : (this.#positionsOfUsers.get(userId) ?? []);
    const found: Entry[] = [];
    for (const position of positions) {
      if (found.length >= first) break;
      const entry = position < from ? undefined : this.#entries.get(position);
      if (entry === undefined || this.#isOver(entry) || (since !== null && entry.rememberedAt < since)) continue;
      if (matches(entry)) found.push(entry);
    }
    return found;
  }

  /** From where the range is known to begin, so that page after page costs no more than all at once. */
  *#positionsFrom(from: number): Generator<number> {
    const [oldest = this.#latestPosition + 1] = this.#entries.keys();
    for (let position = Math.max(oldest, from); position <= this.#latestPosition; position++) yield position;
  }

  async completeSince(): Promise<Instant> {
    return this.#completeSince;
  }

  async missedBefore(instant: Instant): Promise<void> {
    this.#completeSince = Math.max(this.#completeSince, instant);
  }

  covers(token: TokenIdentity): boolean {
    return scopesConcerning(token).some((scope) => {
      const known = this.#scopes.get(scope);
      return known !== undefined && !this.#isOver(known.revocation) && concerns(known.revocation, token);
    });
  }

  /** @returns false when the ending was known, as {@link EndingClaim} says; nothing has changed then. */
  claimEnding({ ended, tokensExpireBy }: EndingClaim, tenantId: TenantId | null): boolean {
    const { clock, maxEntries } = this.options;
    const known = this.#knownEnding(ended.id);
    if (known !== null && known.tokensExpireBy >= ended.endedAt) return false;
    this.#endings.delete(ended.id);
    for (const [id, ending] of this.#endings) {
      if (this.#endings.size < maxEntries && !this.#isTooOld(ending.rememberedAt)) break;
      this.#endings.delete(id);
    }
    this.#endings.set(ended.id, { ended, tenantId, tokensExpireBy, rememberedAt: clock.now() });
    return true;
  }

  async findEnded(id: SessionId): Promise<RememberedEnding | null> {
    return this.#knownEnding(id);
  }

  #knownEnding(id: SessionId): ClaimedEnding | null {
    const ending = this.#endings.get(id);
    return ending === undefined || this.#isTooOld(ending.rememberedAt) ? null : ending;
  }

  /**
   * Forgets what is over, oldest first. When there still is no room, all are looked at, though only now and then, because
   * they are many; and then the oldest has to go.
   */
  #makeRoom(): void {
    const { maxEntries } = this.options;
    for (const entry of this.#entries.values()) {
      this.#times.forgetBefore(entry.position);
      if (!this.#isOver(entry)) break;
      this.#forget(entry);
    }
    if (this.#entries.size < maxEntries) return;
    if (this.#rememberedSinceSweep >= maxEntries * sweepShare) {
      for (const entry of this.#entries.values()) if (this.#isOver(entry)) this.#forget(entry);
      this.#rememberedSinceSweep = 0;
    }
    const [oldest] = this.#entries.values();
    if (oldest === undefined || this.#entries.size < maxEntries) return;
    this.#forget(oldest);
    this.#completeSince = Math.max(this.#completeSince, oldest.issuedBefore + 1, oldest.rememberedAt + 1);
    this.options.onForgotten(this.#completeSince);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.position);
    if (entry.userId !== null) {
      const ofUser = this.#positionsOfUsers.get(entry.userId);
      ofUser?.delete(entry.position);
      if (ofUser?.size === 0) this.#positionsOfUsers.delete(entry.userId);
    }
    const scope = scopeOf(entry);
    if (this.#scopes.get(scope)?.position === entry.position) this.#scopes.delete(scope);
  }

  #isOver({ expiresAt }: Revocation): boolean {
    return expiresAt + clockSlackMs < this.options.clock.now();
  }

  #isTooOld(rememberedAt: Instant): boolean {
    return this.options.clock.now() - rememberedAt > this.options.endingMaxAgeMs;
  }
}

/** Events can come in another order than they happened in, and lifetimes can change in between. */
function together(known: Scope | undefined, entry: Entry): Scope {
  if (known === undefined) return { revocation: entry, position: entry.position };
  const { revocation, position } = known;
  return {
    revocation: {
      ...entry,
      issuedBefore: Math.max(entry.issuedBefore, revocation.issuedBefore),
      expiresAt: Math.max(entry.expiresAt, revocation.expiresAt),
    },
    position: entry.expiresAt >= revocation.expiresAt ? entry.position : position,
  };
}

/** Revocations of the same scope differ in time only. */
function scopeOf({ sessionId, userId, applicationId }: Revocation): string {
  return sessionId !== null ? `session ${sessionId}` : `${userId} ${applicationId}`;
}

function scopesConcerning({ sessionId, userId, applicationIds }: TokenIdentity): readonly string[] {
  const users = userId === null ? [null] : [userId, null];
  const wide = users.flatMap((user) => [...applicationIds, null].map((application) => `${user} ${application}`));
  return sessionId === null ? wide : [`session ${sessionId}`, ...wide];
}
