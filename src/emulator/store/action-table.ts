import type { UserAction, UserActionLog } from './action-records.js';

/** Kinds of user actions, and the actions taken on users. */
export class ActionTable {
  readonly kinds = new Map<string, UserAction>();
  readonly #logs = new Map<string, UserActionLog>();
  readonly #byUser = new Map<string, UserActionLog[]>();

  add(log: UserActionLog): void {
    this.#logs.set(log.id, log);
    const ofUser = this.#byUser.get(log.actioneeUserId);
    if (ofUser === undefined) {
      this.#byUser.set(log.actioneeUserId, [log]);
    } else {
      ofUser.push(log);
    }
  }

  get(id: string): UserActionLog | undefined {
    return this.#logs.get(id);
  }

  ofUser(userId: string): readonly UserActionLog[] {
    return this.#byUser.get(userId) ?? [];
  }

  /** Every action taken, in order. */
  logs(): UserActionLog[] {
    return [...this.#logs.values()];
  }

  clear(): void {
    this.kinds.clear();
    this.#logs.clear();
    this.#byUser.clear();
  }

  deleteOfUser(userId: string): void {
    for (const { id } of this.ofUser(userId)) {
      this.#logs.delete(id);
    }
    this.#byUser.delete(userId);
  }

  /** Actions that keep a user from signing in to an application, or anywhere, at this instant. */
  preventingLogin(userId: string, applicationId: string | undefined, now: number): UserActionLog[] {
    return this.ofUser(userId).filter(
      (log) =>
        this.kinds.get(log.userActionId)?.preventLogin === true &&
        (log.expiry === undefined || log.expiry > now) &&
        (log.applicationIds === undefined ||
          log.applicationIds.length === 0 ||
          (applicationId !== undefined && log.applicationIds.includes(applicationId))),
    );
  }
}
