import type { SessionId, UserId } from '../domain/ids.js';
import type {
  AbandonedRevocation,
  Collision,
  EndingPlan,
  EndingRule,
  PlannedEnding,
  SessionClaims,
  SessionFate,
  SessionView,
} from '../domain/ports/session-claims.js';
import type { Attribution } from '../domain/ports/session-log.js';
import type { RevocationCause } from '../domain/revocation-cause.js';
import { unreachable } from '../domain/unreachable.js';
import { Doubts, type DoubtsOptions, type EndingUnderWay } from './doubts.js';

/** Claims within this process. Users of whom no session is being ended cost nothing. */
export class InProcessSessionClaims implements SessionClaims {
  readonly isShared = false;
  readonly #users = new Map<UserId, UserState>();
  readonly #doubts: Doubts;

  constructor(options: DoubtsOptions = {}) {
    this.#doubts = new Doubts(options);
  }

  open(userId: UserId): InProcessSessionView {
    const state = this.#users.get(userId) ?? new UserState();
    this.#users.set(userId, state);
    return new InProcessSessionView(userId, state, this.#doubts, () => {
      if (state.views.size === 0) this.#users.delete(userId);
    });
  }

  async isBeingReplaced(userId: UserId, id: SessionId): Promise<boolean> {
    return this.#endingsOf(userId, id).some(({ replacedBySessionId }) => replacedBySessionId !== null);
  }

  /** What was claimed is lost with its process, and what is in doubt is followed up by whoever has claimed it. */
  async takeAbandoned(): Promise<readonly AbandonedRevocation[]> {
    return [];
  }

  async giveUpAbandoned(): Promise<void> {}

  /**
   * Whoever has claimed the ending of a session: the first who has not settled it. Null when nobody has.
   * @param requestId Of an operation that does not count.
   */
  attributionOf(
    { id, userId }: { readonly id: SessionId; readonly userId: UserId },
    requestId: string | null = null,
  ): Attribution | null {
    const first = this.#endingsOf(userId, id).find(({ cause }) => cause.requestId !== requestId);
    if (first === undefined) return null;
    const { cause, replacedBySessionId, policyRule } = first;
    const rule = policyRule === undefined ? {} : { policyRule };
    return { reason: cause.reason, replacedBySessionId, cause, ...rule };
  }

  /** A session counts as in doubt at this process, whoever ends it. */
  doubt(ending: PlannedEnding & { readonly userId: UserId; readonly cause: RevocationCause }): void {
    this.#doubts.add({ ...ending, rule: 'unconditional' });
  }

  #endingsOf(userId: UserId, id: SessionId): readonly EndingUnderWay[] {
    const underWay = this.#users.get(userId)?.underWay.get(id) ?? [];
    const doubt = this.#doubts.find(id);
    return [...underWay, ...(doubt?.userId === userId ? [doubt] : [])];
  }
}

class UserState {
  readonly views = new Set<InProcessSessionView>();
  /** Simultaneous operations may end the same session. */
  readonly underWay = new Map<SessionId, EndingUnderWay[]>();
  /** How many hold a session. */
  readonly held = new Map<SessionId, number>();
  /** Those that have waited for a session that was held. Until they have had their turn nothing more is held. */
  readonly first = new Set<InProcessSessionView>();
  readonly #waiting = new Set<() => void>();

  /** Resolves as soon as the condition is met. */
  async until(isMet: () => boolean): Promise<void> {
    while (!isMet()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

class InProcessSessionView implements SessionView {
  /** What has ended since the look: by which rule. */
  readonly endedMeanwhile = new Map<SessionId, EndingRule>();
  readonly #userId: UserId;
  readonly #state: UserState;
  readonly #doubts: Doubts;
  readonly #onClosed: () => void;
  readonly #ends = new Map<SessionId, EndingUnderWay>();
  #holds: readonly SessionId[] = [];

  constructor(userId: UserId, state: UserState, doubts: Doubts, onClosed: () => void) {
    this.#userId = userId;
    this.#state = state;
    this.#doubts = doubts;
    this.#onClosed = onClosed;
    state.views.add(this);
  }

  look(): void {
    this.endedMeanwhile.clear();
  }

  isInDoubt(id: SessionId): boolean {
    return this.#doubts.find(id) !== null;
  }

  async claim(plan: EndingPlan): Promise<Collision | null> {
    return this.claimNow(plan);
  }

  claimNow(plan: EndingPlan): Collision | null {
    const collision = this.#collisionOf(plan);
    if (collision !== null) return collision;
    const { first, underWay, held } = this.#state;
    first.delete(this);
    this.#release();
    for (const ending of plan.ends) {
      const mine = { ...ending, rule: plan.rule, cause: plan.cause };
      this.#ends.set(ending.id, mine);
      underWay.set(ending.id, [...(underWay.get(ending.id) ?? []), mine]);
    }
    if (plan.rule === 'byChoice') {
      this.#holds = plan.keeps;
      for (const id of plan.keeps) held.set(id, (held.get(id) ?? 0) + 1);
    }
    this.#state.changed();
    return null;
  }

  /** There is no other replica, and what a process has claimed ends with it. */
  isAnnounced(): boolean {
    return false;
  }

  settle(id: SessionId, fate: SessionFate): void {
    const mine = this.#ends.get(id);
    if (mine === undefined) return;
    this.#ends.delete(id);
    const { underWay, views } = this.#state;
    const others = (underWay.get(id) ?? []).filter((ending) => ending !== mine);
    if (others.length === 0) underWay.delete(id);
    else underWay.set(id, others);
    if (fate === 'ended') {
      for (const view of views) view.endedMeanwhile.set(id, stricter(mine.rule, view.endedMeanwhile.get(id)));
      this.#doubts.delete(id);
    }
    if (fate === 'inDoubt') this.#doubts.add({ ...mine, userId: this.#userId });
    this.#state.changed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Takes back a claim of which nothing has been carried out. */
  giveBack(): void {
    for (const id of [...this.#ends.keys()]) this.settle(id, 'lives');
    this.#release();
    this.#state.changed();
  }

  close(): void {
    // An operation that failed half-way does not know what became of the rest.
    for (const id of [...this.#ends.keys()]) this.settle(id, 'inDoubt');
    this.#state.first.delete(this);
    this.#release();
    this.#state.views.delete(this);
    this.#state.changed();
    this.#onClosed();
  }

  #release(): void {
    const { held } = this.#state;
    for (const id of this.#holds) {
      const others = (held.get(id) ?? 1) - 1;
      if (others === 0) held.delete(id);
      else held.set(id, others);
    }
    this.#holds = [];
  }

  #collisionOf({ rule, keeps, ends }: Omit<EndingPlan, 'cause'>): Collision | null {
    const { held, underWay, first } = this.#state;
    const isHeld = ({ id }: PlannedEnding) => (held.get(id) ?? 0) > (this.#holds.includes(id) ? 1 : 0);
    const endsByChoice = (id: SessionId) => underWay.get(id)?.some((ending) => ending.rule === 'byChoice') ?? false;
    const isBlocked = () => ends.some(isHeld) || (rule === 'byCreation' && keeps.some(endsByChoice));
    const others = () => [...first].some((view) => view !== this);
    // Whoever holds something already goes on: those before it wait for just that.
    const isTooEarly = () => (this.#holds.length === 0 && others()) || keeps.some((id) => underWay.has(id));
    const heldIds = new Set(ends.filter(isHeld).map(({ id }) => id));
    switch (rule) {
      case 'unconditional':
        return isBlocked() ? { heldIds, over: this.#state.until(() => !isBlocked()) } : null;
      case 'byCreation': {
        if (isBlocked()) {
          first.add(this);
          return { heldIds, over: this.#state.until(() => !isBlocked()) };
        }
        const isStale = keeps.some((id) => this.endedMeanwhile.get(id) === 'byChoice' || this.isInDoubt(id));
        return isStale ? { heldIds, over: Promise.resolve() } : null;
      }
      case 'byChoice': {
        if (isTooEarly()) return { heldIds, over: this.#state.until(() => !isTooEarly()) };
        const isStale = keeps.some((id) => this.endedMeanwhile.has(id) || this.isInDoubt(id));
        return isStale ? { heldIds, over: Promise.resolve() } : null;
      }
      default:
        return unreachable(rule);
    }
  }
}

/** Whether a session was ended by choice is what others have to know. */
function stricter(rule: EndingRule, known: EndingRule | undefined): EndingRule {
  return known === 'byChoice' ? known : rule;
}
