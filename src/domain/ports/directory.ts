import type { Application, SessionLifetimes, Tenant, User } from '../directory.js';
import type { ApplicationId, TenantId, UserId } from '../ids.js';
import type { Subject } from '../policy/subject.js';

/**
 * Users and applications, for showing them beside sessions. Nothing here is a reason to end one, but for
 * {@link findSubject}, which is therefore read afresh.
 *
 * What rejects, rejects with an UpstreamError. Callers show null in place of what could not be read where the schema
 * allows it, and end sessions all the same.
 */
export interface Directory {
  /**
   * What rules of a policy ask about a user, as it is now; null when there is no such user.
   * @throws an UpstreamError; a member that rules rest on and that cannot be decoded fails it.
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
  /** The lifetimes of an application, or of the tenant; null when there is no such one. May be a few seconds old. */
  findLifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null>;
}

/** The most users that one search asks for, whoever makes it. */
export const maxUsersPerSearch = 500;
