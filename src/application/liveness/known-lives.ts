import { AgeingMap } from '../../domain/ageing-map.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../../domain/ids.js';
import { keepAtMost } from '../../domain/keep-at-most.js';

/** When a session was last known to live. Times are milliseconds on a clock that only goes forward. */
interface KnownLife {
  readonly userId: UserId;
  readonly applicationId: ApplicationId | null;
  readonly livesAt: number;
  /** The tenants in which FusionAuth has shown it; null stands for a call that names none. */
  readonly seenIn: readonly (TenantId | null)[];
}

type SessionFacts = Pick<KnownLife, 'userId' | 'applicationId'> & { readonly id: SessionId };

/** How many ends are remembered. Few are enough, because ends are asked about again soon. */
const maxEnds = 10_000;

/**
 * Remembers which sessions live, of those that somebody asks about. A session is known to live at the older of two
 * instants: when it was last listed, and when its user was last active.
 */
export class KnownLives {
  /** In the order in which they were last asked about, as are users. */
  readonly #sessions = new AgeingMap<SessionId, KnownLife>();
  readonly #activeAt = new AgeingMap<UserId, number>();
  readonly #ends = new AgeingMap<string, number>();
  #voidBefore = Number.NEGATIVE_INFINITY;

  /**
   * @param maxSessions How many are remembered. A further one replaces the one that nobody has asked about for longest.
   */
  constructor(private readonly maxSessions: number) {}

  get size(): number {
    return this.#sessions.size;
  }

  find(id: SessionId, tenantId: TenantId | null): (KnownLife & { readonly knownAt: number }) | null {
    const known = this.#sessions.get(id);
    if (known === undefined || !known.seenIn.includes(tenantId)) return null;
    return { ...known, knownAt: Math.min(this.#usable(known.livesAt), this.activeAt(known.userId)) };
  }

  activeAt(userId: UserId): number {
    return this.#usable(this.#activeAt.get(userId) ?? Number.NEGATIVE_INFINITY);
  }

  /** When it was found to have ended; null when it was not. */
  endedAt(id: SessionId, tenantId: TenantId | null): number | null {
    return this.#ends.get(placeOf(id, tenantId)) ?? null;
  }

  /** FusionAuth has shown the session in a tenant. */
  remember({ id, userId, applicationId }: SessionFacts, tenantId: TenantId | null, livesAt: number): void {
    const known = this.#sessions.get(id);
    const seenIn = known === undefined ? [] : known.seenIn.filter((one) => one !== tenantId);
    this.#sessions.delete(id);
    const latest = Math.max(livesAt, known?.livesAt ?? livesAt);
    this.#sessions.set(id, { userId, applicationId, livesAt: latest, seenIn: [...seenIn, tenantId] });
    this.#ends.delete(placeOf(id, tenantId));
    keepAtMost(this.#sessions, this.maxSessions);
  }

  /** Something else has shown that the session lived. Remembered only for sessions that somebody asks about. */
  observe(id: SessionId, livesAt: number): void {
    const known = this.#sessions.get(id);
    if (known !== undefined && known.livesAt < livesAt) this.#sessions.set(id, { ...known, livesAt });
  }

  rememberActive(userId: UserId, at: number): void {
    this.#activeAt.delete(userId);
    this.#activeAt.set(userId, at);
    keepAtMost(this.#activeAt, this.maxSessions);
  }

  rememberEnd(id: SessionId, tenantId: TenantId | null, at: number): void {
    this.#ends.delete(placeOf(id, tenantId));
    this.#ends.set(placeOf(id, tenantId), at);
    keepAtMost(this.#ends, maxEnds);
  }

  /** Discards knowledge from before this instant, because revocations may have been missed since. */
  voidBefore(at: number): void {
    this.#voidBefore = at;
  }

  /** Knowledge from before this instant is discarded. */
  get usableSince(): number {
    return this.#voidBefore;
  }

  #usable(at: number): number {
    return at < this.#voidBefore ? Number.NEGATIVE_INFINITY : at;
  }
}

function placeOf(id: SessionId, tenantId: TenantId | null): string {
  return `${tenantId} ${id}`;
}
