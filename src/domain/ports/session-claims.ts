import type { EndedSession } from '../ended-session.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../ids.js';
import type { PolicyRuleReference } from '../policy/policy.js';
import type { RevocationCause } from '../revocation-cause.js';

/**
 * How long a revocation without an answer may still be carried out, in milliseconds: longer than servers and proxies
 * keep a request.
 */
export const revocationDoubtMs = 120_000;

/**
 * What operations know of each other while they end sessions of one user: a session which one of them has chosen to
 * keep is not ended by another one meanwhile, and what FusionAuth reports of an ending is put down to whoever claimed
 * it.
 *
 * Each operation opens a view, calls {@link SessionView.look} before it lists, plans, and claims its plan before it
 * sends the first revocation. A claim is all or nothing, and what it rests on holds until the view is closed:
 *
 * - A session kept by choice (named by the caller, or chosen by its use) is held: others cannot claim its ending. And
 *   it can be held only while nobody is ending it, and nobody has since the look: such a session may be listed although
 *   it is gone.
 * - Endings by creation rest on newer sessions that stay. Endings by creation never take these away, which is why they
 *   need no lock among themselves; but an ending by choice may have, so they look again then.
 * - A revocation without an answer may still be carried out. Until it cannot be any more, its session is in doubt: it
 *   cannot be held, and takes nobody's place.
 *
 * With a store that replicas share, the claims of one replica bind every other one. While that store cannot be reached
 * they bind the operations of this process, and {@link SessionClaims.isShared} is false.
 */
export interface SessionClaims {
  /** False while claims bind only the operations of this process. */
  readonly isShared: boolean;
  open(userId: UserId): SessionView;
  /** True while a session of this user ends, or may be ending, so that another one stays in its place. Never rejects. */
  isBeingReplaced(userId: UserId, id: SessionId): Promise<boolean>;
  /**
   * Revocations that were claimed, and of which nobody has said for too long what became of them: their process has
   * ended, or the answer was lost. Each is given to one caller at a time, and again after a while, a few times, until
   * its ending is published.
   * @throws StoreUnavailableError
   */
  takeAbandoned(first: number): Promise<readonly AbandonedRevocation[]>;
}

/** Disposing of it gives back what it holds. That never rejects. */
export interface SessionView extends AsyncDisposable {
  /** To be called before each listing: what has ended until now is missing in that listing. */
  look(): void;
  isInDoubt(id: SessionId): boolean;
  /**
   * Takes what the plan keeps and ends, at once, in place of what was held before; or nothing when it collides. What
   * it ends is put down to its cause from then on, at every replica.
   * @throws StoreUnavailableError when the store could be reached, and then not: what is kept by choice is not held then.
   */
  claim(plan: EndingPlan): Promise<Collision | null>;
  /**
   * Whether the ending of a session is claimed where every replica sees it: whatever becomes of this process, its end is
   * published with its cause.
   */
  isAnnounced(id: SessionId): boolean;
  /**
   * Says what became of a session whose ending was claimed: `ended` once that has been published, or is about to be and
   * is announced.
   */
  settle(id: SessionId, fate: SessionFate): void;
}

export interface EndingPlan {
  readonly rule: EndingRule;
  /** The sessions because of which the others end. */
  readonly keeps: readonly SessionId[];
  readonly ends: readonly PlannedEnding[];
  readonly cause: RevocationCause;
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
  /** Null for an SSO session. */
  readonly applicationId: ApplicationId | null;
  /** Null when it is not known. */
  readonly tenantId: TenantId | null;
  /** The session that stays in its place; null when none does. */
  readonly replacedBySessionId: SessionId | null;
  /** The rule of the session policy because of which it ends; absent when none is. */
  readonly policyRule?: PolicyRuleReference;
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

/** What its ending will have been, if it was carried out. */
export interface AbandonedRevocation {
  readonly ended: EndedSession;
  readonly tenantId: TenantId | null;
  readonly cause: RevocationCause;
}
