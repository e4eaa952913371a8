import type { Application, SessionLifetimes, Tenant, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../../domain/ids.js';
import type { Subject } from '../../domain/policy/subject.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { SessionGateway, SessionListing } from '../../domain/ports/session-gateway.js';
import type { Session } from '../../domain/session.js';

interface SessionBounds {
  /** Only sessions of this user; null for anyone's. */
  readonly userId: UserId | null;
  /** Only sessions of these applications; null for any, and for SSO sessions. */
  readonly applicationIds: ReadonlySet<ApplicationId> | null;
  /** Makes the error for a session of another user; null to answer as if the session did not exist. */
  readonly refusal: (() => Error) | null;
}

/**
 * A gateway to the sessions within bounds. The answer about any other session is that for a session that does not
 * exist, or a refusal.
 */
export class BoundedSessionGateway implements SessionGateway {
  constructor(
    private readonly sessions: SessionGateway,
    private readonly bounds: SessionBounds,
  ) {}

  async listSessions(userId: UserId): Promise<SessionListing> {
    const { userId: ownId, refusal } = this.bounds;
    if (ownId !== null && ownId !== userId) {
      if (refusal !== null) throw refusal();
      return { sessions: [], truncated: false };
    }
    const { sessions, truncated } = await this.sessions.listSessions(userId);
    return { sessions: sessions.filter((session) => this.#isWithin(session)), truncated };
  }

  async findSession(id: SessionId): Promise<Session | null> {
    const session = await this.sessions.findSession(id);
    const { userId, refusal } = this.bounds;
    if (refusal !== null && session !== null && userId !== null && session.userId !== userId) throw refusal();
    return session !== null && this.#isWithin(session) ? session : null;
  }

  /** Use cases end only what they have found through this gateway, so it asks no second time. */
  revokeSession(id: SessionId): Promise<'revoked' | 'alreadyEnded'> {
    return this.sessions.revokeSession(id);
  }

  #isWithin(session: Session): boolean {
    const { userId, applicationIds } = this.bounds;
    return (
      (userId === null || session.userId === userId) &&
      (applicationIds === null || (session.applicationId !== null && applicationIds.has(session.applicationId)))
    );
  }
}

/** A directory for a user who may see no other user. */
export class BoundedDirectory implements Directory {
  constructor(
    private readonly directory: Directory,
    private readonly userId: UserId,
  ) {}

  async findSubject(id: UserId): Promise<Subject | null> {
    return id === this.userId ? this.directory.findSubject(id) : null;
  }

  async findUsers(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>> {
    return ids.includes(this.userId) ? this.directory.findUsers([this.userId]) : new Map();
  }

  listApplications(): Promise<ReadonlyMap<ApplicationId, Application>> {
    return this.directory.listApplications();
  }

  findApplications(ids: readonly ApplicationId[]): Promise<ReadonlyMap<ApplicationId, Application>> {
    return this.directory.findApplications(ids);
  }

  findTenants(ids: readonly TenantId[] | null): Promise<readonly Tenant[]> {
    return this.directory.findTenants(ids);
  }

  findLifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null> {
    return this.directory.findLifetimes(applicationId);
  }
}
