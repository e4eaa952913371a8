import type { SessionId, UserId } from '../ids.js';

/**
 * What operations know of each other while they end sessions of one user, so that a session which one of them has
 * chosen to keep is not ended by another one meanwhile.
 *
 * Each operation opens a view, calls {@link SessionView.look} before it lists, plans, and claims its plan. A claim is
 * all or nothing, and what it rests on holds until the view is closed:
 *
 * - A session kept by choice (named by the caller, or chosen by its use) is held: others cannot claim its ending. And
 *   it can be held only while nobody is ending it, and nobody has since the look: such a session may be listed although
 *   it is gone.
 * - Endings by creation rest on newer sessions that stay. Endings by creation never take these away, which is why they
 *   need no lock among themselves; but an ending by choice may have, so they look again then.
 * - A revocation without an answer may still be carried out. Until it cannot be any more, its session is in doubt: it
 *   cannot be held, and takes nobody's place.
 */
export interface SessionClaims {
  open(userId: UserId): SessionView;
  /** True while a session of this user ends, or may be ending, so that another one stays in its place. */
  isBeingReplaced(userId: UserId, id: SessionId): boolean;
}

/** Closing it gives back what it holds. */
export interface SessionView extends Disposable {
  /** To be called before each listing: what has ended until now is missing in that listing. */
  look(): void;
  isInDoubt(id: SessionId): boolean;
  /** Takes what the plan keeps and ends, at once, in place of what was held before; or nothing when it collides. */
  claim(plan: EndingPlan): Collision | null;
  /** Says what became of a session whose ending was claimed. */
  settle(id: SessionId, fate: SessionFate): void;
}

export interface EndingPlan {
  readonly rule: EndingRule;
  /** The sessions because of which the others end. */
  readonly keeps: readonly SessionId[];
  readonly ends: readonly PlannedEnding[];
}

export type EndingRule =
  /** Sessions end whatever stays. */
  | 'unconditional'
  /** Sessions end because newer ones stay. */
  | 'byCreation'
  /** Sessions end because others stay that the caller, or their use, has chosen. */
  | 'byChoice';

export interface PlannedEnding {
  readonly id: SessionId;
  /** The session that stays in its place; null when none does. */
  readonly replacedBySessionId: SessionId | null;
}

/** Why a plan cannot be carried out at the moment. */
export interface Collision {
  /** Those of its endings that another operation does not allow. */
  readonly heldIds: ReadonlySet<SessionId>;
  /** Resolves when the plan collides no more; what it rests on has to be listed anew. Never rejects. */
  readonly over: Promise<void>;
}

/** `inDoubt`: the revocation was not answered, and may be carried out later. */
export type SessionFate = 'ended' | 'lives' | 'inDoubt';
