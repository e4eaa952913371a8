import { AgeingMap } from '../domain/ageing-map.js';
import { InvalidInputError } from '../domain/errors.js';
import { ForgottenAsOver } from '../domain/forgotten-as-over.js';
import type { SessionId, TenantId, UserId } from '../domain/ids.js';
import type { Clock } from '../domain/ports/clock.js';
import type {
  RememberedEnding,
  RememberedRevocation,
  RevocationMemory,
  RevocationRange,
} from '../domain/ports/revocation-memory.js';
import { type EndingClaim, isSomebodyElses } from '../domain/ports/session-log.js';
import { concerns, type Revocation, type TokenIdentity } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import { IndexesBy } from './ordered-indexes.js';
import { type Entry, type RevokedTarget, targetOf, targetsConcerning, together } from './revocation-targets.js';
import { TimeMarks } from './time-marks.js';

export interface InProcessRevocationMemoryOptions {
  /** How many revocations are remembered, and how many endings. */
  readonly maxEntries: number;
  /** How long the ending of a session is remembered, in milliseconds. */
  readonly endingMaxAgeMs: number;
  readonly clock: Clock;
  /** The position in the log of the entry with an id; null for an id of another log. */
  readonly positionOf: (id: string) => number | null;
  /** Called when a revocation had to be forgotten although access tokens may depend on it. */
  readonly onForgotten: (completeSince: Instant) => void;
}

interface ClaimedEnding extends RememberedEnding, Pick<EndingClaim, 'outcome' | 'tokensExpireBy'> {
  readonly recordedAt: Instant;
}

/**
 * How much longer revocations are remembered, in milliseconds, because resource servers tolerate differences of clocks
 * when access tokens expire.
 */
const clockSlackMs = 60_000;

/** All entries are swept when this share of them is new. */
const sweepShare = 0.1;

/** The revocations and endings of the log, in the memory of this process. */
export class InProcessRevocationMemory implements RevocationMemory {
  /** By their index, in the order in which they were remembered. */
  readonly #entries = new AgeingMap<number, Entry>();
  readonly #targets = new Map<string, RevokedTarget>();
  readonly #ofUsers = new IndexesBy<UserId>();
  /** By tenant, so that reads of callers bound to tenants do not get slower with events of other tenants. */
  readonly #ofTenants = new IndexesBy<TenantId>();
  readonly #times = new TimeMarks();
  readonly #over = new ForgottenAsOver();
  /** In the order in which they were remembered, which is that in which they are forgotten. */
  readonly #endings = new AgeingMap<SessionId, ClaimedEnding>();
  #begunAt: Instant;
  /** Something that became known before this, or happened before it, was forgotten. */
  #forgottenBefore = Number.NEGATIVE_INFINITY;
  #latestIndex = 0;
  /** How many have been remembered since all were looked at. */
  #rememberedSinceSweep = 0;

  constructor(private readonly options: InProcessRevocationMemoryOptions) {
    this.#begunAt = options.clock.now();
  }

  /** From this instant on revocations are remembered. What happened before may be missing. */
  begin(at: Instant): void {
    this.#begunAt = at;
  }

  /**
   * Remembers a revocation until no access token depends on it any more.
   * @param position That of its entry in the log, beyond those remembered before.
   * @param rememberedAt When it became known.
   */
  remember(revocation: RememberedRevocation, position: number, rememberedAt = this.options.clock.now()): void {
    this.#makeRoom();
    const index = ++this.#latestIndex;
    const { id, tenantId, sessionId, userId, applicationId, issuedBefore, expiresAt } = revocation;
    // Written out because V8 spreads an object many times slower.
    const entry: Entry = {
      id,
      tenantId,
      sessionId,
      userId,
      applicationId,
      issuedBefore,
      expiresAt,
      index,
      position,
      rememberedAt,
    };
    this.#entries.set(index, entry);
    this.#rememberedSinceSweep++;
    this.#times.add(index, position, entry.rememberedAt);
    this.#ofUsers.add(entry.userId, index);
    this.#ofTenants.add(entry.tenantId, index);
    const target = targetOf(entry);
    this.#targets.set(target, together(this.#targets.get(target), entry));
  }

  async list(
    { since, after, first, userId, tenantIds }: RevocationRange,
    onLookedAt: (entries: number) => void = () => {},
  ): Promise<readonly RememberedRevocation[]> {
    const position = after === null ? 0 : this.options.positionOf(after);
    if (position === null) {
      throw new InvalidInputError(['after'], 'after names no revocation of this log. Ask without it.');
    }
    const from = 1 + Math.max(this.#times.indexUpTo(position), since === null ? 0 : this.#times.indexBefore(since));
    const found: Entry[] = [];
    let looked = 0;
    for (const index of this.#indexesFrom(from, userId, tenantIds)) {
      if (found.length >= first) break;
      looked++;
      const entry = this.#entries.get(index);
      if (entry === undefined || entry.position <= position || this.#isOver(entry)) continue;
      if (since === null || entry.rememberedAt >= since) found.push(entry);
    }
    onLookedAt(looked);
    return found;
  }

  /** From where the range is known to begin, so that page after page costs no more than all at once. */
  #indexesFrom(from: number, userId: UserId | null, tenantIds: RevocationRange['tenantIds']): Iterable<number> {
    if (userId !== null) return this.#ofUsers.from(from, [userId]);
    return tenantIds === null ? this.#allFrom(from) : this.#ofTenants.from(from, tenantIds);
  }

  *#allFrom(from: number): Generator<number> {
    const { oldest = this.#latestIndex + 1 } = this.#entries;
    for (let index = Math.max(oldest, from); index <= this.#latestIndex; index++) yield index;
  }

  async completeSince(): Promise<Instant> {
    return Math.max(this.#begunAt, this.#forgottenBefore, this.#over.missedBefore(this.options.clock.now()));
  }

  async missedBefore(instant: Instant): Promise<void> {
    this.#begunAt = Math.max(this.#begunAt, instant);
  }

  covers(token: TokenIdentity): boolean {
    return targetsConcerning(token).some((target) => {
      const known = this.#targets.get(target);
      return known !== undefined && !this.#isOver(known.revocation) && concerns(known.revocation, token);
    });
  }

  /** What is refused by this memory, and by another one not, or not for as long. */
  missingIn(other: InProcessRevocationMemory): readonly RememberedRevocation[] {
    const found: RememberedRevocation[] = [];
    for (const [target, { revocation, index }] of this.#targets) {
      const entry = this.#entries.get(index);
      const known = other.#targets.get(target)?.revocation;
      if (entry === undefined || this.#isOver(revocation)) continue;
      const { issuedBefore, expiresAt } = revocation;
      if (known !== undefined && known.issuedBefore >= issuedBefore && known.expiresAt >= expiresAt) continue;
      found.push({ ...entry, issuedBefore, expiresAt });
    }
    return found;
  }

  /** @returns false when the ending was known, as {@link EndingClaim} says; nothing has changed then. */
  claimEnding({ ended, tokensExpireBy, outcome, cause }: EndingClaim, tenantId: TenantId | null): boolean {
    const { clock, maxEntries } = this.options;
    const known = this.#knownEnding(ended.id);
    if (known !== null && known.tokensExpireBy >= ended.endedAt) return false;
    this.#endings.delete(ended.id);
    this.#endings.forgetWhile((one) => this.#endings.size >= maxEntries || this.#isTooOld(one.recordedAt));
    this.#endings.set(ended.id, { ended, tenantId, cause, outcome, tokensExpireBy, recordedAt: clock.now() });
    return true;
  }

  /**
   * Puts an ending that is known down to the operation whose revocation FusionAuth has carried out.
   * @returns false when that is not known of it, or the ending was put down to one before.
   */
  putDownTo(claim: EndingClaim): boolean {
    const { reason, initiatingEntity, replacedBySessionId, policyRule, id } = claim.ended;
    const known = this.#knownEnding(id);
    if (known === null || !isSomebodyElses(known) || isSomebodyElses(claim)) return false;
    const rule = policyRule === undefined ? {} : { policyRule };
    const ended = { ...known.ended, reason, initiatingEntity, replacedBySessionId, ...rule };
    this.#endings.set(id, { ...known, ended, cause: claim.cause, outcome: claim.outcome });
    return true;
  }

  async findEnded(id: SessionId): Promise<RememberedEnding | null> {
    return this.#knownEnding(id);
  }

  #knownEnding(id: SessionId): ClaimedEnding | null {
    const ending = this.#endings.get(id);
    return ending === undefined || this.#isTooOld(ending.recordedAt) ? null : ending;
  }

  /**
   * Forgets what is over, oldest first. When there still is no room, all are looked at, though only now and then, because
   * they are many; and then the oldest has to go.
   */
  #makeRoom(): void {
    const { maxEntries } = this.options;
    for (;;) {
      const { oldestValue: entry } = this.#entries;
      if (entry === undefined) break;
      this.#times.forgetBefore(entry.index);
      if (!this.#isOver(entry)) break;
      this.#forgetOver(entry);
    }
    if (this.#entries.size < maxEntries) return;
    if (this.#rememberedSinceSweep >= maxEntries * sweepShare) {
      for (const entry of this.#entries.values()) if (this.#isOver(entry)) this.#forgetOver(entry);
      this.#rememberedSinceSweep = 0;
    }
    const { oldestValue: oldest } = this.#entries;
    if (oldest === undefined || this.#entries.size < maxEntries) return;
    this.#forget(oldest);
    this.#forgottenBefore = Math.max(this.#forgottenBefore, oldest.issuedBefore + 1, oldest.rememberedAt + 1);
    this.options.onForgotten(Math.max(this.#begunAt, this.#forgottenBefore));
  }

  #forgetOver(entry: Entry): void {
    const { expiresAt, issuedBefore, rememberedAt } = entry;
    this.#over.add(expiresAt + clockSlackMs, Math.max(issuedBefore, rememberedAt) + 1);
    this.#forget(entry);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.index);
    const isKept = (index: number) => this.#entries.has(index);
    this.#ofUsers.forgetOne(entry.userId, isKept);
    this.#ofTenants.forgetOne(entry.tenantId, isKept);
    const target = targetOf(entry);
    if (this.#targets.get(target)?.index === entry.index) this.#targets.delete(target);
  }

  #isOver({ expiresAt }: Revocation): boolean {
    return expiresAt + clockSlackMs < this.options.clock.now();
  }

  #isTooOld(rememberedAt: Instant): boolean {
    return this.options.clock.now() - rememberedAt > this.options.endingMaxAgeMs;
  }
}
