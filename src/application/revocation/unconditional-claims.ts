import type { SessionId, TenantId, UserId } from '../../domain/ids.js';
import type { PlannedEnding, SessionClaims, SessionFate, SessionView } from '../../domain/ports/session-claims.js';
import type { RevocationCause } from '../../domain/revocation-cause.js';
import type { Session } from '../../domain/session.js';
import { settlesWithin } from '../../domain/within.js';

export interface UnconditionalClaimsPorts {
  readonly claims: SessionClaims;
  /** How long an operation waits for sessions that another one holds, in milliseconds. */
  readonly maxTurnWaitMs: number;
}

/** The claims of an operation that ends sessions of any number of users, whichever other sessions stay. */
export class UnconditionalClaims implements AsyncDisposable {
  readonly #views = new Map<SessionId, SessionView>();
  readonly #opened: SessionView[] = [];
  readonly #heldIds = new Set<SessionId>();

  /**
   * Claims the endings. It waits until no other operation keeps the sessions, which lasts a call or two to FusionAuth.
   */
  static async take(
    ports: UnconditionalClaimsPorts,
    sessions: readonly Session[],
    { tenantId }: { readonly tenantId: TenantId | null },
    cause: RevocationCause,
  ): Promise<UnconditionalClaims> {
    const claims = new UnconditionalClaims();
    const deadline = performance.now() + ports.maxTurnWaitMs;
    const takeOf = (id: UserId) => {
      const theirs = sessions.filter(({ userId }) => userId === id);
      return claims.#takeOf(ports.claims.open(id), plannedEndings(theirs, tenantId), cause, deadline);
    };
    await Promise.all([...new Set(sessions.map(({ userId }) => userId))].map(takeOf));
    return claims;
  }

  /** True for a session that another operation held for longer than this one could wait. */
  isHeld({ id }: Session): boolean {
    return this.#heldIds.has(id);
  }

  isAnnounced(id: SessionId): boolean {
    return this.#views.get(id)?.isAnnounced(id) ?? false;
  }

  settle(id: SessionId, fate: SessionFate): void {
    this.#views.get(id)?.settle(id, fate);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((view) => view[Symbol.asyncDispose]()));
  }

  async #takeOf(
    view: SessionView,
    all: readonly PlannedEnding[],
    cause: RevocationCause,
    deadline: number,
  ): Promise<void> {
    this.#opened.push(view);
    for (const { id } of all) this.#views.set(id, view);
    let ends = all;
    for (;;) {
      const collision = await view.claim({ rule: 'unconditional', keeps: [], ends, cause });
      if (collision === null) return;
      if (await settlesWithin(collision.over, deadline - performance.now())) continue;
      for (const id of collision.heldIds) this.#heldIds.add(id);
      ends = ends.filter(({ id }) => !collision.heldIds.has(id));
    }
  }
}

/** Plans endings without a session that stays in place. @param tenantId The tenant of the operation, if it has one. */
export function plannedEndings(sessions: readonly Session[], tenantId: TenantId | null): readonly PlannedEnding[] {
  return sessions.map((session) => ({
    id: session.id,
    applicationId: session.applicationId,
    tenantId: tenantId ?? session.tenantId,
    replacedBySessionId: null,
  }));
}
