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
 * Coordinates the operations that end sessions of one user. A session that one of them has chosen to keep is not ended
 * by another one meanwhile, and an ending that FusionAuth reports is attributed to the operation that claimed it.
 *
 * Each operation opens a view, calls {@link SessionView.look} before it lists, plans, and claims its plan before it
 * sends the first revocation. A claim is all or nothing, and what it rests on holds until the view is closed:
 *
 * - A session kept by choice (named by the caller, or chosen by its use) is held: others cannot claim its ending. It
 *   can be held only if nobody is ending it, or has ended it since the look, because a list may show a session that is
 *   already gone.
 * - Endings by creation rest on newer sessions that stay. Other endings by creation never end these newer sessions, so
 *   they need no lock among themselves. An ending by choice may have ended them, and then they look again.
 * - A revocation without an answer may still be carried out. Until it no longer can be, its session is in doubt: it
 *   cannot be held, and uses up no budget.
 *
 * With a store that replicas share, the claims of one replica bind every other one. While that store cannot be reached
 * they bind the operations of this process, and {@link SessionClaims.isShared} is false.
 */
export interface SessionClaims {
  /** False while claims bind only the operations of this process. */
  readonly isShared: boolean;
  open(userId: UserId): SessionView;
  /** True while a session of this user is ending, or may be, in favour of another one. Never rejects. */
  isBeingReplaced(userId: UserId, id: SessionId): Promise<boolean>;
  /**
   * Claimed revocations whose outcome has not been reported for too long, because their process has ended or the answer
   * was lost. Each is given to one caller at a time, and again after a while, until its ending is published or it is
   * given up; after a day no more.
   * @throws StoreUnavailableError
   */
  takeAbandoned(first: number): Promise<readonly AbandonedRevocation[]>;
  /**
   * Has a session be ended again that lives although its revocation has been looked up often enough.
   * @throws StoreUnavailableError
   */
  giveUpAbandoned(id: SessionId): Promise<void>;
}

/** Disposing of it gives back what it holds. That never rejects. */
export interface SessionView extends AsyncDisposable {
  /** To be called before each listing: sessions that have ended before the call are missing in that listing. */
  look(): void;
  isInDoubt(id: SessionId): boolean;
  /**
   * Claims all that the plan keeps and ends, in place of the earlier claim, or nothing when the plan collides with
   * another one. From then on the endings are attributed to the cause of the plan, at every replica.
   * @throws StoreUnavailableError when the store becomes unreachable during the claim. The sessions kept by choice are
   * not held then.
   */
  claim(plan: EndingPlan): Promise<Collision | null>;
  /**
   * Whether every replica sees the claim on the ending of a session, so that the end is published with its cause even
   * if this process dies.
   */
  isAnnounced(id: SessionId): boolean;
  /**
   * Records the fate of a session whose ending was claimed: `ended` once the ending has been published, or is announced
   * and about to be published.
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
  /** Resolves when the plan no longer collides. The sessions have to be listed anew then. Never rejects. */
  readonly over: Promise<void>;
}

/** `inDoubt`: the revocation was not answered, and may be carried out later. */
export type SessionFate = 'ended' | 'lives' | 'inDoubt';

/** The ending, if the revocation was carried out. */
export interface AbandonedRevocation {
  /** Whether it has been looked up often enough, so that a session that lives goes on living. */
  readonly isLastLook: boolean;
  readonly ended: EndedSession;
  readonly tenantId: TenantId | null;
  readonly cause: RevocationCause;
}
