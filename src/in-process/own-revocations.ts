import type { SessionId } from '../domain/ids.js';
import type { Announcement, OwnRevocation, OwnRevocations } from '../domain/ports/own-revocations.js';

/** Announcements of this process. Bounded by what its operations revoke at the same time. */
export class InProcessOwnRevocations implements OwnRevocations {
  readonly #announced = new Map<SessionId, OwnRevocation>();

  async announce(revocations: readonly OwnRevocation[]): Promise<Announcement> {
    const first = revocations.filter(({ sessionId }) => !this.#announced.has(sessionId));
    for (const revocation of first) this.#announced.set(revocation.sessionId, revocation);
    return {
      settle: async () => {
        for (const { sessionId } of first) this.#announced.delete(sessionId);
      },
    };
  }

  async find(id: SessionId): Promise<OwnRevocation | null> {
    return this.#announced.get(id) ?? null;
  }
}
