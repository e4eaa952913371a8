import type { SessionRow } from './store/session-table.js';
import type { Store } from './store/store.js';

/** Ends sessions on somebody's behalf, in each of the ways FusionAuth can. */
export class SessionRevoker {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Revokes one session. False when another call was faster. */
  async revokeOne(row: SessionRow): Promise<boolean> {
    return this.#store.sessions.delete(row.session.id);
  }

  /** Revokes the user's sessions of every application and of single sign-on. */
  async revokeOfUser(userId: string): Promise<void> {
    this.#deleteAll(this.#store.sessions.ofUser(userId));
  }

  /** Revokes the user's sessions of one application. Single sign-on survives. */
  async revokeOfUserInApplication(userId: string, applicationId: string): Promise<void> {
    this.#deleteAll(
      this.#store.sessions.ofUser(userId).filter(({ session }) => session.applicationId === applicationId),
    );
  }

  /** Revokes the sessions every user has in an application. */
  async revokeOfApplication(applicationId: string): Promise<void> {
    this.#deleteAll(this.#store.sessions.ofApplication(applicationId));
  }

  #deleteAll(rows: readonly SessionRow[]): void {
    for (const { session } of rows) {
      this.#store.sessions.delete(session.id);
    }
  }
}
