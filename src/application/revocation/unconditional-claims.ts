import type { SessionId, UserId } from '../../domain/ids.js';
import type { PlannedEnding, SessionClaims, SessionFate, SessionView } from '../../domain/ports/session-claims.js';
import type { Session } from '../../domain/session.js';
import { settlesWithin } from '../operation/settles-within.js';

export interface UnconditionalClaimsPorts {
  readonly claims: SessionClaims;
  /** How long an operation waits for sessions that another one holds, in milliseconds. */
  readonly maxTurnWaitMs: number;
}

/** The claims of an operation that ends sessions whatever stays, of any number of users. */
export class UnconditionalClaims implements Disposable {
  readonly #views = new Map<SessionId, SessionView>();
  readonly #opened: SessionView[] = [];
  readonly #heldIds = new Set<SessionId>();

  /** Waits until nobody has chosen to keep the sessions, which takes others a call or two to FusionAuth. */
  static async take(ports: UnconditionalClaimsPorts, sessions: readonly Session[]): Promise<UnconditionalClaims> {
    const claims = new UnconditionalClaims();
    const deadline = performance.now() + ports.maxTurnWaitMs;
    const takeOf = (id: UserId) => {
      const theirs = sessions.filter(({ userId }) => userId === id);
      return claims.#takeOf(id, theirs, ports.claims, deadline);
    };
    await Promise.all([...new Set(sessions.map(({ userId }) => userId))].map(takeOf));
    return claims;
  }

  /** True for a session that is held by another operation for longer than could be waited. */
  isHeld({ id }: Session): boolean {
    return this.#heldIds.has(id);
  }

  settle(id: SessionId, fate: SessionFate): void {
    this.#views.get(id)?.settle(id, fate);
  }

  [Symbol.dispose](): void {
    for (const view of this.#opened) view[Symbol.dispose]();
  }

  async #takeOf(userId: UserId, sessions: readonly Session[], claims: SessionClaims, deadline: number): Promise<void> {
    const view = claims.open(userId);
    this.#opened.push(view);
    for (const { id } of sessions) this.#views.set(id, view);
    let ends: readonly PlannedEnding[] = sessions.map(({ id }) => ({ id, replacedBySessionId: null }));
    for (;;) {
      const collision = view.claim({ rule: 'unconditional', keeps: [], ends });
      if (collision === null) return;
      if (await settlesWithin(collision.over, deadline - performance.now())) continue;
      for (const id of collision.heldIds) this.#heldIds.add(id);
      ends = ends.filter(({ id }) => !collision.heldIds.has(id));
    }
  }
}
