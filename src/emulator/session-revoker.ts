import { userJson } from './api/user-json.js';
import type { EventDraft, EventPublisher } from './events/event-publisher.js';
import type { EventInfo } from './http/json-schemas.js';
import { effectiveJwtConfiguration } from './store/expiry.js';
import type { RefreshTokenRevocationPolicy } from './store/records.js';
import type { SessionRow } from './store/session-table.js';
import type { Store } from './store/store.js';

/**
 * Ends sessions on somebody's behalf, in each of the ways FusionAuth can, and fires the form of
 * `jwt.refresh-token.revoke` that belongs to each. No event is fired when no live session is concerned.
 */
export class SessionRevoker {
  readonly #store: Store;
  readonly #events: EventPublisher;

  constructor(store: Store, events: EventPublisher) {
    this.#store = store;
    this.#events = events;
  }

  /** Revokes one session. False when another call was faster. */
  async revokeOne(row: SessionRow, info: EventInfo | undefined): Promise<boolean> {
    const { id, userId, applicationId } = row.session;
    if (this.#store.sessions.get(id) === undefined) {
      return false;
    }
    // The event carries the session as the API returns it, secret included: the documentation does not exclude it.
    const draft = this.#draft([row], info, {
      ...(applicationId === undefined ? {} : { applicationId }),
      ...this.#userMembers(userId),
      refreshToken: { ...row.session },
    });
    return this.#events.around(draft, () => this.#store.sessions.delete(id));
  }

  /** Revokes the user's sessions of every application and of single sign-on. */
  async revokeOfUser(userId: string, info: EventInfo | undefined): Promise<void> {
    await this.#revokeMany(this.#store.sessions.ofUser(userId), info, this.#userMembers(userId));
  }

  /** Revokes the user's sessions of one application. Single sign-on survives. */
  async revokeOfUserInApplication(userId: string, applicationId: string, info: EventInfo | undefined): Promise<void> {
    const rows = this.#store.sessions.ofUser(userId).filter(({ session }) => session.applicationId === applicationId);
    await this.#revokeMany(rows, info, { applicationId, ...this.#userMembers(userId) });
  }

  /** Revokes the sessions every user has in an application. */
  async revokeOfApplication(applicationId: string, info: EventInfo | undefined): Promise<void> {
    await this.#revokeMany(this.#store.sessions.ofApplication(applicationId), info, { applicationId });
  }

  /**
   * Revokes every session of a user when a password changes, a login is prevented or the like, where the policy of the
   * tenant says so: it exists on the tenant only, whatever JWT settings an application has of its own.
   * Whether FusionAuth fires the revoke event here is not documented; it does whenever sessions end otherwise.
   */
  async revokeByPolicy(
    userId: string,
    occasion: keyof RefreshTokenRevocationPolicy,
    info: EventInfo | undefined,
  ): Promise<void> {
    const tenant = this.#store.tenants.get(this.#store.users.get(userId)?.tenantId ?? '');
    if (tenant?.jwtConfiguration.refreshTokenRevocationPolicy[occasion] === true) {
      await this.revokeOfUser(userId, info);
    }
  }

  async #revokeMany(rows: readonly SessionRow[], info: EventInfo | undefined, members: object): Promise<void> {
    const commit = () => {
      for (const { session } of rows) {
        this.#store.sessions.delete(session.id);
      }
    };
    const live = rows.filter((row) => this.#store.isLive(row));
    if (live.length === 0) {
      commit();
    } else {
      await this.#events.around(this.#draft(live, info, members), commit);
    }
  }

  #draft(rows: readonly SessionRow[], info: EventInfo | undefined, members: object): EventDraft {
    const [first] = rows;
    return {
      type: 'jwt.refresh-token.revoke',
      tenantId: first === undefined ? '' : this.#store.tenantIdOf(first.session),
      info,
      applicationTimeToLiveInSeconds: this.#timesToLive(rows),
      ...members,
    };
  }

  /** Application id to access-token lifetime in seconds: until then tokens already issued can still be accepted. */
  #timesToLive(rows: readonly SessionRow[]): Record<string, number> {
    const ids = new Set(rows.flatMap(({ session }) => session.applicationId ?? []));
    return Object.fromEntries(
      [...ids].flatMap((id) => {
        const application = this.#store.applications.get(id);
        const tenant = application === undefined ? undefined : this.#store.tenants.get(application.tenantId);
        return tenant === undefined
          ? []
          : [[id, effectiveJwtConfiguration(tenant, application).timeToLiveInSeconds] as const];
      }),
    );
  }

  #userMembers(userId: string): object {
    const user = this.#store.users.get(userId);
    return { userId, linkedObjectId: userId, ...(user === undefined ? {} : { user: userJson(user) }) };
  }
}
