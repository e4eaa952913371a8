import type { EndedSession } from '../domain/ended-session.js';
import { InvalidInputError } from '../domain/errors.js';
import type { SessionId, TenantId } from '../domain/ids.js';
import type {
  Clock,
  RememberedEnding,
  RememberedRevocation,
  RevocationMemory,
  RevocationRange,
} from '../domain/ports.js';
import { concerns, type Revocation, type TokenIdentity } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import { Sequence } from './sequence.js';

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

interface Entry extends RememberedRevocation {
  readonly position: number;
  readonly rememberedAt: Instant;
}

/**
 * Resource servers accept an access token for a little longer than it says, because clocks differ. A revocation is
 * remembered for as much longer, in milliseconds.
 */
const clockSlackMs = 60_000;

/**
 * What this process has been told of since it began. It is lost with the process, and other replicas know only what
 * they have been told themselves.
 */
export class InProcessRevocationMemory implements RevocationMemory {
  readonly #sequence: Sequence;
  /** In the order in which they were remembered. */
  readonly #entries = new Set<Entry>();
  readonly #byScope = new Map<string, Entry>();
  /** In the order in which they were remembered, which is that in which they are forgotten. */
  readonly #endings = new Map<SessionId, RememberedEnding & { readonly rememberedAt: Instant }>();
  #completeSince: Instant;

  constructor(private readonly options: InProcessRevocationMemoryOptions) {
    this.#sequence = new Sequence(options.name);
    this.#completeSince = options.clock.now();
  }

  /** From now on revocations are told. What happened before may be missing. */
  begin(): void {
    this.#completeSince = this.options.clock.now();
  }

  async remember(revocation: Revocation, tenantId: TenantId | null): Promise<RememberedRevocation> {
    const id = this.#sequence.next();
    const position = this.#sequence.positionOf(id) ?? 0;
    const entry = { ...revocation, id, tenantId, position, rememberedAt: this.options.clock.now() };
    this.#makeRoom();
    this.#entries.add(entry);
    const scope = scopeOf(entry);
    const known = this.#byScope.get(scope);
    // Events can come in another order than they happened in.
    if (known === undefined || known.issuedBefore <= entry.issuedBefore) this.#byScope.set(scope, entry);
    return entry;
  }

  async list({ since, after, first }: RevocationRange): Promise<readonly RememberedRevocation[]> {
    const afterPosition = after === null ? 0 : this.#sequence.positionOf(after);
    if (afterPosition === null) {
      throw new InvalidInputError(['after'], 'after names no revocation of this process. Ask without it.');
    }
    const found: Entry[] = [];
    for (const entry of this.#entries) {
      if (found.length >= first) break;
      const isWanted = entry.position > afterPosition && (since === null || entry.rememberedAt >= since);
      if (isWanted && !this.#isOver(entry)) found.push(entry);
    }
    return found;
  }

  async completeSince(): Promise<Instant> {
    return this.#completeSince;
  }

  async refuses(token: TokenIdentity): Promise<boolean> {
    return scopesConcerning(token).some((scope) => {
      const entry = this.#byScope.get(scope);
      return entry !== undefined && !this.#isOver(entry) && concerns(entry, token);
    });
  }

  async rememberEnded(ended: EndedSession, tenantId: TenantId | null): Promise<boolean> {
    const { clock, maxEntries } = this.options;
    if (this.#endings.has(ended.id)) return false;
    for (const [id, ending] of this.#endings) {
      if (this.#endings.size < maxEntries && !this.#isTooOld(ending.rememberedAt)) break;
      this.#endings.delete(id);
    }
    this.#endings.set(ended.id, { ended, tenantId, rememberedAt: clock.now() });
    return true;
  }

  async findEnded(id: SessionId): Promise<RememberedEnding | null> {
    const ending = this.#endings.get(id);
    return ending === undefined || this.#isTooOld(ending.rememberedAt) ? null : ending;
  }

  /** Forgets what is over, oldest first, and when there still is no room all that is over, and then the oldest. */
  #makeRoom(): void {
    for (const entry of this.#entries) {
      if (!this.#isOver(entry)) break;
      this.#forget(entry);
    }
    if (this.#entries.size < this.options.maxEntries) return;
    for (const entry of this.#entries) if (this.#isOver(entry)) this.#forget(entry);
    const [oldest] = this.#entries;
    if (oldest === undefined || this.#entries.size < this.options.maxEntries) return;
    this.#forget(oldest);
    this.#completeSince = Math.max(this.#completeSince, oldest.issuedBefore + 1, oldest.rememberedAt + 1);
    this.options.onForgotten(this.#completeSince);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry);
    const scope = scopeOf(entry);
    if (this.#byScope.get(scope) === entry) this.#byScope.delete(scope);
  }

  #isOver({ expiresAt }: Entry): boolean {
    return expiresAt + clockSlackMs < this.options.clock.now();
  }

  #isTooOld(rememberedAt: Instant): boolean {
    return this.options.clock.now() - rememberedAt > this.options.endingMaxAgeMs;
  }
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
