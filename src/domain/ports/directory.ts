import type { Application, SessionLifetimes, Tenant, User } from '../directory.js';
import type { ApplicationId, TenantId, UserId } from '../ids.js';
import type { Subject } from '../policy/subject.js';

/**
 * Users and applications, for showing them beside sessions. Nothing here is a reason to end one, but for {@link
 * findSubject}, which is therefore read afresh.
 *
 * Each method rejects with an UpstreamError. Callers that show sessions then show null where the schema allows it;
 * callers that end sessions end them all the same.
 */
export interface Directory {
  /**
   * The facts that policy rules ask about a user, read now; null when there is no such user.
   * @throws an UpstreamError, also when a member that rules ask about cannot be decoded.
   */
  findSubject(id: UserId): Promise<Subject | null>;
  /** The users that exist among the ids. */
  findUsers(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>>;
  /**
   * The applications that are known: every active one, or where these are too many to be listed, those of the sessions
   * that were listed lately; the map grows with each list. May be a few seconds old.
   */
  listApplications(): Promise<ReadonlyMap<ApplicationId, Application>>;
  /**
   * The applications that exist among the ids, to show them beside sessions. One that could not be read has
   * only its id. May be a few seconds old.
   * @throws UpstreamTimeoutError only when the operation is given up.
   */
  findApplications(ids: readonly ApplicationId[]): Promise<ReadonlyMap<ApplicationId, Application>>;
  /**
   * The tenants that exist among the ids, or with null every one that is known. May be a few seconds old.
   * @throws UpstreamTimeoutError only when the operation is given up.
   */
  findTenants(ids: readonly TenantId[] | null): Promise<readonly Tenant[]>;
  /** The lifetimes of an application, or of the tenant; null when it does not exist. May be a few seconds old. */
  findLifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null>;
}

/** The most users that one search asks for, whoever makes it. */
export const maxUsersPerSearch = 500;
